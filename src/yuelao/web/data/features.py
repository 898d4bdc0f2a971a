"""The features' pages: the profile of every column of the view, and one column closely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from yuelao.common.language import _, number
from yuelao.warehouse.features import FAMILIES, FEATURES
from yuelao.warehouse.profile import CODE, NULL, OTHER
from yuelao.web.data import charts
from yuelao.web.pages import Page, ThePage
from yuelao.web.requests import House, Person, requires
from yuelao.workflows.describe_features import (
    EXTRAS,
    SCORES,
    Bin,
    Profile,
    day_of,
    describe_feature,
    describe_features,
)

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
    """One column of the list; `shape`: heights 0–1 of a small histogram, what is unknown left out."""

    profile: Profile
    title: str
    band: tuple[str, str] | None
    shape: Sequence[float]


@router.get("")
def feature_list(
    page: ThePage, house: House, _reader: Reader,
    day: date | None = None, q: Annotated[str, Query(max_length=100)] = "", family: str = "",
    by: Literal["view", "drift", "nulls"] = "view",
) -> Response:  # fmt: skip
    """Every column of the view of a day; `q` finds by name in either language, `by` sorts."""
    found = describe_features(house, day)
    chosen = [each for each in found.profiles if _matches(each, q) and family in ("", each.family)]
    if by == "drift":
        chosen.sort(key=lambda each: -(each.psi if each.psi is not None else -1.0))
    elif by == "nulls":
        chosen.sort(key=lambda each: -each.null_share)
    counts = {name: sum(each.band == name for each in found.profiles) for name in BANDS}
    return page.show(
        "data/features.html", found=found, lines=[_line(page, each) for each in chosen], q=q, family=family, by=by,
        families=_families(found.profiles), titles=FAMILY_TITLES, bands=BANDS, counts=counts,
    )  # fmt: skip


@router.get("/{name}")
def feature(page: ThePage, house: House, _reader: Reader, name: str, day: date | None = None) -> Response:
    """One column: what it means, its distribution on a day against the day before, and how it moved over time."""
    found, over_time = describe_feature(house, name, day)
    [profile] = found.profiles
    titles = [_bin_title(page, profile, each) for each in profile.bins]
    before = None if profile.before is None else [each.share_before or 0.0 for each in profile.bins]
    now, then = page.say(_("This view")), page.say(_("The view before"))
    chart = charts.distribution(titles, [each.share for each in profile.bins], before, (now, then))
    days = zip(_days_of(found.days, over_time), over_time, strict=True)
    return page.show(
        "data/feature.html", found=found, line=_line(page, profile), titles=titles, chart_option=chart, days=list(days),
        family=FAMILY_TITLES.get(profile.family, profile.family), bands=BANDS,
    )  # fmt: skip


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
    known = [each.share for each in profile.bins if each.holds != NULL]
    highest = max(known, default=0.0) or 1.0
    band: Any = BANDS.get(profile.band or "")
    return Line(profile, page.pick(profile.title), band, [each / highest for each in known])


def _bin_title(page: Page, profile: Profile, held: Bin) -> str:
    """What a bin holds, in words."""
    if held.holds == NULL:
        return page.say(_("unknown"))
    if held.holds == OTHER:
        return page.say(_("all others"))
    if held.holds == CODE:
        text = held.code or ""
        return text if len(text) <= _MOST_WORD else f"{text[:_MOST_WORD]}…"
    dated = FEATURES[profile.name].unit == "" and profile.name.endswith("_on") if profile.name in FEATURES else False
    low, high = (_limit(page, value, dated) for value in (held.lower, held.upper))
    if held.lower is None:
        return f"≤ {high}" if held.upper is not None else page.say(_("any"))
    return f"> {low}" if held.upper is None else f"{low} – {high}"


def _limit(page: Page, value: float | None, dated: bool) -> str:
    if value is None:
        return ""
    if dated:
        return day_of(value).isoformat()
    return number(value, page.language, 0 if abs(value) >= _SMALL_DIGITS else 2)
