"""The funnel: ordered conditions over a customer view; every customer keeps the first step that dropped them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.conditions import Condition
from yuelao.warehouse.conditions import to_ibis
from yuelao.warehouse.tables import KEY

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


def kept_before_and_after(
    view: ir.Table, before: pa.Table, after: pa.Table, steps: Mapping[str, Sequence[Condition]], as_of: date
) -> dict[str, tuple[int, int, int]]:
    """Funnel → customers it keeps with the scores `before`, those of them it keeps no more with `after`, and those it
    keeps then only; one pass. Both have customer_id and the scores of the same customers, the view what else is known.
    """
    now = _kept(view, before, steps, as_of)
    then = _kept(view, after, steps, as_of)
    both = now.join(then, KEY, rname="{name} then")
    sums: dict[str, ir.Value] = {}
    for name in steps:
        old, new = both[name], both[f"{name} then"]
        sums |= {f"{name} {i}": test.sum() for i, test in enumerate((old, old & ~new, ~old & new))}
    [row] = both.aggregate(**sums).to_pyarrow().to_pylist()
    return {name: (row[f"{name} 0"] or 0, row[f"{name} 1"] or 0, row[f"{name} 2"] or 0) for name in steps}


def _kept(view: ir.Table, scores: pa.Table, steps: Mapping[str, Sequence[Condition]], as_of: date) -> ir.Table:
    """customer_id, and by funnel whether every step holds."""
    whole = view.join(ibis.memtable(scores), KEY)
    tests = {
        name: reduce(and_, [holds(step, whole, as_of) for step in each], ibis.literal(True))
        for name, each in steps.items()
    }
    return whole.select(KEY, **tests)
