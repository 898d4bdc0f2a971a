"""Rough sets straight from their definitions, over every subset of the attributes: what the package is held to."""

from collections import defaultdict
from itertools import combinations
from math import log2

import pyarrow as pa
from hypothesis import strategies as st

VALUES = st.sampled_from([None, 0, 1, 2])


@st.composite
def tables(draw, most_attributes=5, most_rows=14, weighted=False):
    """Small tables {name: values}, with a decision `d` and, if asked for, whole weights `w`."""
    attributes = draw(st.integers(1, most_attributes))
    rows = draw(st.integers(1, most_rows))
    table = {f"a{i}": draw(st.lists(VALUES, min_size=rows, max_size=rows)) for i in range(attributes)}
    table["d"] = draw(st.lists(st.sampled_from(["x", "y", "z", None]), min_size=rows, max_size=rows))
    if weighted:
        table["w"] = draw(st.lists(st.integers(1, 3), min_size=rows, max_size=rows))
    return table


def arrow(table):
    """The table with a type for each column, whatever its values."""
    return pa.table({n: pa.array(v, pa.string() if n == "d" else pa.int64()) for n, v in table.items()})


def names_of(table):
    return sorted(name for name in table if name not in ("d", "w"))


def groups(table, attributes):
    """The decisions of the rows alike in the attributes, group by group, as {decision: weight}, with their rows."""
    found: dict[object, tuple[dict[object, float], list[int]]] = defaultdict(lambda: (defaultdict(float), []))
    for row, decision in enumerate(table["d"]):
        counts, rows = found[tuple(table[name][row] for name in attributes)]
        counts[decision] += table["w"][row] if "w" in table else 1
        rows.append(row)
    return [(dict(counts), rows) for counts, rows in found.values()]


def positive(table, attributes):
    """The rows of the positive region."""
    return {row for counts, rows in groups(table, attributes) if len(counts) == 1 for row in rows}


def total(table):
    return sum(table["w"]) if "w" in table else len(table["d"])


def dependency(table, attributes):
    weights = table.get("w", [1] * len(table["d"]))
    return sum(weights[row] for row in positive(table, attributes)) / total(table)


def entropy(table, attributes):
    """H(d | attributes) in bits a row."""
    bits = 0.0
    for counts, _ in groups(table, attributes):
        size = sum(counts.values())
        bits -= sum(count * log2(count / size) for count in counts.values())
    return bits / total(table)


def subsets(names):
    return [set(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


def reducts(table, tolerance=None):
    """Every reduct: the sets that keep what is to be kept, and of which no part does."""
    names = names_of(table)
    if tolerance is None:
        whole = positive(table, names)
        keeping = [chosen for chosen in subsets(names) if positive(table, sorted(chosen)) == whole]
    else:
        known, left = entropy(table, []), entropy(table, names)
        limit = left + tolerance * (known - left) + 1e-8
        keeping = [chosen for chosen in subsets(names) if entropy(table, sorted(chosen)) <= limit]
    return [chosen for chosen in keeping if not any(other < chosen for other in keeping)]
