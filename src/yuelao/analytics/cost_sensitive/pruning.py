"""Pruning a tree by what later rows would have cost: what only the time it was grown in bore out is cut off."""

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.tree import Tree, Weights, counted

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
_SAME = 1e-9  # of the cost of all rows; less is rounding


def prune(tree: Tree, codes: Codes, happened: Floats, costs: Costs, weights: Weights = Weights()) -> Tree:  # noqa: B008
    """The tree without the splits that did not pay on the given rows; `codes` (attributes, rows), `happened` 0/1.

    From the leaves up, a split stays where its leaves cost less than its node as a leaf, each deciding by its own
    probability; where they cost the same, as after a split that changes no decision, if they foretell better (log
    loss). So the pruned tree costs these rows no more than the whole one, and no more than calling all or nobody
    would, whichever the root decides.

    >>> from yuelao.analytics.cost_sensitive.tree import grow
    >>> from yuelao.analytics.cost_sensitive.binning import Bins
    >>> codes, happened = np.array([[1, 1, 2, 2]], dtype=np.uint8), np.array([0.0, 0, 1, 1])
    >>> tree = grow(codes, happened, Bins(((1.5,),)), [[0]], Costs(90, 180), fewest=1)
    >>> prune(tree, codes, happened, Costs(90, 180)).attribute.tolist()
    [0, -1, -1]
    >>> prune(tree, codes, 1 - happened, Costs(90, 180)).attribute.tolist()
    [-1]
    """
    probability = tree.probability()
    rows, positives = counted(tree, codes, happened, weights)
    cost = np.where(probability >= costs.threshold, costs.call * rows, costs.margin * positives)
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    loss = -(positives * np.log(p) + (rows - positives) * np.log(1 - p))
    slack = _SAME * max(float(cost[0]), 1.0)
    attribute = tree.attribute.copy()
    for node in np.flatnonzero(attribute >= 0)[::-1]:  # children come after their parents
        below = tree.children[node]
        split = cost[below].sum(), loss[below].sum()
        if split[0] < cost[node] - slack or (split[0] <= cost[node] + slack and split[1] < loss[node]):
            cost[node], loss[node] = split
        else:
            attribute[node] = -1
    return _without_the_cut(tree, attribute)


def _without_the_cut(tree: Tree, attribute: NDArray[np.int32]) -> Tree:
    """The nodes that can still be reached, numbered anew."""
    kept = np.zeros(len(attribute), dtype=np.bool_)
    kept[0] = True
    for node in np.flatnonzero(attribute >= 0):
        kept[tree.children[node]] = kept[node]
    number = (np.cumsum(kept) - 1).astype(np.int32)
    asks = (attribute[kept] >= 0)[:, None]
    return Tree(
        attribute=attribute[kept],
        left=tree.left[kept] & asks,
        children=np.where(asks, number[tree.children[kept]], 0).astype(np.int32),
        rows=tree.rows[kept],
        positives=tree.positives[kept],
        smoothing=tree.smoothing,
    )
