"""The loops over rows of a tree, compiled: what is counted of a level, its best splits, and who goes where.

It brings numba, which is slow to import: import it where a tree is grown, not at the top of a module.
"""

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.rough_sets.compiling import compiled

Codes = NDArray[np.uint8]
Places = NDArray[np.int32]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@compiled
def count(codes: Codes, attributes: Counts, happened: Codes, place: Places, nodes: int, width: int) -> Counts:
    """Rows by attribute, node, code and outcome; `codes` (attributes, rows), `place` the node of a row, −1: none."""
    found = np.zeros((len(attributes), nodes, width, 2), dtype=np.int64)
    for a in range(len(attributes)):
        own = codes[attributes[a]]
        for i in range(len(place)):
            if place[i] >= 0:
                found[a, place[i], own[i], happened[i]] += 1
    return found


@compiled
def _mixed(negatives: float, positives: float, law: Floats) -> float:
    """How mixed rows are: their Gini index and their cost, both times rows and as shares of the root's."""
    a, b = negatives * law[0], positives * law[1]
    gini = 2 * a * b / (a + b) if a + b > 0 else 0.0
    true_positives = positives * law[3]
    cost = min(law[4] * (negatives * law[2] + true_positives), law[5] * true_positives)
    return float(gini * law[6] + cost * law[7])


@compiled
def _in_order(counts: Counts, categorical: bool, law: Floats) -> Counts:
    """The codes that occur, null of a number left out; categories by their rate (Breiman and others 1984, 4.4)."""
    rows = counts[:, 0] + counts[:, 1]
    if not categorical:
        return np.flatnonzero(rows[1:]) + 1
    codes = np.flatnonzero(rows)
    weighed = counts[codes, 0] * law[0] + counts[codes, 1] * law[1]
    return codes[np.argsort(counts[codes, 1] * law[1] / weighed, kind="mergesort")]


@compiled
def _best_split(counts: Counts, categorical: bool, law: Floats, fewest: int, left: NDArray[np.bool_]) -> float:
    """The gain of the best cut of one attribute in one node; `left` is filled with the codes that go left."""
    all_0, all_1 = counts[:, 0].sum(), counts[:, 1].sum()
    codes = _in_order(counts, categorical, law)
    nulls = not categorical and counts[0, 0] + counts[0, 1] > 0
    whole, best, best_cut, null_left = _mixed(all_0, all_1, law), 0.0, -1, False
    for side in range(2 if nulls else 1):
        zero, one = (counts[0, 0], counts[0, 1]) if nulls and side == 1 else (0, 0)
        for cut in range(len(codes)):
            zero += counts[codes[cut], 0]
            one += counts[codes[cut], 1]
            if min(zero + one, all_0 + all_1 - zero - one) < fewest:
                continue
            gain = whole - _mixed(zero, one, law) - _mixed(all_0 - zero, all_1 - one, law)
            if gain > best:
                best, best_cut, null_left = gain, cut, side == 1
    if best_cut >= 0:
        _fill(counts, categorical, codes, best_cut, null_left if nulls else None, left)
    return best


@compiled
def _fill(
    counts: Counts, categorical: bool, codes: Counts, cut: int, null_left: bool | None, left: NDArray[np.bool_]
) -> None:
    """The codes up to the cut go left; those that no row of the node has go where more rows go."""
    rows = counts[:, 0] + counts[:, 1]
    there = rows[codes[: cut + 1]].sum()
    more_left = there * 2 > rows.sum()
    left[:] = more_left
    if not categorical:
        left[1 : codes[cut] + 1] = True
        left[codes[cut] + 1 :] = False
    for place in range(len(codes)):
        left[codes[place]] = place <= cut
    if null_left is not None:
        left[0] = null_left


@compiled
def best_splits(
    counts: Counts, categorical: NDArray[np.bool_], law: Floats, fewest: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Gain by attribute and node, and by code whether it goes left; `counts` as `count` gives them."""
    attributes, nodes, width, _ = counts.shape
    gains = np.zeros((attributes, nodes))
    left = np.zeros((attributes, nodes, width), dtype=np.bool_)
    for pair in range(attributes * nodes):
        a, f = pair // nodes, pair % nodes
        gains[a, f] = _best_split(counts[a, f], categorical[a], law, fewest, left[a, f])
    return gains, left


@compiled
def descend(codes: Codes, place: Places, attribute: Places, left: NDArray[np.bool_], children: Places) -> None:
    """Move each row to its child's place; −1 where the attribute of its node is −1. `place` is changed."""
    for i in range(len(place)):
        node = place[i]
        if node >= 0:
            a = attribute[node]
            place[i] = -1 if a < 0 else children[node, 0] if left[node, codes[a, i]] else children[node, 1]


@compiled
def leaves(codes: Codes, attribute: Places, left: NDArray[np.bool_], children: Places) -> Places:
    """The leaf of each row."""
    found = np.zeros(codes.shape[1], dtype=np.int32)
    for i in range(codes.shape[1]):
        node = 0
        while attribute[node] >= 0:
            node = children[node, 0] if left[node, codes[attribute[node], i]] else children[node, 1]
        found[i] = node
    return found
