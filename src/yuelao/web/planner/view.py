"""What the templates of the planner's screens are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yuelao.common.errors import NotFound
from yuelao.common.language import day, number, pick
from yuelao.operations import campaigns, contact_policy, customers, decisions, products, tasks
from yuelao.operations.campaigns import Campaign
from yuelao.operations.decisions import MatchRun
from yuelao.web.pages import Page
from yuelao.web.planner import charts, states
from yuelao.web.planner.phases import Phase, phases
from yuelao.web.requests import Person, Transaction
from yuelao.workflows.decide_offers import BUSY
from yuelao.workflows.match_offers import MatchSummary, PriceRow
from yuelao.workflows.read_decisions import Totals, totals
from yuelao.workflows.screen_targets import StepCount

_OVER = ("done", "suppressed", "expired")


@dataclass(frozen=True)
class ListLine:
    """One campaign of the list; counts are None where nothing was matched yet."""

    campaign: Campaign
    run: MatchRun | None
    tasks: Mapping[str, int]

    @property
    def over(self) -> int:
        """Tasks that came to their end."""
        return sum(self.tasks.get(state, 0) for state in _OVER)


@dataclass(frozen=True)
class Bar:
    """A line of a small table with a bar: `share` of the whole, 0 to 1."""

    title: str
    count: int
    share: float


@dataclass(frozen=True)
class Resource:
    """A resource with its price per unit; `used` and `upper` in its own unit, `part` = used ÷ upper."""

    title: str
    price: float
    used: float
    upper: float
    part: float
    minutes: bool


@dataclass(frozen=True)
class Match:
    """The newest match, worked out for the page."""

    run: MatchRun
    summary: MatchSummary
    totals: Totals
    decisions: Sequence[Bar]
    refusals: Sequence[Bar]
    resources: Sequence[Resource]
    fits: bool
    """Whether it was made for the version on the page."""


def campaign_list(session: Transaction, search: str) -> list[ListLine]:
    """Every campaign, or those whose name, title and products hold every word of the text."""
    counts = tasks.counts(session)
    wanted = search.casefold().split()
    return [
        ListLine(each, decisions.newest(session, each.name), counts.get(each.name, {}))
        for each in campaigns.all_current(session)
        if all(word in _searched(each) for word in wanted)
    ]


def _searched(campaign: Campaign) -> str:
    definition = campaign.definition
    return " ".join((campaign.name, *definition.title.values(), *definition.products)).casefold()


def shown_version(session: Transaction, name: str, version: int | None) -> Campaign:
    """The version asked for, else the one that counts."""
    if version is None:
        return campaigns.get(session, name)
    for each in campaigns.versions(session, name):
        if each.version == version:
            return each
    raise NotFound("There is no such version", where=f"campaign {name}, version {version}")


def campaign_page(page: Page, session: Transaction, person: Person, campaign: Campaign) -> dict[str, Any]:
    """Everything the page of one campaign shows."""
    run = decisions.newest(session, campaign.name)
    newest, counting = campaigns.newest(session, campaign.name), campaigns.get(session, campaign.name)
    by_state = tasks.count_by_state(session, campaign.name)
    launched = bool(decisions.launched(session, campaign.name))
    acts = campaign.version in (newest.version, counting.version)
    return {
        "campaign": campaign,
        "name": campaign.name,
        "definition": campaign.definition,
        "global_holdout": page.web.workspace.settings.global_holdout,
        "look": states.CAMPAIGN[campaign.state],
        "choices": states.choices(campaign, person.user) if acts else [],
        "newer": newest if newest.version > campaign.version else None,
        "changes": _changes(session, campaign),
        "phases": [
            _said(page, phase) for phase in phases(campaign, run, by_state, customers.newest_as_of(session), launched)
        ],
        "products": [products.current(session, code) for code in campaign.definition.products],
        "match": _match(page, session, campaign, run) if run else None,
        "tasks": bars({states.TASK[s].title: n for s, n in by_state.items()}),
        "task_total": sum(by_state.values()),
        "waiting": sum(by_state.get(state, 0) for state in ("ready", "scheduled", "recycled")),
        "launched": launched,
        "history": list(reversed(campaigns.history(session, campaign.name))),
        "history_titles": states.HISTORY,
        "state_looks": states.CAMPAIGN,
    }


def funnel_values(page: Page, campaign: Campaign, steps: Sequence[StepCount]) -> dict[str, Any]:
    """The funnel as a chart and as rows: step, condition, left, dropped, and the share of all that is left."""
    everyone = steps[0].left + steps[0].dropped if steps else 0
    conditions = [step.keep for step in campaign.definition.funnel]
    return {
        "funnel_chart": charts.funnel(steps, page.say("All customers"), page.language),
        "funnel_everyone": everyone,
        "funnel_rows": [
            {"step": step, "condition": condition, "share": step.left / everyone if everyone else 0.0}
            for step, condition in zip(steps, conditions, strict=False)
        ],
    }


def _said(page: Page, phase: Phase) -> Phase:
    """The phase with its sentence in the person's language."""
    values = {
        name: day(value, page.language) if isinstance(value, date) else number(value, page.language)
        for name, value in phase.values.items()
    }
    return replace(phase, title=page.say(phase.title), says=page.say(phase.says, **values))


def _match(page: Page, session: Transaction, campaign: Campaign, run: MatchRun) -> Match:
    summary = MatchSummary.model_validate(run.summary)
    refused = {**summary.decisions, "refused": sum(summary.refused.values())}
    return Match(
        run=run,
        summary=summary,
        totals=totals(page.web, run),
        decisions=bars({states.DECISION[name].title: refused[name] for name in states.DECISION if refused.get(name)}),
        refusals=bars(_with_titles(page, session, summary.refused)),
        resources=[_resource(page, campaign, price) for price in summary.prices],
        fits=run.version == campaign.version,
    )


def _with_titles(page: Page, session: Transaction, refused: Mapping[str, int]) -> dict[str, int]:
    titles = {rule.name: page.pick(rule.title) for rule in contact_policy.current(session).rules}
    titles[BUSY] = page.say(states.BUSY_TITLE)
    return {titles.get(name, name): count for name, count in refused.items()}


def _resource(page: Page, campaign: Campaign, price: PriceRow) -> Resource:
    """A price with the title its campaign gives the resource."""
    own = {seats.name["en"]: seats for seats in campaign.definition.resources}
    seats = own.get(price.resource)
    return Resource(
        title=pick(seats.name, page.language) if seats else price.resource,
        price=price.price,
        used=price.used,
        upper=price.upper,
        part=price.used / price.upper if price.upper else 0.0,
        minutes=seats is None or seats.minutes is not None,
    )


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Counts with their share of the sum, the largest first."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [Bar(title, count, count / total if total else 0.0) for title, count in ordered]


def _changes(session: Transaction, campaign: Campaign) -> list[tuple[str, Any, Any]]:
    """What differs from the version before: field, before, now."""
    earlier = [each for each in campaigns.versions(session, campaign.name) if each.version < campaign.version]
    if not earlier:
        return []
    before, now = (each.definition.model_dump(mode="json") for each in (earlier[0], campaign))
    return [(name, before[name], now[name]) for name in now if before[name] != now[name]]
