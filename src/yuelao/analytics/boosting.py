"""Gradient boosting from an additive start: small trees correct what a sum of single inputs cannot say (LightGBM).

Ke and others 2017, "LightGBM: a highly efficient gradient boosting decision tree". Regularised strongly; one
thread, so that one input has one result and jobs side by side do not wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.additive import Additive, constant, fit_additive

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
_FIXED: dict[str, str | int | float | bool] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "cat_smooth": 50.0,
    "cat_l2": 50.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class Recipe:
    """How to fit. `half_life`: a row this share of all rows back in time weighs half; None: every row weighs one.

    `additive`: whether the trees correct an additive model, or say all there is to say.
    """

    leaves: int = 4
    rounds: int = 40
    half_life: float | None = None
    additive: bool = True


@dataclass(frozen=True, eq=False)
class Boosted:
    """A fitted score: the additive start and the trees upon it."""

    start: Additive
    trees: "lgb.Booster"

    def log_odds(self, x: Floats, rounds: int | None = None) -> Floats:
        """The score, shape (rows,), for `x` (rows, inputs); with fewer `rounds` as if it had been fitted with those."""
        if not len(x):
            return np.empty(0)
        corrections: Floats = np.asarray(self.trees.predict(x, raw_score=True, num_iteration=rounds))
        return self.start.log_odds(x) + corrections

    def parts(self, x: Floats) -> Floats:
        """What each input adds to the log-odds, against the average row, shape (rows, inputs).

        Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees".
        """
        if not len(x):
            return np.empty(x.shape)
        corrections: Floats = np.asarray(self.trees.predict(x, pred_contrib=True))[:, :-1]
        return self.start.parts(x) + corrections


def boost(x: Floats, y: Floats, categorical: Sequence[int], recipe: Recipe, seed: int) -> Boosted:
    """Fit to `x` (rows, inputs; NaN is unknown) and `y` 0/1, both present, rows in time order, the newest last.

    >>> x = np.arange(1000.0)[:, None]
    >>> model = boost(x, (x[:, 0] % 500 > 250).astype(float), [], Recipe(rounds=5), seed=1)
    >>> bool(model.log_odds(x[400:401])[0] > model.log_odds(x[100:101])[0])
    True
    """
    import lightgbm as lgb  # slow to import, and most who import us never fit

    age = np.arange(len(y) - 1, -1, -1) / len(y)
    weight = None if recipe.half_life is None else 0.5 ** (age / recipe.half_life)
    start = fit_additive(x, y, categorical, weight) if recipe.additive else constant(x.shape[1], y)
    chosen = {"num_leaves": recipe.leaves, "seed": seed % 2**31, "min_data_in_leaf": _smallest_leaf(len(y))}
    parameters = _FIXED | chosen
    places = [int(place) for place in categorical]
    data = lgb.Dataset(x, y, weight=weight, init_score=start.log_odds(x), categorical_feature=places, params=parameters)
    return Boosted(start, lgb.train(parameters, data, recipe.rounds))


def read_trees(text: str) -> "lgb.Booster":
    """The trees that LightGBM wrote as text."""
    import lightgbm as lgb  # slow to import, and most who import us never fit

    return lgb.Booster(model_str=text)


def _smallest_leaf(rows: int) -> int:
    """A leaf must hold 100 rows, or 2 % of a small table."""
    return max(5, min(100, rows // 50))
