"""Boosted trees: read column by column, they say to the last digit what LightGBM says row by row."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from yuelao.analytics.trees import DRAWN, fit_trees, parts, scores


@pytest.mark.parametrize("objective", ["binary", "regression"])
@pytest.mark.parametrize("unknown", [0.0, 0.2], ids=["all known", "some unknown"])
def test_trees_say_what_lightgbm_says(objective: str, unknown: float):
    rng = np.random.default_rng(3)
    x = np.stack(
        [rng.normal(size=900), rng.integers(-3, 4, 900), rng.integers(0, 24, 900), rng.random(900) < 0.3], axis=1
    )
    x[rng.random(x.shape) < unknown] = np.nan
    likely = np.nan_to_num(x[:, 0]) + 2 * np.isin(x[:, 2], [3, 7, 21]) + rng.normal(size=900) > 0.5
    y: NDArray[np.float64] = likely.astype(np.float64)
    eager: dict[str, Any] = {"cat_smooth": 1.0, "cat_l2": 1.0, "num_leaves": 9}
    trees = fit_trees(x, y, 30, [2], objective=objective, seed=1, **(DRAWN | eager))
    assert "==" in str(trees.dump_model()), "a category decides somewhere"
    strange = np.array([np.nan, 0.0, -0.0, 1e-40, -1e300, 1e300, 29.0, 30.0, 1e6, -1.0])
    asked = np.concatenate([x, np.stack([rng.permutation(strange) for _ in range(4)], axis=1)])
    assert (scores(trees, asked) == trees.predict(asked, raw_score=True)).all()
    assert (scores(trees, np.asfortranarray(asked)) == scores(trees, asked)).all()


def test_nothing_is_scored_as_nothing():
    y = (np.arange(100) > 50).astype(np.float64)
    trees = fit_trees(np.arange(100.0)[:, None], y, 5, objective="binary", seed=1)
    assert scores(trees, np.empty((0, 1))).shape == (0,)
    assert parts(trees, np.empty((0, 1))).shape == (0, 1)
