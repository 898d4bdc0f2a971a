"""Candidates: the customers a funnel kept, with what decides about each: policy, hold-out, products, resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.conditions import Condition
from yuelao.warehouse.engine import in_share
from yuelao.warehouse.funnel import first_true, holds

ELIGIBLE = "eligible_"
RESOURCE = "resource_"
ALLOWED = -1
"""`refused_by` of a customer whom no rule refuses."""


@dataclass(frozen=True)
class CandidateRules:
    """What is asked of each kept customer.

    refusals: the condition of each contact policy rule over the contact facts; the first that is true refuses.
    eligible: per product code, the condition under which a customer may have it (None: everybody).
    resources: per resource, the condition under which a contact uses it (None: always).
    holdouts: (salt, share) of each control group the campaign belongs to.
    busy: ids of the persons who already have an active call task.
    """

    refusals: Sequence[Condition]
    eligible: Mapping[str, Condition | None]
    resources: Sequence[Condition | None]
    holdouts: Sequence[tuple[str, float]] = ()
    busy: Sequence[str] = field(default=())


def candidates(kept: ir.Table, customers: ir.Table, facts: ir.Table, rules: CandidateRules, as_of: date) -> ir.Table:
    """The kept rows of a view with person_id, refused_by, held_out, eligible_<product> and resource_<i>.

    `refused_by` is the index of the first refusing rule, the number of rules for a busy person, else ALLOWED.
    Control groups are drawn by person, so that all numbers of one person share their fate. customers: one row each
    (`registers.newest_customers`).
    """
    persons = customers.select("customer_id", person_id=customers.person_id.fill_null(customers.customer_id))
    refused = facts.select(
        "customer_id",
        policy=first_true([holds(rule, facts, as_of) for rule in rules.refusals], ALLOWED),
    )
    busy = ibis.memtable(pa.table({"person_id": pa.array(rules.busy, pa.string()), "busy": [True] * len(rules.busy)}))
    table = kept.left_join(persons, "customer_id").drop("customer_id_right")
    table = table.left_join(refused, "customer_id").drop("customer_id_right")
    table = table.left_join(busy, "person_id").drop("person_id_right")
    return table.mutate(
        refused_by=_refused_by(table, len(rules.refusals)),
        held_out=_held_out(table, rules.holdouts),
        **{ELIGIBLE + code: _truth(rule, table, as_of) for code, rule in rules.eligible.items()},
        **{RESOURCE + str(index): _truth(rule, table, as_of) for index, rule in enumerate(rules.resources)},
    ).drop("policy", "busy")


def _refused_by(table: ir.Table, busy_index: int) -> ir.IntegerValue:
    policy = table.policy.fill_null(ALLOWED)
    return ibis.cases((policy != ALLOWED, policy), (table.busy.fill_null(False), busy_index), else_=ALLOWED)


def _held_out(table: ir.Table, holdouts: Sequence[tuple[str, float]]) -> ir.BooleanValue:
    drawn = [in_share(salt, table.person_id, share) for salt, share in holdouts]
    return reduce(or_, drawn) if drawn else ibis.literal(False)


def _truth(condition: Condition | None, table: ir.Table, as_of: date) -> ir.BooleanValue:
    return ibis.literal(True) if condition is None else holds(condition, table, as_of)
