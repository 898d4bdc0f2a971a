"""The decision table: attributes and a decision as small codes, one array a column, with weights of rows.

Null is a value of its own, for attributes and the decision alike; NaN counts as null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.inputs import check_columns
from yuelao.analytics.rough_sets.threads import side_by_side
from yuelao.analytics.rough_sets.types import Codes, Floats, Labels
from yuelao.common.errors import Refused, nearest

MOST_CLASSES = 2**16 - 2  # one more label stands for "not determined"


@dataclass(frozen=True)
class Column:
    """One attribute or the decision: `codes` (rows,), each the place of the row's value among `values`."""

    codes: Codes
    values: Sequence[Any]

    @property
    def cardinality(self) -> int:
        """How many values there are."""
        return len(self.values)


@dataclass(frozen=True)
class DecisionTable:
    """`columns`: attribute → codes; the attributes count in the order of their names, so that of columns is
    irrelevant. `weights` (rows,): how often each row counts, above zero; None: once."""

    columns: Mapping[str, Column]
    decision: Column
    weights: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {len(column.codes) for column in [*self.columns.values(), self.decision]}
        if self.weights is not None:
            lengths.add(len(self.weights))
        if lengths == {0}:
            raise Refused("There are no rows to learn from", code="empty")
        if len(lengths) > 1:
            raise Refused("The columns differ in length", code="length")

    @property
    def names(self) -> list[str]:
        """The attributes, by name."""
        return sorted(self.columns)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.decision.codes)

    @property
    def total(self) -> float:
        """The weight of all rows."""
        return float(self.rows if self.weights is None else self.weights.sum())

    @cached_property
    def labels(self) -> Labels:
        """The codes of the decision, shape (rows,)."""
        return self.decision.codes.astype(np.uint16)

    def check(self, names: Sequence[str]) -> None:
        """Raise Refused, with the nearest names, for the first that is no attribute."""
        for name in names:
            if name not in self.columns:
                raise Refused(f"There is no attribute {name}", hint=nearest(name, self.names), code="column")


def read_table(
    table: pa.Table, decision: str, *, exclude: Sequence[str] = (), weights: str | None = None
) -> DecisionTable:
    """The decision table of an Arrow table: every column an attribute but the decision, the weights and `exclude`.

    Raises Refused for a column that is not there, a weight that is no number from 0 on, a column of lists or records.

    >>> table = read_table(pa.table({"vip": ["y", None, "n"], "buys": [1, 0, 0]}), "buys")
    >>> table.names, table.columns["vip"].codes.tolist(), table.columns["vip"].values
    (['vip'], [1, 2, 0], ['n', 'y', None])
    """
    apart = [decision, *exclude, *([weights] if weights else [])]
    check_columns(table, apart)
    if decision in exclude:
        raise Refused(f"{decision} is the decision and cannot be left out", code="column")
    counted = None if weights is None else read_weights(table[weights], weights)
    if counted is not None and not counted.all():
        table, counted = table.filter(pa.array(counted > 0)), counted[counted > 0]
    names = sorted(set(table.column_names) - set(apart))
    columns = dict(zip(names, side_by_side(lambda name: encode(table[name], name), names), strict=True))
    if not columns:
        raise Refused("There is no attribute besides the decision", where=decision, code="column")
    return DecisionTable(columns, read_decision(table, decision), counted)


def from_codes(codes: Mapping[str, Codes], decision: Codes, weights: Floats | None = None) -> DecisionTable:
    """The decision table of arrays of codes from 0, unsigned of 8, 16 or 32 bits, which are used as they are.

    >>> from_codes({"a": np.array([0, 1, 1], np.uint8)}, np.array([0, 0, 1], np.uint8)).columns["a"].cardinality
    2
    """

    def column(name: str, values: Codes) -> Column:
        if values.dtype not in (np.uint8, np.uint16, np.uint32):
            raise Refused(f"Codes are unsigned of 8, 16 or 32 bits, not {values.dtype}", where=name, code="type")
        return Column(values, range(int(values.max(initial=0)) + 1))

    return DecisionTable({name: column(name, codes[name]) for name in codes}, column("decision", decision), weights)


def read_decision(table: pa.Table, decision: str, most: int = MOST_CLASSES) -> Column:
    """The column of the decision as codes. Refused where it has more than `most` values."""
    decided = encode(table[decision], decision)
    if decided.cardinality > most:
        hint = f"A decision has few values, {most:,} at most here; is this an id or an amount?"
        raise Refused(f"{decision} has {decided.cardinality:,} different values", hint=hint, code="decision")
    return decided


def read_weights(column: Any, name: str) -> Floats:
    """A column of weights as numbers, shape (rows,). Refused unless each is a number from 0 on."""
    try:
        weights = np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        weights = np.full(len(column), np.nan)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise Refused("A weight is a number from 0 on", where=name, code="weights")
    return weights


def encode(column: Any, name: str) -> Column:
    """An Arrow column as codes. Refused for a type that has no values to compare."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_nested(column.type):
        raise Refused(f"{name} holds {column.type}, which has no values to tell apart", where=name, code="type")
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    places = column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False)
    # values in their own order, so that the order of the rows leaves no trace; null comes last
    order = pc.sort_indices(column.dictionary).to_numpy()
    codes = np.full(len(order) + 1, len(order), np.min_scalar_type(max(len(order) - 1 + (column.null_count > 0), 0)))
    codes[order] = np.arange(len(order))
    values = column.dictionary.take(pa.array(order)).to_pylist()
    return Column(codes[places], [*values, None] if column.null_count else values)
