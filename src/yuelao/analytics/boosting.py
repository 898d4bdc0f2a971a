"""Gradient boosting (LightGBM): small trees, alone or correcting what a sum of single inputs cannot say.

Ke and others 2017, "LightGBM: a highly efficient gradient boosting decision tree". Regularised strongly; one
thread, so that one input has one result and jobs side by side do not wait for each other.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from yuelao.analytics.additive import Additive, AdditiveFamily, constant
from yuelao.analytics.family import Floats, Rows

if TYPE_CHECKING:
    import lightgbm as lgb

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


@dataclass(frozen=True, eq=False)
class Boosted:
    """A fitted score: the additive start and the trees upon it."""

    start: Additive
    trees: "lgb.Booster"

    def log_odds(self, x: Floats) -> Floats:
        """The score, shape (rows,), for `x` (rows, inputs)."""
        if not len(x):
            return np.empty(0)
        corrections: Floats = np.asarray(self.trees.predict(x, raw_score=True))
        return self.start.log_odds(x) + corrections

    def parts(self, x: Floats) -> Floats:
        """What each input adds to the log-odds, against the average row, shape (rows, inputs).

        Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees".
        """
        if not len(x):
            return np.empty(x.shape)
        corrections: Floats = np.asarray(self.trees.predict(x, pred_contrib=True))[:, :-1]
        return self.start.parts(x) + corrections

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved, the trees as LightGBM writes them."""
        return {"start": self.start.as_dict(), "trees": self.trees.model_to_string().splitlines()}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Boosted":
        """The inverse of `as_dict`."""
        import lightgbm as lgb  # slow to import, and most who import us never fit

        return cls(Additive.from_dict(saved["start"]), lgb.Booster(model_str="\n".join(saved["trees"]) + "\n"))


@dataclass(frozen=True)
class TreesFamily:
    """Boosted trees that say all there is to say.

    >>> rows = Rows(np.arange(1000.0)[:, None], (np.arange(1000) % 500 > 250).astype(float))
    >>> model = TreesFamily(rounds=5).fit(rows)
    >>> bool(model.log_odds(np.array([[400.0]]))[0] > model.log_odds(np.array([[100.0]]))[0])
    True
    """

    name: ClassVar[str] = "trees"
    leaves: int = 4
    rounds: int = 80

    def fit(self, rows: Rows) -> Boosted:
        """Fit to rows that have both outcomes."""
        return _boost(constant(rows), rows, self.leaves, self.rounds)

    def read(self, saved: dict[str, Any]) -> Boosted:
        """The scorer that was saved."""
        return Boosted.from_dict(saved)


@dataclass(frozen=True)
class CorrectedFamily:
    """Boosted trees that correct an additive model."""

    name: ClassVar[str] = "corrected"
    leaves: int = 4
    rounds: int = 40

    def fit(self, rows: Rows) -> Boosted:
        """Fit to rows that have both outcomes."""
        return _boost(AdditiveFamily().fit(rows), rows, self.leaves, self.rounds)

    def read(self, saved: dict[str, Any]) -> Boosted:
        """The scorer that was saved."""
        return Boosted.from_dict(saved)


def _boost(start: Additive, rows: Rows, leaves: int, rounds: int) -> Boosted:
    import lightgbm as lgb  # slow to import, and most who import us never fit

    chosen = {"num_leaves": leaves, "seed": rows.seed % 2**31, "min_data_in_leaf": _smallest_leaf(len(rows))}
    parameters, codes = _FIXED | chosen, [int(place) for place in rows.categorical]
    data = lgb.Dataset(
        rows.x,
        rows.y,
        weight=rows.weight,
        init_score=start.log_odds(rows.x),
        categorical_feature=codes,
        params=parameters,
    )
    return Boosted(start, lgb.train(parameters, data, rounds))


def _smallest_leaf(rows: int) -> int:
    """A leaf must hold 100 rows, or 2 % of a small table."""
    return max(5, min(100, rows // 50))
