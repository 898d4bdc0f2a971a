"""Gradient boosting as we use it: small trees, strong regularisation, one result for one input (LightGBM).

Ke and others 2017, "LightGBM: a highly efficient gradient boosting decision tree".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_FIXED: dict[str, str | int | float | bool] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "cat_smooth": 50.0,
    "cat_l2": 50.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted. `half_life`: after this share of the rows, counted back, a row weighs half; None: never.

    `left_out`: inputs that did not carry over to later rows.
    """

    leaves: int = 4
    rounds: int = 100
    half_life: float | None = None
    left_out: tuple[str, ...] = ()


def boost(x: Floats, y: Floats, categorical: Sequence[int], recipe: Recipe, seed: int) -> lgb.Booster:
    """Fit to `x` (rows, inputs) and `y` 0/1, rows in time order, the newest last; any seed from 0 up.

    >>> x = np.arange(1000.0)[:, None]
    >>> model = boost(x, (x[:, 0] > 500).astype(float), [], Recipe(rounds=5), seed=1)
    >>> bool(model.predict(x[-1:])[0] > model.predict(x[:1])[0])
    True
    """
    parameters = _FIXED | {
        "num_leaves": recipe.leaves,
        "seed": seed % 2**31,
        "min_data_in_leaf": _smallest_leaf(len(y)),
    }
    age = np.arange(len(y) - 1, -1, -1) / len(y)
    weight = None if recipe.half_life is None else 0.5 ** (age / recipe.half_life)
    places = [int(place) for place in categorical]
    data = lgb.Dataset(x, y, weight=weight, categorical_feature=places, params=parameters, free_raw_data=True)
    return lgb.train(parameters, data, recipe.rounds)


def _smallest_leaf(rows: int) -> int:
    """A leaf must hold 100 rows, or 2 % of a small table."""
    return max(5, min(100, rows // 50))
