"""Write a report: a campaign's result as one self-contained HTML file that opens anywhere, in Chinese or English."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.common import language as words
from yuelao.common.errors import Refused
from yuelao.common.language import _
from yuelao.operations import campaigns, contact_policy, products
from yuelao.operations import decisions as runs
from yuelao.workflows.decide_offers import BUSY, BUSY_TITLE
from yuelao.workflows.house import House
from yuelao.workflows.match_offers import MatchSummary
from yuelao.workflows.measure_campaign import Measured, measure

_PAGES = Environment(
    loader=PackageLoader("yuelao.workflows", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WHY_NOT = (  # said by analytics, which speaks English only
    _("Nobody was assigned: there is nothing to compare"),
    _("Nobody was held out: there is nothing to compare"),
)
_WIDTH = 640.0
"""Width of the pictures, in their own units."""


class Report(BaseModel):
    """The file written, and the result in short; effect and interval in shares of 1, None without a control."""

    model_config = ConfigDict(frozen=True)

    file: str
    assigned: int
    held_out: int
    effect: float | None
    interval: tuple[float, float] | None
    buyers: int
    everyone: int
    everyone_buyers: int
    headline: str


def write_report(house: House, campaign: str, out: Path, language: str = "") -> Report:
    """Measure the campaign and write the report to `out`, in `language` (the workspace's when empty)."""
    chosen = language or house.workspace.settings.language
    measured = measure(house, campaign)
    with house.database.transaction(read_only=True) as session:
        newest = MatchSummary.model_validate(runs.launched(session, campaign)[-1].summary)
        titles = _titles(session, campaign, chosen)
    page = _PAGES.get_template("report.html").render(
        **page_values(measured, newest, titles, chosen),
        written=house.local_now(),
        currency=house.workspace.settings.currency,
    )
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"The report cannot be written: {error.strerror}", where=str(out), hint="Choose another file"
        ) from error
    return Report(
        file=str(out),
        assigned=measured.assigned.customers,
        held_out=measured.held_out.customers,
        effect=measured.effect,
        interval=measured.interval,
        buyers=measured.assigned.buyers,
        everyone=measured.everyone.customers,
        everyone_buyers=measured.everyone.buyers,
        headline=headline(measured, "en"),
    )


def page_values(measured: Measured, newest: MatchSummary, titles: Mapping[str, str], language: str) -> dict[str, Any]:
    """What the template shows."""
    return {
        "language": language,
        "_": _speaker(language),
        "titles": titles,
        "why": words.translate(measured.why, language),
        "words": words,
        "measured": measured,
        "match": newest,
        "title": words.pick(measured.title, language),
        "headline": headline(measured, language),
        "scale": _scale(measured),
        "named": lambda groups: [(titles.get(group.name, group.name), group) for group in groups],
    }


def _titles(session: Session, campaign: str, language: str) -> dict[str, str]:
    """What the codes on the page are called: products, teams, resources and the rules that refused."""
    definition = campaigns.get(session, campaign).definition
    named = {code: products.current(session, code).title for code in definition.products}
    named |= {rule.name: rule.title for rule in contact_policy.current(session).rules} | {BUSY: BUSY_TITLE}
    for resource in definition.resources:
        named |= {resource.name["en"]: resource.name, resource.team or "": resource.name}
    return _Titles({name: words.pick(title, language) for name, title in named.items()})


class _Titles(dict[str, str]):
    """A code that has lost its title (a rule renamed since) stands for itself."""

    def __missing__(self, code: str) -> str:
        return code


def headline(measured: Measured, language: str) -> str:
    """The result in one sentence: called of assigned, ordered, control, increment with its interval."""
    say, assigned, control = _speaker(language), measured.assigned, measured.held_out
    if assigned.called == 0 and assigned.buyers == 0:
        count = words.number(assigned.customers, language)
        return say(_("None of the {assigned} assigned has been called yet: nothing to measure"), assigned=count)
    called = say(
        _("Called {called} of {assigned}; {rate} ordered"),
        called=words.number(assigned.called, language),
        assigned=words.number(assigned.customers, language),
        rate=words.share(assigned.rate, language),
    )
    if measured.effect is None or measured.interval is None:
        compared = say(
            _("all {everyone} targets {rate}; without a control group no effect can be claimed"),
            everyone=words.number(measured.everyone.customers, language),
            rate=words.share(measured.everyone.rate, language),
        )
    else:
        compared = say(
            _("control {rate}, increment {effect} points ({low} … {high})"),
            rate=words.share(control.rate, language),
            effect=points(measured.effect),
            low=points(measured.interval[0]),
            high=points(measured.interval[1]),
        )
    return f"{called}{'；' if language == 'zh' else '; '}{compared}"


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{share * 100:+.1f}"


def _speaker(language: str) -> Callable[..., str]:
    return lambda message, **values: words.translate(message, language, **values)


def _scale(measured: Measured) -> Mapping[str, float]:
    """Where zero, the effect and its interval lie on the picture's axis."""
    if measured.effect is None or measured.interval is None:
        return {}
    low, high = min(0.0, measured.interval[0]), max(0.0, measured.interval[1])
    span = (high - low) * 1.2 or 1.0
    start = low - span / 12
    places = {"zero": 0.0, "effect": measured.effect, "low": measured.interval[0], "high": measured.interval[1]}
    return {name: (value - start) / span * _WIDTH for name, value in places.items()}
