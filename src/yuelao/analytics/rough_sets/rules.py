"""Decision rules from a reduct: "if the plan is small and the tenure short, then buys", with support and confidence.

Rules are found by covering: the heaviest group of rows alike in the reduct and in no rule yet is turned into a rule,
which drops conditions as long as its confidence does not fall (the dropping of conditions of LERS, Grzymala-Busse,
Fundamenta Informaticae 31, 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.rough_sets.table import DecisionTable
from yuelao.analytics.rough_sets.types import Codes, Floats


@dataclass(frozen=True)
class Rule:
    """Rows with all `conditions` (attribute → value, None where it is missing) are decided as `decision`. `support`:
    their weight, rows where there are none; `confidence`: the share of it that is so decided."""

    conditions: dict[str, Any]
    decision: Any
    support: float
    confidence: float


def rules(table: DecisionTable, attributes: Sequence[str], most: int) -> list[Rule]:
    """At most so many rules, the widest support first; together they cover as much as they can.

    >>> import pyarrow as pa
    >>> from yuelao.analytics.rough_sets.table import read_table
    >>> rows = {"vip": ["y", "y", "n", "n"], "city": [1, 2, 1, 2], "buys": [1, 1, 0, 1]}
    >>> for rule in rules(read_table(pa.table(rows), "buys"), ["city", "vip"], 2):
    ...     print(rule.conditions, rule.decision, rule.support, rule.confidence)
    {'vip': 'y'} 1 2.0 1.0
    {'city': 1, 'vip': 'n'} 0 1.0 1.0
    """
    table.check(attributes)
    cells = _Cells.of(table, attributes)
    waiting = cells.weights.copy()
    found: list[Rule] = []
    while len(found) < most and waiting.any():
        heaviest = int(np.bincount(cells.group, waiting).argmax())
        kept, decision, matched = _shortened(cells, heaviest)
        waiting[matched] = 0.0
        support = cells.weights[matched].sum()
        confidence = cells.weights[matched & (cells.labels == decision)].sum() / support
        columns = [table.columns[attributes[place]] for place in kept]
        seed = cells.codes[np.argmax(cells.group == heaviest)]
        conditions = {attributes[p]: column.values[seed[p]] for p, column in zip(kept, columns, strict=True)}
        found.append(Rule(conditions, table.decision.values[decision], float(support), float(confidence)))
    return sorted(found, key=lambda rule: -rule.support)


@dataclass(frozen=True)
class _Cells:
    """Rows alike in attributes and decision, as one: `codes` (cells, attributes), `labels`, `weights`, and `group`, the
    number of the cells' common attribute values."""

    codes: Codes
    labels: Codes
    weights: Floats
    group: NDArray[np.int64]

    @classmethod
    def of(cls, table: DecisionTable, attributes: Sequence[str]) -> "_Cells":
        group = np.zeros(table.rows, np.int64)
        for name in attributes:
            column = table.columns[name]
            _, group = np.unique(group * column.cardinality + column.codes, return_inverse=True)
        cells = group * table.decision.cardinality + table.labels
        _, first, cell = np.unique(cells, return_index=True, return_inverse=True)
        codes = [table.columns[name].codes[first] for name in attributes]
        together = np.column_stack(codes) if codes else np.zeros((len(first), 0), np.uint8)
        return cls(together, table.labels[first], np.bincount(cell, table.weights).astype(float), group[first])


def _shortened(cells: _Cells, group: int) -> tuple[list[int], int, NDArray[np.bool_]]:
    """The conditions of a group that are needed for its confidence, its decision, and which cells they match."""
    inside = cells.group == group
    decision = int(np.bincount(cells.labels[inside], cells.weights[inside]).argmax())
    decided = np.where(cells.labels == decision, cells.weights, 0.0)
    differs = cells.codes != cells.codes[np.argmax(inside)]
    differences = differs.sum(axis=1)
    kept = list(range(cells.codes.shape[1]))
    least = decided[inside].sum() / cells.weights[inside].sum() * (1 - 1e-12)
    while kept:
        tried = []
        for place in kept:
            matched = differences == differs[:, place]
            support = cells.weights[matched].sum()
            tried.append((decided[matched].sum() / support, support, -place))
        confidence, _, place = max(tried)
        if confidence < least:
            break
        kept.remove(-place)
        differences -= differs[:, -place]
    return kept, decision, differences == 0
