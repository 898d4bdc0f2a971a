"""Boosted trees as all of us fit them (LightGBM): regularised strongly; on one thread, so that results repeat.

Ke and others 2017, "LightGBM: a highly efficient gradient boosting decision tree".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
ONE_RESULT: dict[str, Any] = {"deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1}
_CAREFUL: dict[str, Any] = {"learning_rate": 0.1, "lambda_l2": 20.0, "cat_smooth": 50.0, "cat_l2": 50.0}
DRAWN: dict[str, Any] = {"feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1}
"""Each tree sees a part of the rows and of the inputs."""


def fit_trees(
    x: Floats, y: Floats, rounds: int, categorical: Sequence[int] = (), *, weight: Floats | None = None,
    start: Floats | None = None, **chosen: Any,
) -> "lgb.Booster":  # fmt: skip
    """Fit to `x` (rows, inputs; NaN is unknown), `y` (rows,); start: the scores to begin from. chosen: what differs.

    >>> trees = fit_trees(np.arange(100.0)[:, None], (np.arange(100) > 50) * 1.0, 5, objective="binary", seed=1)
    >>> trees.num_trees()
    5
    """
    import lightgbm as lgb  # slow to import, and most who import us never fit

    settings = ONE_RESULT | _CAREFUL | {"min_data_in_leaf": smallest_leaf(len(y))} | chosen
    if "seed" in settings:
        settings["seed"] %= 2**31
    places = [int(place) for place in categorical]
    data = lgb.Dataset(x, y, weight=weight, init_score=start, categorical_feature=places, params=settings)
    return lgb.train(settings, data, rounds)


def smallest_leaf(rows: int, most: int = 100) -> int:
    """A leaf holds `most` rows, or 2 % of a small table."""
    return max(5, min(most, rows // 50))


def scores(trees: "lgb.Booster", x: Floats) -> Floats:
    """What the trees add up to, shape (rows,): log-odds of an event, or a number.

    To the last digit what `trees.predict(x, raw_score=True)` says. That walks each row down each tree; as trees of ours
    have few leaves, to decide every node for all rows at once, column by column, takes a quarter of the time.
    """
    total = np.zeros(len(x))
    for tree in trees.dump_model()["tree_info"]:
        total += _said(tree["tree_structure"], x)
    return total


def _said(node: dict[str, Any], x: Floats) -> Any:
    """What a node of a tree says: the value of a leaf, or what its branches say."""
    if "leaf_value" in node:
        return node["leaf_value"]
    left = _goes_left(node, x[:, node["split_feature"]])
    return np.where(left, _said(node["left_child"], x), _said(node["right_child"], x))


def _goes_left(node: dict[str, Any], column: Floats) -> NDArray[np.bool_]:
    """As LightGBM decides: NaN is in no set of categories; where fitting saw none, it counts as 0."""
    threshold = node["threshold"]
    if node["decision_type"] == "==":
        return np.isin(np.trunc(column), [float(code) for code in threshold.split("||")])
    unknown_too = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    left: NDArray[np.bool_] = ~(column > threshold) if unknown_too else column <= threshold
    return left


def parts(trees: "lgb.Booster", x: Floats) -> Floats:
    """What each input adds against the average row, shape (rows, inputs).

    Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees".
    """
    if not len(x):
        return np.empty(x.shape)
    return np.asarray(trees.predict(x, pred_contrib=True, num_threads=1), dtype=np.float64)[:, :-1]
