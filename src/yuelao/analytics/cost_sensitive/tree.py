"""A cost-sensitive decision tree that grows level by level, with attributes taken from blocks by importance.

After Xiong, Wang and Deng, Journal of Shandong University (Engineering Science) 45(5):36–42, 2015, doi
10.6040/j.issn.1672-3961.2.2015.190. Of it we know the abstract: attributes are reduced by rough sets, weighed by
their importance and put into blocks; the tree is built level by level, choosing attributes from the blocks; a split is
chosen by the Gini index together with the cost of misclassification. What it leaves open, and what we chose:

- blocks: the level ℓ chooses among the first ℓ blocks, and a node that finds no gain there among all others; so the
  weight of an attribute decides how early it may speak, and nothing is lost for good;
- splits: binary. Numbers are cut at an edge of their bins, and null goes to the better side; categories are put in the
  order of their rates, where for two outcomes and a concave criterion the best cut is the best of all subsets
  (Breiman, Friedman, Olshen, Stone 1984, theorem 4.5);
- criterion: what the Gini index falls by plus what the cost of the best decision falls by, each as a share of its value
  at the root (both are concave, so their sum is);
- leaves: positives and rows as if `smoothing` more rows had the rate of the leaf's parent (m-estimate, from the root
  down; Zadrozny and Elkan 2001), because of 50 rows at 2 % mostly none is positive;
- pruning by the cost of later rows (see `pruning`), because rows of one time flatter a tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.binning import Bins
from yuelao.analytics.cost_sensitive.costs import Costs

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
Places = NDArray[np.int32]
DEPTH, FEWEST, SMOOTHED = 10, 100, 10.0
"""Levels at most; rows of a node at least; positives that `smoothing` rows have at the root's rate."""
_LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class Weights:
    """What a negative and a positive row count: `learned` in the Gini index, `true` in costs and probabilities.

    The two differ where rows were weighed or drawn to balance the outcomes: `true` undoes the drawing.
    """

    learned: tuple[float, float] = (1.0, 1.0)
    true: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes by number, the root 0, children after their parents. Of a leaf the attribute is −1.

    attribute (nodes,), left (nodes, codes): whether a code goes to the left child, children (nodes, 2); rows and
    positives (nodes,): true rows learned from, positives among them; smoothing: see `grow`.
    """

    attribute: Places
    left: NDArray[np.bool_]
    children: Places
    rows: Floats
    positives: Floats
    smoothing: float

    def leaf_of(self, codes: Codes) -> Places:
        """The leaf of each row, shape (rows,), for `codes` (attributes, rows)."""
        from yuelao.analytics.cost_sensitive.counting import leaves  # compiles

        return np.asarray(leaves(np.ascontiguousarray(codes), self.attribute, self.left, self.children))

    def probability(self) -> Floats:
        """The smoothed probability of every node, shape (nodes,)."""
        found = np.empty(len(self.rows))
        found[0] = self.positives[0] / self.rows[0] if self.rows[0] else 0.0
        for node in np.flatnonzero(self.attribute >= 0):  # parents come before their children
            below = self.children[node]
            found[below] = (self.positives[below] + self.smoothing * found[node]) / (self.rows[below] + self.smoothing)
        return found

    def log_odds(self, codes: Codes) -> Floats:
        """The score, shape (rows,)."""
        return _log_odds(self.probability())[self.leaf_of(codes)]

    def parts(self, codes: Codes) -> Floats:
        """What each attribute adds to the log-odds on the way from the root, shape (rows, attributes)."""
        odds, table = _log_odds(self.probability()), np.zeros((len(self.rows), len(codes)))
        for node in np.flatnonzero(self.attribute >= 0):
            for child in self.children[node]:
                table[child] = table[node]
                table[child, self.attribute[node]] += odds[child] - odds[node]
        return np.asarray(table[self.leaf_of(codes)])

    @property
    def used(self) -> list[int]:
        """The attributes that some node asks about, ascending."""
        return sorted({int(each) for each in self.attribute if each >= 0})

    def learned_again(self, codes: Codes, happened: Floats, weights: Weights = Weights()) -> "Tree":
        """The same questions, with rows and positives counted anew."""
        rows, positives = counted(self, codes, happened, weights)
        return replace(self, rows=rows, positives=positives, smoothing=_smoothing(rows[0], positives[0]))

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved; of a node that asks, the codes that go left."""
        saved = {name: getattr(self, name).tolist() for name in ("attribute", "children", "rows", "positives")}
        left = [np.flatnonzero(row).tolist() for row in self.left]
        return saved | {"smoothing": self.smoothing, "width": int(self.left.shape[1]), "left": left}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Tree":
        """The inverse of `as_dict`."""
        left = np.zeros((len(saved["left"]), saved["width"]), dtype=np.bool_)
        for node, codes in enumerate(saved["left"]):
            left[node, codes] = True
        attribute, children = (np.array(saved[name], dtype=np.int32) for name in ("attribute", "children"))
        return cls(attribute, left, children, np.array(saved["rows"]), np.array(saved["positives"]), saved["smoothing"])


def grow(
    codes: Codes,
    happened: Floats,
    bins: Bins,
    blocks: Sequence[Sequence[int]],
    costs: Costs,
    weights: Weights = Weights(),
    depth: int = DEPTH,
    fewest: int = FEWEST,
) -> Tree:
    """Grow on `codes` (attributes, rows), as `bins` gives them, and `happened` 0/1 (rows,).

    blocks: attributes by importance, the most important block first; one in no block is not asked about. The order of
    the rows changes nothing, that of the attributes decides between equal gains only.

    >>> codes = np.array([[1, 1, 2, 2], [1, 2, 1, 2]], dtype=np.uint8)
    >>> bins = Bins(((1.5,), (1.5,)))
    >>> tree = grow(codes, np.array([0.0, 0, 1, 1]), bins, [[0, 1]], Costs(6, 180), fewest=1)
    >>> tree.attribute.tolist(), tree.positives.tolist()
    ([0, -1, -1], [2.0, 0.0, 2.0])
    """
    growing = _Growing(codes, happened, bins, costs, weights, fewest)
    for level in range(depth):
        opened = [a for block in blocks[: level + 1] for a in block]
        later = [a for block in blocks[level + 1 :] for a in block]
        if not growing.next_level(opened, later):
            break
    return growing.tree()


def counted(tree: Tree, codes: Codes, happened: Floats, weights: Weights = Weights()) -> tuple[Floats, Floats]:
    """(rows, positives) of every node, shape (nodes,) each, among the given rows."""
    leaf, nodes = tree.leaf_of(codes), len(tree.attribute)
    positives = np.bincount(leaf, weights=happened, minlength=nodes).astype(np.float64) * weights.true[1]
    rows = positives + np.bincount(leaf, weights=1 - happened, minlength=nodes) * weights.true[0]
    for node in np.flatnonzero(tree.attribute >= 0)[::-1]:
        rows[node] = rows[tree.children[node]].sum()
        positives[node] = positives[tree.children[node]].sum()
    return rows, positives


class _Growing:
    """The nodes so far, and which of the last level each row is in."""

    def __init__(self, codes: Codes, happened: Floats, bins: Bins, costs: Costs, weights: Weights, fewest: int) -> None:
        self.codes = np.ascontiguousarray(codes)
        self.happened = happened.astype(np.uint8)
        self.categorical = np.array(bins.categorical, dtype=np.bool_)
        self.fewest, self.true = fewest, np.array(weights.true)
        self.width = max(bins.sizes, default=1)
        self.place = np.zeros(codes.shape[1], dtype=np.int32)
        positives = int(self.happened.sum())
        self.law = _law(codes.shape[1] - positives, positives, costs, weights)
        self.tally = [np.array([codes.shape[1] - positives, positives])]  # of every node: negatives, positives
        self.attribute, self.children, self.left = [-1], [(0, 0)], [np.zeros(self.width, dtype=np.bool_)]
        self.frontier = [0]

    def next_level(self, opened: Sequence[int], later: Sequence[int]) -> bool:
        """Split the nodes of the last level; False where none gains by it."""
        from yuelao.analytics.cost_sensitive.counting import descend  # compiles

        chosen = self._best(opened, np.ones(len(self.frontier), dtype=np.bool_))
        without = np.array([node not in chosen for node in range(len(self.frontier))])
        if later and without.any():
            chosen |= self._best(later, without)
        attribute = np.full(len(self.frontier), -1, dtype=np.int32)
        left = np.zeros((len(self.frontier), self.width), dtype=np.bool_)
        places = np.zeros((len(self.frontier), 2), dtype=np.int32)
        below: list[int] = []
        for place in sorted(chosen):
            attribute[place], left[place], tallies = chosen[place]
            places[place] = len(below), len(below) + 1
            below += self._split(self.frontier[place], int(attribute[place]), left[place], tallies)
        descend(self.codes, self.place, attribute, left, places)
        self.frontier = below
        return bool(below)

    def _best(self, attributes: Sequence[int], among: NDArray[np.bool_]) -> dict[int, Any]:
        """Place → (attribute, codes that go left, tallies of the children), for the nodes where some split gains."""
        from yuelao.analytics.cost_sensitive.counting import best_splits, count  # compiles

        if not len(attributes):
            return {}
        number = np.where(among, np.cumsum(among) - 1, -1).astype(np.int32)
        place = np.where(self.place >= 0, number[self.place], -1).astype(np.int32)
        which = np.array(attributes, dtype=np.int64)
        counts = count(self.codes, which, self.happened, place, int(among.sum()), self.width)
        gains, left = best_splits(counts, self.categorical[which], self.law, self.fewest)
        best = gains.argmax(axis=0)
        found = {}
        for node, at in enumerate(np.flatnonzero(among)):
            a = best[node]
            if gains[a, node] > _LEAST_GAIN:
                sides = [counts[a, node][left[a, node] == side].sum(axis=0) for side in (True, False)]
                found[int(at)] = (which[a], left[a, node], sides)
        return found

    def _split(self, node: int, attribute: int, left: NDArray[np.bool_], tallies: Sequence[Any]) -> list[int]:
        below = [len(self.attribute), len(self.attribute) + 1]
        self.attribute[node], self.left[node], self.children[node] = attribute, left, (below[0], below[1])
        for tally in tallies:
            self.tally.append(tally)
            self.attribute.append(-1)
            self.children.append((0, 0))
            self.left.append(np.zeros(self.width, dtype=np.bool_))
        return below

    def tree(self) -> Tree:
        """What has grown."""
        true = np.array(self.tally) * self.true
        rows, positives = true.sum(axis=1), true[:, 1].astype(np.float64)
        attribute, children = (np.array(each, dtype=np.int32) for each in (self.attribute, self.children))
        smoothing = _smoothing(rows[0], positives[0])
        return Tree(attribute, np.array(self.left), children, rows, positives, smoothing)


def _law(negatives: int, positives: int, costs: Costs, weights: Weights) -> Floats:
    """What `counting` reckons with: weights, costs, and 1 ÷ the root's Gini index and cost."""
    a, b = negatives * weights.learned[0], positives * weights.learned[1]
    gini = 2 * a * b / (a + b) if a and b else 0.0
    true = positives * weights.true[1]
    cost = costs.constant(negatives * weights.true[0] + true, true)
    scales = [1 / each if each else 0.0 for each in (gini, cost)]
    return np.array([*weights.learned, *weights.true, costs.call, costs.margin, *scales])


def _smoothing(rows: float, positives: float) -> float:
    """Rows that hold SMOOTHED positives at the root's rate."""
    return SMOOTHED * rows / positives if positives else 1.0


def _log_odds(probability: Floats) -> Floats:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)
