"""What is fitted: a cost-sensitive tree on binned inputs, or boosted trees; both say log-odds and each input's part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.binning import Bins, learn_bins
from yuelao.analytics.cost_sensitive.blocks import blocks
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.pruning import prune
from yuelao.analytics.cost_sensitive.sampling import draw
from yuelao.analytics.cost_sensitive.tree import Tree, grow
from yuelao.analytics.family import Rows
from yuelao.analytics.replacement.windows import growing
from yuelao.analytics.trees import DRAWN, fit_trees, parts, scores, smallest_leaf

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
_ROUNDS = 200
_BOOSTING: dict[str, Any] = {"objective": "binary", "num_leaves": 8, "learning_rate": 0.05, **DRAWN}


class Learner(Protocol):
    """A fitted learner: log-odds (rows,) and what each input adds to them (rows, inputs), of a matrix of its inputs."""

    def log_odds(self, x: Floats) -> Floats:
        """The score."""
        ...

    def parts(self, x: Floats) -> Floats:
        """What each input adds, against the average row."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        ...


@dataclass(frozen=True, eq=False)
class TreeLearner:
    """A cost-sensitive tree on binned inputs."""

    bins: Bins
    tree: Tree

    def log_odds(self, x: Floats) -> Floats:
        """The score."""
        return self.tree.log_odds(self.bins.codes(x))

    def parts(self, x: Floats) -> Floats:
        """What each input adds on the way from the root."""
        return self.tree.parts(self.bins.codes(x))

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return {"bins": self.bins.as_dict(), "tree": self.tree.as_dict()}


@dataclass(frozen=True, eq=False)
class BoostingLearner:
    """Boosted trees (LightGBM), and the shift that undoes the balancing of outcomes."""

    trees: "lgb.Booster"
    shift: float

    def log_odds(self, x: Floats) -> Floats:
        """The score."""
        return scores(self.trees, x) + self.shift

    def parts(self, x: Floats) -> Floats:
        """What each input adds, against the average row."""
        return parts(self.trees, x)

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved: LightGBM's own text."""
        return {"boosting": self.trees.model_to_string(), "shift": self.shift}


def fit_tree(rows: Rows, imbalance: str, importance: Sequence[float], costs: Costs, seed: int = 0) -> TreeLearner:
    """Grown on the earlier rows, pruned by the later ones as they are, its leaves counted on all."""
    early, late = growing(rows)
    early = early if early.both else rows
    bins = learn_bins(rows.x, rows.categorical)
    drawn = draw(early.y, imbalance, seed)
    codes = bins.codes(early.x[drawn.rows])
    fewest = smallest_leaf(len(drawn.rows))
    tree = grow(codes, early.y[drawn.rows], bins, blocks(importance), costs, drawn.weights, fewest=fewest)
    pruned = prune(tree, bins.codes(late.x), late.y, costs)
    return TreeLearner(bins, pruned.learned_again(bins.codes(rows.x), rows.y))


def fit_boosting(rows: Rows, imbalance: str, seed: int = 0) -> BoostingLearner:
    """Fitted to rows balanced as `imbalance` says."""
    drawn = draw(rows.y, imbalance, seed)
    x, y, weight = rows.x[drawn.rows], rows.y[drawn.rows], drawn.row_weights(rows.y)
    trees = fit_trees(x, y, _ROUNDS, rows.categorical, weight=weight, seed=seed, **_BOOSTING)
    return BoostingLearner(trees, drawn.shift)


def read_learner(saved: dict[str, Any]) -> Learner:
    """The inverse of `as_dict`."""
    if "tree" in saved:
        return TreeLearner(Bins.from_dict(saved["bins"]), Tree.from_dict(saved["tree"]))
    import lightgbm as lgb  # slow to import, and most who import us never fit

    return BoostingLearner(lgb.Booster(model_str=saved["boosting"]), saved["shift"])
