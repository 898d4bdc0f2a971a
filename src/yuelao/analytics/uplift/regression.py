"""What the learners are made of: a regression of any number on the inputs, as slices with ridge or as small trees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics import trees
from yuelao.analytics.ridge import Ridge, fit_ridge

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
ROUNDS, LEAVES = 40, 4
_SETTINGS: dict[str, Any] = {
    "objective": "regression",
    "num_leaves": LEAVES,
    "feature_fraction_bynode": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
}


class Regression(Protocol):
    """A fitted regression."""

    def predict(self, x: Floats, /) -> Floats:
        """The expected value, shape (rows,), for `x` (rows, inputs; NaN is unknown)."""

    def parts(self, x: Floats, /) -> Floats:
        """What each input adds against the average row, shape (rows, inputs)."""

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""


Fit = Callable[[Floats, Floats, Sequence[int], int], Regression]
"""x (rows, inputs), y (rows,), places of categories, seed → the fitted regression."""


@dataclass(frozen=True, eq=False)
class Trees:
    """Gradient-boosted trees of few leaves around a mean (LightGBM; Ke and others 2017)."""

    mean: float
    booster: "lgb.Booster"

    def predict(self, x: Floats) -> Floats:
        return self.mean + trees.scores(self.booster, x)

    def parts(self, x: Floats) -> Floats:
        return trees.parts(self.booster, x)

    def as_dict(self) -> dict[str, Any]:
        return {"mean": self.mean, "trees": self.booster.model_to_string()}


def by_ridge(x: Floats, y: Floats, categorical: Sequence[int], seed: int) -> Regression:
    """Slices with ridge: few parameters, no interactions; the seed has nothing to decide."""
    del seed
    return fit_ridge(x, y, categorical)


def by_trees(x: Floats, y: Floats, categorical: Sequence[int], seed: int) -> Regression:
    """Small trees: interactions too."""
    mean, leaf = float(y.mean()), trees.smallest_leaf(len(y), most=200)
    return Trees(mean, trees.fit_trees(x, y - mean, ROUNDS, categorical, seed=seed, min_data_in_leaf=leaf, **_SETTINGS))


def read_regression(saved: dict[str, Any]) -> Regression:
    """The inverse of `as_dict`."""
    if "trees" not in saved:
        return Ridge.from_dict(saved)
    import lightgbm as lgb  # slow to import, and most who import us never fit

    return Trees(saved["mean"], lgb.Booster(model_str=saved["trees"]))
