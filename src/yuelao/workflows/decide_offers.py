"""Decide: from the gathered candidates to a value for each offer, a plan under the resources, and a decision each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.analytics.assignment import Plan, Price, Problem, Resource, solve
from yuelao.analytics.assignment.decisions import ASSIGNED, Decisions, decisions
from yuelao.analytics.reach import Reach
from yuelao.analytics.valuation import contact_minutes, contact_value, expected_gain
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.operations.products.schemas import Product
from yuelao.warehouse.candidates import ALLOWED, ELIGIBLE, RESOURCE
from yuelao.workflows.expect_reach import best_times, chance_of_reach

HELD_OUT, REFUSED, NO_RESOURCE = "held_out", "refused", "no_resource"
BUSY = "active_task"
BUSY_TITLE = {"en": "Has a call task already", "zh": "已有外呼任务"}
TRIAL = "Trial"
FAILED_DIAL_MINUTES = 1.0
CHANNEL = "phone"
"""The channel of an assignment: its resources are minutes of seats."""
_OFFER = ("product", "channel")
_REASONS = 3


class Responses(Protocol):
    """What says how likely each customer buys, and why: a model, or a ranking where there is none."""

    def predict(self, table: pa.Table) -> NDArray[np.float64]:
        """The probability to buy once reached, shape (rows,)."""

    def reasons(self, table: pa.Table, k: int) -> list[list[tuple[str, float]]]:
        """Per row, the columns that speak most for it."""


@dataclass(frozen=True)
class Offers:
    """Every admissible pair of a customer and a product; arrays of shape (offers,)."""

    row: NDArray[np.int64]
    product: NDArray[np.int64]
    reach: NDArray[np.float64]
    response: NDArray[np.float64]
    uplift: NDArray[np.float64]
    """What an experiment taught that a contact adds; NaN where none did."""
    value: NDArray[np.float64]
    minutes: NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """The plan, and one row per survivor of the funnel with what was decided and why."""

    plan: Plan
    offers: int
    expected: float
    """What the assigned are expected to bring; the plan's objective counts the hold-outs too."""
    prices: list[Price]
    """The plan's prices beside the limits as configured and the use of the assigned."""
    table: pa.Table


def decide(
    kept: pa.Table,
    definition: CampaignDefinition,
    products: Sequence[Product],
    rule_names: Sequence[str],
    model: Responses,
    baseline: dict[str, float],
    holdout_share: float,
    trial_left: int | None = None,
    reach: Reach | None = None,
    uplift: Mapping[str, Responses] | None = None,
) -> Decided:
    """Value every offer, plan under the resources, and say for every survivor what was decided.

    reach: the model of who answers; None: the customers' own rates. uplift: by product, what past hold-outs taught of
    what a contact adds.

    Hold-outs take part in the plan, with the capacity they would have used added (capacity ÷ (1 − share)), and are
    taken out afterwards: so the assigned are compared with those who would have been.
    """
    offers = value_offers(kept, definition, products, model, baseline, reach, uplift)
    person = pc.dictionary_encode(kept["person_id"]).combine_chunks().indices.to_numpy().astype(np.int64)
    problem = Problem(
        customer=person[offers.row],
        product=offers.product,
        value=offers.value,
        resources=_resources(kept, definition, offers, holdout_share, trial_left),
        contacts_per_customer=1,
    )
    held_out = kept["held_out"].to_numpy(zero_copy_only=False)[offers.row]
    plan = within_limits(problem, solve(problem), held_out, holdout_share)
    outcome = decisions(problem, plan, offers.row, kept.num_rows)
    assigned = plan.chosen & ~held_out
    return Decided(
        plan=plan,
        offers=len(offers.row),
        expected=float(offers.value[assigned].sum()),
        prices=_prices(plan, problem, assigned, holdout_share),
        table=_table(kept, definition, products, rule_names, model, offers, outcome, reach),
    )


def within_limits(problem: Problem, plan: Plan, held_out: NDArray[np.bool_], holdout_share: float) -> Plan:
    """The plan without its least worthy contacts, as few as make the assigned keep to the limits as configured.

    Which of the chosen are held out is chance, so the assigned may use more than their share of the enlarged capacity.
    Both groups are cut at the same worth, and stay comparable.
    """
    chosen = plan.chosen.copy()
    worth = problem.value.copy()
    for price, resource in zip(plan.prices, problem.resources, strict=True):
        worth -= price.price * resource.use
    for resource in problem.resources:
        order = np.flatnonzero(chosen & (resource.use > 0.0))
        order = order[np.argsort(worth[order], kind="stable")]
        use = np.cumsum(np.where(held_out[order], 0.0, resource.use[order]))
        excess = (use[-1] if len(use) else 0.0) - resource.upper * (1.0 - holdout_share)
        if excess > _TOLERANCE:
            chosen[order[: int(np.searchsorted(use, excess - _TOLERANCE)) + 1]] = False
    return replace(plan, chosen=chosen)


_TOLERANCE = 1e-6


def _prices(plan: Plan, problem: Problem, assigned: NDArray[np.bool_], holdout_share: float) -> list[Price]:
    return [
        replace(
            price,
            used=float(resource.use[assigned].sum()),
            lower=price.lower * (1.0 - holdout_share),
            upper=price.upper * (1.0 - holdout_share),
        )
        for price, resource in zip(plan.prices, problem.resources, strict=True)
    ]


def value_offers(
    kept: pa.Table,
    definition: CampaignDefinition,
    products: Sequence[Product],
    model: Responses,
    baseline: dict[str, float],
    reach_model: Reach | None = None,
    uplift: Mapping[str, Responses] | None = None,
) -> Offers:
    """Every offer the policy and the products allow, with its expected value and use of seat minutes.

    What a contact adds is what an experiment taught, where one did: by intention to treat, so the chance to be reached
    is in it. Else it is the response of those who would not have bought anyway.
    """
    allowed = (kept["refused_by"].to_numpy() == ALLOWED) & _served(kept, definition)
    reach = chance_of_reach(reach_model, kept, allowed)
    parts = []
    for index, product in enumerate(products):
        rows = np.flatnonzero(allowed & kept[ELIGIBLE + product.code].to_numpy(zero_copy_only=False))
        asked = _offered(kept.take(rows), [product.code] * len(rows))
        response, taught = model.predict(asked), _taught(asked, (uplift or {}).get(product.code))
        untaught = expected_gain(reach[rows], response, baseline.get(product.code, 0.0))
        parts.append(
            Offers(
                row=rows,
                product=np.full(len(rows), index, dtype=np.int64),
                reach=reach[rows],
                response=response,
                uplift=taught,
                value=contact_value(
                    np.where(np.isnan(taught), untaught, taught),
                    margin=product.margin - product.cost,
                    lever=product.lever,
                    cost=definition.cost_per_contact,
                ),
                minutes=contact_minutes(reach[rows], product.handling_minutes, FAILED_DIAL_MINUTES),
            )
        )
    return Offers(*(np.concatenate([getattr(part, name) for part in parts]) for name in Offers.__dataclass_fields__))


def _taught(asked: pa.Table, uplift: Responses | None) -> NDArray[np.float64]:
    """What an experiment taught that a contact adds to each row; NaN where none did."""
    return np.full(asked.num_rows, np.nan) if uplift is None else uplift.predict(asked)


def _served(kept: pa.Table, definition: CampaignDefinition) -> NDArray[np.bool_]:
    """Whether any resource serves the customer; who uses none would cost nothing and come without limit."""
    served = [kept[RESOURCE + str(index)].to_numpy(zero_copy_only=False) for index in range(len(definition.resources))]
    found: NDArray[np.bool_] = np.any(np.column_stack(served), axis=1)
    return found


def _offered(rows: pa.Table, codes: Sequence[str] | NDArray[np.str_]) -> pa.Table:
    """The customers with what each is offered, and by which channel."""
    offered = {"product": codes, "channel": [CHANNEL] * rows.num_rows}
    for name, values in offered.items():
        rows = rows.append_column(name, pa.array(values, pa.string()))
    return rows


def _resources(
    kept: pa.Table, definition: CampaignDefinition, offers: Offers, holdout_share: float, trial_left: int | None
) -> list[Resource]:
    resources = []
    if trial_left is not None:
        every = np.ones(len(offers.row))
        resources.append(Resource(name=TRIAL, use=every, lower=0.0, upper=trial_left / (1.0 - holdout_share)))
    for index, resource in enumerate(definition.resources):
        uses = kept[RESOURCE + str(index)].to_numpy(zero_copy_only=False)[offers.row]
        if resource.minutes is not None:
            use, upper = uses * offers.minutes, resource.minutes
        else:
            use, upper = uses * 1.0, float(resource.contacts or 0)
        upper /= 1.0 - holdout_share
        resources.append(Resource(name=resource.name["en"], use=use, lower=0.0, upper=upper))
    return resources


def _table(
    kept: pa.Table,
    definition: CampaignDefinition,
    products: Sequence[Product],
    rule_names: Sequence[str],
    model: Responses,
    offers: Offers,
    outcome: Decisions,
    reach: Reach | None,
) -> pa.Table:
    """One row per survivor: what was decided about which product, at what value and price, why, and when to call."""
    refused_by = kept["refused_by"].to_numpy()
    refused = refused_by != ALLOWED
    names = np.array([*rule_names, BUSY, ""])
    held_out = kept["held_out"].to_numpy(zero_copy_only=False)
    decision = np.where(_served(kept, definition), outcome.decision, NO_RESOURCE)
    decision = np.where(refused, REFUSED, decision)
    decision = np.where((decision == ASSIGNED) & held_out, HELD_OUT, decision)
    codes = np.array([*(product.code for product in products), ""])
    return pa.table(
        {
            "customer_id": kept["customer_id"],
            "person_id": kept["person_id"],
            "decision": pa.array(decision, pa.string()),
            "rule": _texts(names[refused_by], refused),
            "product": _texts(codes[_at(offers.product, outcome.candidate, -1)], outcome.candidate >= 0),
            "alternative": _texts(codes[_at(offers.product, outcome.runner_up, -1)], outcome.runner_up >= 0),
            "team": pa.array(_teams(kept, definition), pa.string()),
            "value": _at(offers.value, outcome.candidate, 0.0),
            "price": outcome.price,
            "reach": _at(offers.reach, outcome.candidate, 0.0),
            "response": _at(offers.response, outcome.candidate, 0.0),
            "uplift": pa.array(_at(offers.uplift, outcome.candidate, np.nan), pa.float64(), from_pandas=True),
            "minutes": _at(offers.minutes, outcome.candidate, 0.0),
            "reasons": _reasons(kept, codes, model, offers, outcome, decision == ASSIGNED),
            "best_time": best_times(reach, kept, decision == ASSIGNED),
        }
    )


def _at(values: NDArray[np.generic], index: NDArray[np.int64], otherwise: float) -> NDArray[np.generic]:
    """values[index], and `otherwise` where the index is −1."""
    return np.append(values, np.asarray([otherwise], dtype=values.dtype))[index]


def _texts(values: NDArray[np.str_], present: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, pa.string(), mask=~present)


def _teams(kept: pa.Table, definition: CampaignDefinition) -> NDArray[np.str_]:
    """The team of the first resource that serves each customer; empty where any team may call."""
    teams = np.full(kept.num_rows, "", dtype=object)
    for index, resource in reversed(list(enumerate(definition.resources))):
        serves = kept[RESOURCE + str(index)].to_numpy(zero_copy_only=False)
        teams[serves] = resource.team or ""
    return teams.astype(str)


def _reasons(
    kept: pa.Table,
    codes: NDArray[np.str_],
    model: Responses,
    offers: Offers,
    outcome: Decisions,
    assigned: NDArray[np.bool_],
) -> pa.Array:
    """For the assigned, the features of the customer that speak most for the offer, with their values, as JSON."""
    rows = np.flatnonzero(assigned)
    asked = _offered(kept.take(rows), codes[offers.product[outcome.candidate[rows]]])
    texts: list[str | None] = [None] * kept.num_rows
    for place, row, reasons in zip(rows, asked.to_pylist(), model.reasons(asked, _REASONS + len(_OFFER)), strict=True):
        of_customer = [(name, weight) for name, weight in reasons if name not in _OFFER][:_REASONS]
        named = [{"feature": name, "value": row[name], "weight": round(weight, 4)} for name, weight in of_customer]
        texts[place] = json.dumps(named, ensure_ascii=False, default=str)
    return pa.array(texts, pa.string())
