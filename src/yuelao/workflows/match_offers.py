"""Match: from a campaign's targets to one decision for each customer, each with its value, price and reason."""

from collections import Counter
from datetime import date
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.common.errors import Conflict
from yuelao.common.ids import new_id
from yuelao.common.progress import Progress, silent
from yuelao.operations import decisions as runs
from yuelao.warehouse.baseline import organic_rates
from yuelao.warehouse.views import newest_view
from yuelao.workflows.decide_offers import BUSY, HELD_OUT, REFUSED, Decided, decide
from yuelao.workflows.gather_candidates import Gathered, Ground, gather, read_ground
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.screen_targets import StepCount, name_steps
from yuelao.workflows.train_model import current_model

_MATCHABLE = ("approved", "trial", "running")


class PriceRow(BaseModel):
    """What one more unit of a resource would bring, and how much of it the plan uses."""

    model_config = ConfigDict(frozen=True)

    resource: str
    price: float
    used: float
    lower: float
    upper: float


class MatchSummary(BaseModel):
    """What a match decided, in numbers."""

    model_config = ConfigDict(frozen=True)

    run: str
    campaign: str
    as_of: date
    steps: list[StepCount]
    targets: int
    candidates: int
    refused: dict[str, int]
    held_out: int
    assigned: int
    decisions: dict[str, int]
    method: str
    objective: float
    bound: float
    gap: float
    prices: list[PriceRow]
    seconds: float


def match(
    house: House, campaign: str, as_of: date | None = None, by: str = "cli", progress: Progress = silent
) -> MatchSummary:
    """Plan the campaign's contacts on the view of `as_of` (the newest when not given); nothing is launched.

    Conflict unless the campaign is approved, on trial or running. Its decisions lie in the lake under the run's id.
    """
    started = perf_counter()
    publish_ledgers(house)
    with house.database.transaction(read_only=True) as session:
        ground = read_ground(session, campaign)
    if ground.campaign.state not in _MATCHABLE:
        raise Conflict(
            f"Campaign {campaign} is {ground.campaign.state}",
            where=f"campaign {campaign}",
            hint="Only an approved campaign can be matched: submit it and have it approved",
        )
    share = house.workspace.settings.global_holdout
    with house.lake.snapshot() as snapshot:
        as_of = as_of or newest_view(snapshot)
        progress("screen", 0, 3)
        gathered = gather(snapshot, ground, as_of, house.local_now(), share)
        progress("value and assign", 1, 3)
        decided = decide(
            gathered.kept,
            ground.definition,
            ground.products,
            [rule.name for rule in ground.match_rules],
            current_model(house, ground.definition.model),
            organic_rates(snapshot, as_of),
            holdout_share=1.0 - (1.0 - share) * (1.0 - ground.definition.holdout),
        )
    progress("keep the decisions", 2, 3)
    summary = _summary(ground, as_of, gathered, decided, perf_counter() - started)
    _keep(house, ground, summary, gathered, decided, by)
    progress("keep the decisions", 3, 3)
    return summary


def _keep(house: House, ground: Ground, summary: MatchSummary, gathered: Gathered, decided: Decided, by: str) -> None:
    """Decisions first, the run last: a run that exists has its decisions."""
    house.lake.publish("screen", summary.run, gathered.screened)
    house.lake.publish("decisions", summary.run, decided.table)
    with house.database.transaction() as session:
        runs.save_run(
            session,
            run=summary.run,
            campaign=ground.definition.name,
            version=ground.campaign.version,
            as_of=summary.as_of,
            summary=summary.model_dump(mode="json"),
            ledger_sequence=ground.ledger_sequence,
            by=by,
            now=house.now(),
        )


def _summary(ground: Ground, as_of: date, gathered: Gathered, decided: Decided, seconds: float) -> MatchSummary:
    counts = Counter(decided.table["decision"].to_pylist())
    refused = Counter(name for name in decided.table["rule"].to_pylist() if name)
    dropped = Counter(gathered.screened["dropped_at"].to_pylist())
    steps = name_steps(ground.definition, dropped)
    plan = decided.plan
    return MatchSummary(
        run=new_id(),
        campaign=ground.definition.name,
        as_of=as_of,
        steps=steps,
        targets=gathered.kept.num_rows,
        candidates=decided.offers,
        refused={name: refused[name] for name in [*(r.name for r in ground.match_rules), BUSY] if refused[name]},
        held_out=counts[HELD_OUT],
        assigned=counts[ASSIGNED],
        decisions={name: counts[name] for name in sorted(counts) if name != REFUSED},
        method=plan.method,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        prices=[PriceRow(**{name: getattr(price, name) for name in PriceRow.model_fields}) for price in plan.prices],
        seconds=round(seconds, 2),
    )
