"""What attributes tell, against counting by hand, also where groups are crowded and values many."""

import numpy as np
import pytest
from hypothesis import given

from tests.analytics.rough_sets import reference
from yuelao.analytics.rough_sets import (
    conditional_entropy,
    dependency,
    discernibility,
    from_codes,
    positive_region,
    read_table,
)
from yuelao.analytics.rough_sets.partition import partition
from yuelao.common.errors import Refused


@given(reference.tables(weighted=True))
def test_measures_are_as_defined(table):
    read = read_table(reference.arrow(table), "d", weights="w")
    for chosen in reference.subsets(reference.names_of(table)):
        assert dependency(read, chosen) == pytest.approx(reference.dependency(table, sorted(chosen)))
        assert conditional_entropy(read, chosen) == pytest.approx(reference.entropy(table, sorted(chosen)))
        assert set(np.flatnonzero(positive_region(read, chosen))) == reference.positive(table, sorted(chosen))
        assert discernibility(read, chosen) == pytest.approx(_told_apart(table, chosen))


def _told_apart(table, chosen):
    rows, weights = range(len(table["d"])), table["w"]
    pairs = [(i, j) for i in rows for j in range(i) if table["d"][i] != table["d"][j]]
    apart = [(i, j) for i, j in pairs if any(table[name][i] != table[name][j] for name in chosen)]
    return (
        sum(weights[i] * weights[j] for i, j in apart) / sum(weights[i] * weights[j] for i, j in pairs) if pairs else 1
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("rows", "values", "classes"),
    [(20_000, 2, 2), (20_000, 40, 3), (5_000, 300, 2), (3_000, 70_000, 40), (700, 9, 300), (3_000, 70_000, 400)],
)
def test_entropy_of_larger_tables(rows, values, classes, weighted):
    rng = np.random.default_rng(rows + values)
    kind = np.uint8 if values <= 256 else np.uint16 if values <= 65_536 else np.uint32
    codes = {name: rng.integers(0, values, rows).astype(kind) for name in "ab"}
    decision = rng.integers(0, classes, rows).astype(np.uint16)
    weights = rng.random(rows) + 0.5 if weighted else None
    table = from_codes(codes, decision, weights)
    for chosen in ("a", "b", "ab"):
        assert conditional_entropy(table, chosen) == pytest.approx(_entropy(codes, chosen, decision, weights))
        by_one_more = table.columns[chosen[-1]]
        before = partition(table, chosen[:-1])
        bits = before.entropy(before.arranged(by_one_more.codes), by_one_more.cardinality) / table.total
        assert bits == pytest.approx(_entropy(codes, chosen, decision, weights))


def _entropy(codes, chosen, decision, weights):
    _, group = np.unique(np.column_stack([codes[name] for name in chosen]), axis=0, return_inverse=True)
    _, cell = np.unique(np.column_stack([group, decision]), axis=0, return_inverse=True)
    sizes, counts = np.bincount(group, weights), np.bincount(cell, weights)
    weighed = np.ones(len(decision)) if weights is None else weights
    return -(weighed * np.log2(counts[cell] / sizes[group])).sum() / weighed.sum()


def test_an_unknown_attribute_is_refused_with_the_nearest_name():
    table = read_table(reference.arrow({"a0": [1], "d": ["x"]}), "d")
    with pytest.raises(Refused, match="a0"):
        dependency(table, ["ao"])
