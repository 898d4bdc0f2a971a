"""Indiscernibility: the rows in groups that some attributes cannot tell apart, as far as they still differ in the
decision (Pawlak, Rough Sets, 1982). A group with one decision is settled for good, whatever is added, and dropped.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from yuelao.analytics.rough_sets.table import Column, DecisionTable
from yuelao.analytics.rough_sets.types import Codes, Floats, Labels, Places

_COUNTED = 2**16
_COUNTERS = 2**24
_TOGETHER = 2**14  # values: their counters stay in the cache


@dataclass(frozen=True)
class Partition:
    """Rows not settled yet, group by group: `rows` are their places in the table, `group` (rows,) the number of the
    group, `starts` (groups + 1,) where each begins, `labels` (rows,) what is to be told apart, below `classes`."""

    rows: Places
    group: Places
    starts: Places
    labels: Labels
    classes: int
    weights: Floats | None

    @property
    def settled(self) -> bool:
        """Whether no group has two labels."""
        return not len(self.rows)

    @property
    def weight(self) -> float:
        """The weight of the rows not settled."""
        return float(len(self.rows) if self.weights is None else self.weights.sum())

    def arranged(self, codes: Codes) -> Codes:
        """The codes of these rows, in their order."""
        from yuelao.analytics.rough_sets import loops

        return loops.take(codes, self.rows)

    def entropy(self, arranged: Codes | None = None, cardinality: int = 1) -> float:
        """Sum over rows, in bits, of the entropy of the labels within groups, split by an attribute if given."""
        from yuelao.analytics.rough_sets import loops

        if arranged is None:
            arranged = np.zeros(len(self.rows), np.uint8)
        if cardinality * self.classes > _COUNTERS:
            return self._entropy_by_sorting(arranged, cardinality)
        if self.weights is None:
            return loops.entropy(
                arranged, self.group, self.starts, self.labels, _growth(), cardinality, self.classes
            )  # fmt: skip
        return loops.weighted_entropy(arranged, self.starts, self.labels, self.weights, cardinality, self.classes)

    def _entropy_by_sorting(self, arranged: Codes, cardinality: int) -> float:
        """`entropy` where a counter for every value and label would not fit into memory: an id, and many labels."""
        _, part = np.unique(self.group.astype(np.int64) * cardinality + arranged, return_inverse=True)
        _, cell = np.unique(part * self.classes + self.labels, return_inverse=True)
        weights = np.ones(len(self.rows)) if self.weights is None else self.weights
        sizes, counts = np.bincount(part, weights), np.bincount(cell, weights)
        return float((weights * (np.log2(sizes[part]) - np.log2(counts[cell]))).sum())

    def split(self, arranged: Codes, cardinality: int) -> tuple["Partition", Places]:
        """Every group split by an attribute; and for each row that stays, where it was in this partition."""
        from yuelao.analytics.rough_sets import loops

        order, starts = loops.split(arranged, self.starts, self.labels, cardinality)
        weights = None if self.weights is None else loops.take(self.weights, order)
        rows, labels = loops.take(self.rows, order), loops.take(self.labels, order)
        return Partition(rows, loops.numbered(starts), starts, labels, self.classes, weights), order

    def refined(self, columns: Iterable[Column]) -> "Partition":
        """Every group split by all of the attributes."""
        found = self
        for together in _batches(columns):
            if found.settled:
                break
            found, _ = found.split(*found._mixed(together))
        return found

    def _mixed(self, columns: Sequence[Column]) -> tuple[Codes, int]:
        """The codes of these rows by several attributes at once, and how many there can be."""
        from yuelao.analytics.rough_sets import loops

        if len(columns) == 1:
            return self.arranged(columns[0].codes), columns[0].cardinality
        mixed = np.zeros(len(self.rows), np.uint16)
        for column in columns:
            loops.append(mixed, column.codes, self.rows, column.cardinality)
        return mixed, math.prod(column.cardinality for column in columns)


def _batches(columns: Iterable[Column]) -> Iterator[list[Column]]:
    """The attributes, as many at a time as have few enough values together: one split costs what ten would."""
    batch: list[Column] = []
    for column in columns:
        if batch and math.prod(each.cardinality for each in [*batch, column]) > _TOGETHER:
            yield batch
            batch = []
        batch.append(column)
    if batch:
        yield batch


def undivided(labels: Labels, classes: int, weights: Floats | None = None) -> Partition:
    """All rows in one group, or settled if they have one label only."""
    rows = np.arange(len(labels), dtype=np.int32)
    starts = np.array([0, len(labels)], np.int32)
    if len(labels) and (labels == labels[0]).all():
        rows, starts, labels = rows[:0], starts[:1], labels[:0]
        weights = None if weights is None else weights[:0]
    return Partition(rows, np.zeros(len(rows), np.int32), starts, labels, classes, weights)


def partition(table: DecisionTable, attributes: Iterable[str]) -> Partition:
    """The rows of a table that the attributes leave undecided, group by group."""
    named = list(attributes)
    table.check(named)
    whole = undivided(table.labels, table.decision.cardinality, table.weights)
    # attributes of many values settle the most rows, so that the rest has few to look at
    columns = sorted((table.columns[name] for name in named), key=lambda column: -column.cardinality)
    return whole.refined(columns)


@lru_cache(maxsize=1)
def _growth() -> Floats:
    counted = np.arange(_COUNTED + 1, dtype=np.float64)
    return np.diff(counted * np.log2(np.maximum(counted, 1)))
