"""Which attributes are enough: a rough-set reduct of coarse values, chosen by what later rows say of it.

Rough sets tell rows apart; on a base with a rare and noisy outcome fine values would tell every row from every other,
and any few attributes would be a reduct. So each attribute is cut into two or at most four values, where a tree of its
own cuts it and later rows bear the cut out: an attribute without such a cut is out. And a reduct may leave as much
unsaid as a tolerance allows. Of all reducts so found, the one with the fewest attributes is taken that ranks later
rows, by boosting, hardly worse than the best of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yuelao.analytics.cost_sensitive.binning import learn_bins
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.pruning import prune
from yuelao.analytics.cost_sensitive.tree import grow
from yuelao.analytics.evaluation import auc
from yuelao.analytics.family import Rows
from yuelao.analytics.inputs import learn_inputs
from yuelao.analytics.replacement.learners import fit_boosting
from yuelao.analytics.replacement.windows import growing
from yuelao.analytics.rough_sets import DecisionTable, conditional_entropy, from_codes, reduct

TOLERANCES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.1)
MOST = 12  # attributes, where a smaller reduct is found
LEVELS = (1, 2)  # of the tree that cuts one attribute: two values, or at most four
MOST_ROWS = 15_000
LOST = 0.003
"""AUC on later rows that fewer attributes may lose."""
_PART = 100  # a value holds at least one row in so many


@dataclass(frozen=True)
class Reduct:
    """The places of the attributes, the most telling first, and what each tells of the outcome by itself.

    importance: shares of the entropy of the outcome; tolerance: the share that all of them may leave unsaid.
    """

    columns: tuple[int, ...]
    importance: tuple[float, ...]
    tolerance: float


def reduce(rows: Rows, costs: Costs, seed: int = 0) -> Reduct:
    """The reduct of rows in time order: found on the earlier of them, chosen on the later. All inputs where none tells.

    >>> x = np.stack([np.arange(3000) % 7, np.arange(3000) % 2], axis=1).astype(float)
    >>> y = (np.arange(3000) % 7 > np.arange(3000) // 7 % 7).astype(float)
    >>> reduce(Rows(x, y), Costs(6, 180)).columns
    (0,)
    """
    early, late = growing(rows)
    everything = tuple(range(rows.x.shape[1]))
    found: dict[tuple[int, ...], Reduct] = {}
    if early.both and late.both:
        for levels in LEVELS:
            table = _coarse(early, late, levels, costs)
            if table is not None:
                for one in (_reduct(table, tolerance) for tolerance in TOLERANCES):
                    found.setdefault(one.columns, one)
    found.pop((), None)
    if not found:
        return Reduct(everything, (0.0,) * len(everything), 0.0)
    few = [columns for columns in found if len(columns) <= MOST] or [min(found, key=len)]
    ranked = {columns: _ranked(early, late, list(columns), seed) for columns in few}
    best = max(ranked.values())
    return found[min((columns for columns in ranked if ranked[columns] >= best - LOST), key=len)]


def reduct_of(table: pa.Table, label: str, time: str, inputs: Sequence[str], seed: int = 0) -> list[str]:
    """The inputs of a training table that are enough, the most telling first; of at most 15,000 of its rows.

    A missed event is taken to cost as much more than a call in vain as it is rarer.

    >>> rng = np.random.default_rng(1)
    >>> age, day = rng.integers(0, 60, 3000), np.repeat(np.arange(5), 600)
    >>> data = pa.table({"age": age, "shoe": age % 2, "day": day, "new": rng.random(3000) < age / 100})
    >>> reduct_of(data, "new", "day", ["age", "shoe"])
    ['age']
    """
    table = table.sort_by(time).take(pa.array(np.arange(0, table.num_rows, max(1, table.num_rows // MOST_ROWS))))
    usable, _ = learn_inputs(table, inputs)
    y = np.array(table[label].cast(pa.int8()).to_numpy(), dtype=np.float64)
    if not usable.columns or not 0 < y.sum() < len(y):
        return []
    when = np.unique(np.asarray(table[time].to_numpy()), return_inverse=True)[1]
    rows = Rows(usable.matrix(table), y, tuple(usable.categorical), times=when)
    found = reduce(rows, Costs(call=1.0, margin=1.0 / float(y.mean())), seed)
    return [usable.names[column] for column in found.columns]


def _coarse(early: Rows, late: Rows, levels: int, costs: Costs) -> DecisionTable | None:
    """The earlier rows with few values an attribute, named by its place; None where no attribute has two."""
    bins = learn_bins(early.x, early.categorical)
    codes, later = bins.codes(early.x), bins.codes(late.x)
    fewest = max(1, len(early) // _PART)
    columns = {}
    for attribute in range(len(codes)):
        tree = grow(codes, early.y, bins, [[attribute]], costs, depth=levels, fewest=fewest)
        leaf = prune(tree, later, late.y, costs).leaf_of(codes)
        if leaf.any():
            columns[f"{attribute:05}"] = np.unique(leaf, return_inverse=True)[1].astype(np.uint8)
    return from_codes(columns, early.y.astype(np.uint8)) if columns else None


def _reduct(table: DecisionTable, tolerance: float) -> Reduct:
    names = reduct(table, tolerance=tolerance).attributes
    unknown = conditional_entropy(table, [])
    told = (max(0.0, 1 - conditional_entropy(table, [name]) / unknown) for name in names)
    return Reduct(tuple(map(int, names)), tuple(told), tolerance)


def _ranked(early: Rows, late: Rows, columns: list[int], seed: int) -> float:
    """AUC on the later rows of boosting fitted to these columns of the earlier ones."""
    fitted = fit_boosting(early.only(columns), "as_is", seed)
    return auc(late.y, fitted.log_odds(late.x[:, columns]))
