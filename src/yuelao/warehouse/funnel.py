"""The funnel: ordered conditions over a customer view; every customer keeps the first step that dropped them."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.conditions import Condition
from yuelao.warehouse.conditions import to_ibis

KEPT = -1
"""`dropped_at` of a customer whom every step kept."""


def with_first_drop(view: ir.Table, steps: Sequence[Condition], as_of: date) -> ir.Table:
    """The view and `dropped_at`: the index of the first step that does not hold, or KEPT; unknown does not hold."""
    return view.mutate(dropped_at=first_true([~holds(step, view, as_of) for step in steps], KEPT))


def drop_counts(funnel: ir.Table) -> dict[int, int]:
    """How many customers each step dropped first, KEPT included; one pass over the funnel."""
    rows = funnel.group_by("dropped_at").agg(n=lambda t: t.count()).to_pyarrow().to_pylist()
    return {row["dropped_at"]: row["n"] for row in rows}


def holds(condition: Condition, table: ir.Table, as_of: date) -> ir.BooleanValue:
    """Whether the condition is true; an unknown truth value counts as false."""
    return to_ibis(condition, table, as_of).fill_null(False)


def first_true(tests: Sequence[ir.BooleanValue], otherwise: int) -> ir.IntegerValue:
    """The index of the first test that is true, else `otherwise`."""
    if not tests:
        return ibis.literal(otherwise, "int32")
    branches = [(test, ibis.literal(index, "int32")) for index, test in enumerate(tests)]
    return ibis.cases(*branches, else_=ibis.literal(otherwise, "int32"))
