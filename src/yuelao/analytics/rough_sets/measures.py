"""What some attributes tell about the decision: dependency degree, positive region, conditional entropy, pairs told
apart. Weights count as repeated rows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.rough_sets.partition import Partition, partition, undivided
from yuelao.analytics.rough_sets.table import DecisionTable


def positive_region(table: DecisionTable, attributes: Iterable[str]) -> NDArray[np.bool_]:
    """Whether the attributes determine the decision of each row, shape (rows,): no row that is alike in them was
    decided otherwise (Pawlak 1982)."""
    determined = np.ones(table.rows, np.bool_)
    determined[partition(table, attributes).rows] = False
    return determined


def dependency(table: DecisionTable, attributes: Iterable[str]) -> float:
    """Share of the rows in the positive region, 0 to 1: Pawlak's degree of dependency.

    >>> import pyarrow as pa
    >>> from yuelao.analytics.rough_sets.table import read_table
    >>> table = read_table(pa.table({"vip": ["y", "y", "n", "n"], "buys": [1, 1, 0, 1]}), "buys")
    >>> dependency(table, ["vip"]), round(conditional_entropy(table, ["vip"]), 3)
    (0.5, 0.5)
    """
    return 1.0 - partition(table, attributes).weight / table.total


def conditional_entropy(table: DecisionTable, attributes: Iterable[str]) -> float:
    """H(decision | attributes) in bits a row: 0 where they determine it."""
    return partition(table, attributes).entropy() / table.total


def discernibility(table: DecisionTable, attributes: Iterable[str]) -> float:
    """Share of the pairs of rows with different decisions that the attributes tell apart (Skowron and Rauszer 1992),
    0 to 1; 1 if there is no such pair."""
    alike = _unlike_pairs(partition(table, attributes))
    pairs = _unlike_pairs(undivided(table.labels, table.decision.cardinality, table.weights))
    return 1.0 - alike / pairs if pairs else 1.0


def _unlike_pairs(groups: Partition) -> float:
    """Weight of the pairs of rows of one group with different labels."""
    weights = np.ones(len(groups.rows)) if groups.weights is None else groups.weights
    cells = groups.group.astype(np.int64) * groups.classes + groups.labels
    _, at = np.unique(cells, return_inverse=True)
    return float((np.bincount(groups.group, weights) ** 2).sum() - (np.bincount(at, weights) ** 2).sum()) / 2
