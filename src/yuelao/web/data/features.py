"""The features' pages: the profile of every column of the view, and one column closely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from yuelao.common import language as languages
from yuelao.common.language import _, number, share
from yuelao.warehouse.features import FAMILIES, FEATURES
from yuelao.warehouse.profile import CODE, NULL, OTHER, RANGE
from yuelao.warehouse.shape import Shape
from yuelao.web.data import charts
from yuelao.web.data.charts import Bar, bars
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner.states import CAMPAIGN, PLACES, Look
from yuelao.web.requests import House, Person, requires
from yuelao.web.segments import words
from yuelao.workflows.describe_features import (
    EXTRAS,
    SCORES,
    Bin,
    Profile,
    day_of,
    describe_feature,
    describe_features,
    describe_shape,
)
from yuelao.workflows.find_uses import Uses, find_uses
from yuelao.workflows.gather_training import model_title

router = APIRouter(prefix="/data/features")
Reader = Annotated[Person, requires("data.read")]
FAMILY_TITLES = {
    "identity": _("Identity"),
    "consumption": _("Consumption"),
    "device": _("Device"),
    "internet use": _("Internet use"),
    "channel": _("Channel"),
    "service": _("Service"),
    "value-added": _("Value-added"),
    "payment": _("Payment"),
    "contact history": _("Contact history"),
    "complaint": _("Complaint"),
    "orders": _("Orders"),
    "demand": _("Demand"),
    SCORES: _("Scores and levels"),
    EXTRAS: _("Own attributes"),
}
BANDS = {"steady": (_("steady"), "good"), "watch": (_("watch"), "warn"), "shifted": (_("shifted"), "bad")}
_MOST_WORD = 18
_SMALL_DIGITS = 100


@dataclass(frozen=True)
class Line:
    """One column of the list; `shape`: bars of a small histogram, what is unknown left out.

    cause: why it had to move, so that the colour of its band is no alarm.
    """

    profile: Profile
    title: str
    band: tuple[str, str] | None
    shape: Sequence[Bar]
    cause: str = ""


@dataclass(frozen=True)
class Ask:
    """Who asks for a column: what it is called, where its page is, and how it stands."""

    title: str
    url: str
    note: str
    look: Look | None = None


@router.get("")
def feature_list(
    page: ThePage, house: House, _reader: Reader,
    day: date | None = None, q: Annotated[str, Query(max_length=100)] = "", family: str = "",
    by: Literal["view", "drift", "nulls"] = "view",
) -> Response:  # fmt: skip
    """Every column of the view of a day; `q` finds by name in either language, `by` sorts."""
    found = describe_features(house, day)
    chosen = [each for each in found.profiles if _matches(each, q) and family in ("", each.family)]
    if by == "drift":  # what has a known cause comes after what has none
        chosen.sort(key=lambda each: (each.cause is not None, -(each.psi if each.psi is not None else -1.0)))
    elif by == "nulls":
        chosen.sort(key=lambda each: -each.null_share)
    counts = {name: sum(each.band == name and not each.cause for each in found.profiles) for name in BANDS}
    return page.show(
        "data/features.html", found=found, lines=[_line(page, each) for each in chosen], q=q, family=family, by=by,
        families=_families(found.profiles), titles=FAMILY_TITLES, bands=BANDS, counts=counts,
        caused=sum(each.cause is not None for each in found.profiles),
    )  # fmt: skip


@router.get("/{name}")
def feature(page: ThePage, house: House, _reader: Reader, name: str, day: date | None = None) -> Response:
    """One column: what it means, who asks for it, its distribution, and how it moved over time."""
    found, over_time = describe_feature(house, name, day)
    [profile] = found.profiles
    titles = [_bin_title(page, profile, each) for each in profile.bins]
    shape = describe_shape(house, name, found.as_of) if found.as_of else None
    days = zip(_days_of(found.days, over_time), (_line(page, each) for each in over_time), strict=True)
    return page.show(
        "data/feature.html", found=found, line=_line(page, profile), titles=titles, days=list(days),
        chart_option=_drawn(page, profile, titles, shape), beyond=_beyond(page, profile, shape),
        family=FAMILY_TITLES.get(profile.family, profile.family), asks=_asks(page, find_uses(house, [name])),
        tenths=any(each.holds == RANGE for each in profile.bins),
    )  # fmt: skip


def _drawn(page: Page, profile: Profile, titles: Sequence[str], shape: Shape | None) -> Mapping[str, Any]:
    """The picture: numbers in equally wide bins, anything else by its bins as they are."""
    names = page.say(_("This view")), page.say(_("The view before"))
    if shape is None:
        before = None if profile.before is None else [each.share_before or 0.0 for each in profile.bins]
        return charts.distribution(titles, [each.share for each in profile.bins], before, names)
    ends = [_limit(page, value, _is_dated(profile)) for value in shape.edges]
    return charts.histogram(list(pairwise(ends)), shape.shares, shape.before, names)


def _beyond(page: Page, profile: Profile, shape: Shape | None) -> str:
    """What the picture leaves out at either end."""
    if shape is None or not shape.below + shape.beyond:
        return ""
    low, high = (_limit(page, value, _is_dated(profile)) for value in (shape.edges[0], shape.edges[-1]))
    below, above = (share(part, page.language, 1) for part in (shape.below, shape.beyond))
    return page.say(
        _("{below} of the customers lie below {low} and {above} above {high}, outside the picture"),
        below=below, low=low, above=above, high=high,
    )  # fmt: skip


def _asks(page: Page, uses: Uses) -> list[Ask]:
    """Models of the view, then campaigns, then what was trained."""
    models = [Ask(words.kind(kind, page.language), f"/segments/{kind}", page.say(_("Customer model")))
              for kind in uses.models]  # fmt: skip
    campaigns = [
        Ask(page.pick(each.title), f"/campaigns/{each.name}",
            page.say(_(", ")).join(page.say(PLACES[place]) for place in each.places), CAMPAIGN[each.state])
        for each in uses.campaigns
    ]  # fmt: skip
    trained = [Ask(page.pick(model_title(name)), "/data#model", page.say(_("Trained model"))) for name in uses.trained]
    return [*models, *campaigns, *trained]


def _days_of(days: Sequence[date], over_time: Sequence[Profile]) -> Sequence[date]:
    """The newest days; a column that came later has fewer."""
    return days[: len(over_time)]


def _families(profiles: Sequence[Profile]) -> Mapping[str, int]:
    """Families that the view has, with how many columns each."""
    order = [*FAMILIES, SCORES, EXTRAS]
    return {name: n for name in order if (n := sum(each.family == name for each in profiles))}


def _matches(profile: Profile, search: str) -> bool:
    """Whether every word of the search is in the name or the meaning, in either language."""
    text = " ".join((profile.name, *profile.title.values())).casefold()
    return all(word in text for word in search.casefold().split())


def _line(page: Page, profile: Profile) -> Line:
    band: Any = BANDS.get(profile.band or "")
    cause = _cause(page, profile)
    return Line(profile, page.pick(profile.title), (band[0], "plain") if cause else band, bars(profile), cause)


def _cause(page: Page, profile: Profile) -> str:
    """Why the column had to move, in words."""
    cause, before = profile.cause, profile.before
    if cause is None or before is None:
        return ""
    if cause.kind == "stale":
        return page.say(
            _("Nothing newer than {month} is known, and this view looks further than the one before"),
            month=cause.newest,
        )
    return page.say(
        _("It looks back over {window} days, of which the view of {day} knew {then} and this one {now}"),
        window=cause.window, day=languages.day(before, page.language), then=cause.then, now=cause.now,
    )  # fmt: skip


def _bin_title(page: Page, profile: Profile, held: Bin) -> str:
    """What a bin holds, in words."""
    if held.holds == NULL:
        return page.say(_("unknown"))
    if held.holds == OTHER:
        return page.say(_("all others"))
    if held.holds == CODE:
        text = held.code or ""
        return text if len(text) <= _MOST_WORD else f"{text[:_MOST_WORD]}…"
    low, high = (_limit(page, value, _is_dated(profile)) for value in (held.lower, held.upper))
    if held.lower is None:
        return f"≤ {high}" if held.upper is not None else page.say(_("any"))
    return f"> {low}" if held.upper is None else f"{low} – {high}"


def _is_dated(profile: Profile) -> bool:
    """Whether its numbers are days since 1970."""
    return profile.name in FEATURES and FEATURES[profile.name].unit == "" and profile.name.endswith("_on")


def _limit(page: Page, value: float | None, dated: bool) -> str:
    if value is None:
        return ""
    if dated:
        return day_of(value).isoformat()
    return number(value, page.language, 0 if abs(value) >= _SMALL_DIGITS else 2)
