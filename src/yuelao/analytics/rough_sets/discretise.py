"""Discretisation: columns of many numbers as few intervals, so that rows can be alike at all."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.inputs import check_columns
from yuelao.analytics.rough_sets.equal_frequency import equal_frequency
from yuelao.analytics.rough_sets.mdlp import mdlp
from yuelao.analytics.rough_sets.supervised_tree import supervised_tree
from yuelao.analytics.rough_sets.table import read_decision, read_weights
from yuelao.analytics.rough_sets.types import Floats, Labels
from yuelao.common.errors import Refused, nearest

Method = Literal["frequency", "mdlp", "tree"]
MOST_DECISIONS = 100


def discretise(
    table: pa.Table,
    decision: str,
    method: Method,
    *,
    intervals: int = 5,
    exclude: Sequence[str] = (),
    weights: str | None = None,
) -> pa.Table:
    """The table with every numeric attribute of more than `intervals` different values as text like "[2.5, 7)".

    `frequency`: quantiles; `mdlp`: Fayyad and Irani, which chooses how many; `tree`: a decision tree. The last two look
    at the decision. Null stays null. Raises Refused for an unknown method,
    fewer than two intervals, or a decision of over a hundred values to be looked at.

    >>> table = pa.table({"age": [21, 35, 47, None], "buys": [0, 0, 1, 1]})
    >>> discretise(table, "buys", "frequency", intervals=2)["age"].to_pylist()
    ['< 47', '< 47', '≥ 47', None]
    """
    if method not in get_args(Method):
        raise Refused(f"There is no method {method!r}", hint=nearest(method, list(get_args(Method))), code="method")
    if intervals < 2:
        raise Refused("An attribute needs two intervals at least", code="intervals")
    apart = [decision, *exclude, *([weights] if weights else [])]
    check_columns(table, apart)
    counted = np.ones(table.num_rows) if weights is None else read_weights(table[weights], weights)
    labels = np.zeros(0, np.uint16)
    if method != "frequency":
        labels = read_decision(table, decision, MOST_DECISIONS).codes.astype(np.uint16)
    for place, name in enumerate(table.column_names):
        column = table[name]
        if name in apart or not _numeric(column.type) or len(pc.unique(column)) <= intervals:
            continue
        table = table.set_column(place, name, _intervals(column, labels, counted, method, intervals))
    return table


def _intervals(column: Any, labels: Labels, weights: Floats, method: Method, intervals: int) -> pa.Array:
    numbers = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    known = ~np.isnan(numbers)
    learned = known & (weights > 0)
    values, weighed = numbers[learned], weights[learned]
    if method == "frequency":
        cuts = equal_frequency(values, weighed, intervals)
    elif method == "mdlp":
        cuts = mdlp(values, labels[learned], weighed)
    else:
        cuts = supervised_tree(values, labels[learned], weighed, intervals)
    places = np.searchsorted(cuts, numbers, side="right").astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=~known), pa.array(_names(cuts)))


def _names(cuts: Floats) -> list[str]:
    """The intervals as text: "< 3", "[3, 7)", "≥ 7"; "any" where there is no cut."""
    if not len(cuts):
        return ["any"]
    told = [f"{cut:.15g}" for cut in cuts]
    return [f"< {told[0]}", *(f"[{a}, {b})" for a, b in pairwise(told)), f"≥ {told[-1]}"]


def _numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
