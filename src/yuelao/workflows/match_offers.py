"""Match: from a campaign's targets to one decision for each customer, each with its value, price and reason."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from time import perf_counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.analytics.propensity import OfferModel, ResponseModel
from yuelao.analytics.ranking import Ranking
from yuelao.analytics.reach import Reach
from yuelao.common.errors import Conflict
from yuelao.common.ids import new_id
from yuelao.common.progress import Progress, silent
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns import CampaignDefinition
from yuelao.warehouse.baseline import organic_rates
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import newest_view
from yuelao.workflows.decide_offers import BUSY, HELD_OUT, REFUSED, Decided, Responses, decide
from yuelao.workflows.expect_reach import known_slots
from yuelao.workflows.gather_candidates import Gathered, Ground, gather, read_ground
from yuelao.workflows.gather_training import REACH, UPLIFT
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import champion_of, current_model, load_model
from yuelao.workflows.product_attributes import attributes_of
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.screen_targets import StepCount, name_steps

_MATCHABLE = ("approved", "trial", "running")


class PriceRow(BaseModel):
    """What one more unit of a resource would bring, its limits, and how much of it the assigned use."""

    model_config = ConfigDict(frozen=True)

    resource: str
    price: float
    used: float
    lower: float
    upper: float


class MatchSummary(BaseModel):
    """What a match decided, in numbers.

    `objective` and `bound` are of the plan, in which the hold-outs take part; `expected` is what the assigned are
    expected to bring.
    """

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
    expected: float
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
    check_dates(ground.definition, house.today())
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
            _responses(house, ground),
            organic_rates(snapshot, as_of),
            trial_left=ground.trial_left,
            reach=_reach(house, snapshot, ground, as_of),
            uplift=_uplift(house, ground),
            holdout_share=1.0 - (1.0 - share) * (1.0 - ground.definition.holdout),
        )
    progress("keep the decisions", 2, 3)
    summary = _summary(ground, as_of, gathered, decided, perf_counter() - started)
    _keep(house, ground, summary, gathered, decided, by)
    progress("keep the decisions", 3, 3)
    return summary


def _responses(house: House, ground: Ground) -> Responses:
    """The campaign's model, which is told of products that came after it, or the ranking that it asks for instead."""
    definition = ground.definition
    if definition.model == "none":
        return Ranking(definition.assumed_response, definition.rank_by)
    model = current_model(house, definition.model)
    return model.offering(attributes_of(ground.products)) if isinstance(model, OfferModel) else model


def _reach(house: House, snapshot: Snapshot, ground: Ground, as_of: date) -> Reach | None:
    """The model of who answers over the hours open to calling; None where none is in use, or of no hour it can tell."""
    found = champion_of(house, REACH)
    if found is None:
        return None
    model, slots = load_model(house, found), known_slots(snapshot, ground.policy, as_of)
    assert isinstance(model, ResponseModel), "a model of reach is learned by the recipe"
    return Reach(model, slots) if slots else None


def _uplift(house: House, ground: Ground) -> dict[str, Responses]:
    """By product the model in use of what a contact adds: that of the product alone, else that of all products.

    Nothing for a campaign that asks to rank without a model.
    """
    found: dict[str, Responses] = {}
    if ground.definition.model == "none":
        return found
    for product in ground.products:
        version = champion_of(house, f"{UPLIFT}-{product.code}") or champion_of(house, UPLIFT)
        if version is not None:
            found[product.code] = load_model(house, version)
    return found


def check_dates(definition: CampaignDefinition, today: date) -> None:
    """Conflict outside the campaign's own dates."""
    where, hint = f"campaign {definition.name}", "Change its dates; the new version needs approval"
    if definition.starts_on and today < definition.starts_on:
        raise Conflict(f"Campaign {definition.name} starts on {definition.starts_on}", where=where, hint=hint)
    if definition.ends_on and today > definition.ends_on:
        raise Conflict(f"Campaign {definition.name} ended on {definition.ends_on}", where=where, hint=hint)


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


def _counts(column: pa.ChunkedArray) -> Counter[Any]:
    """How often each value stands in the column."""
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()})


def _summary(ground: Ground, as_of: date, gathered: Gathered, decided: Decided, seconds: float) -> MatchSummary:
    counts = _counts(decided.table["decision"])
    refused = _counts(decided.table["rule"])
    dropped = _counts(gathered.screened["dropped_at"])
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
        expected=decided.expected,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        prices=[PriceRow(**asdict(price)) for price in decided.prices],
        seconds=round(seconds, 2),
    )
