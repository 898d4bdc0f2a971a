"""The ways to learn replacement: which learner on which inputs, what is done about the rare outcome and about nulls."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.missing import Filling, learn_filling, read_filling
from yuelao.analytics.family import Rows
from yuelao.analytics.replacement.learners import Learner, fit_boosting, fit_tree, read_learner
from yuelao.analytics.replacement.reduction import Reduct

Floats = NDArray[np.float64]
FAMILIES = (("tree", "reduct"), ("boosting", "reduct"), ("boosting", "all"))
"""(learner, inputs), the most readable first."""


@dataclass(frozen=True)
class Way:
    """learner: tree or boosting; inputs: all or reduct; imbalance, missing: one of `sampling.WAYS`, `missing.WAYS`."""

    learner: str
    inputs: str
    imbalance: str = "as_is"
    missing: str = "indicator"

    def __str__(self) -> str:
        return f"{self.learner} on {self.inputs}, {self.imbalance}, nulls by {self.missing}"


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted: the places of its inputs among all, how their nulls are filled, the learner."""

    way: Way
    columns: tuple[int, ...]
    filling: Filling
    learner: Learner = field(repr=False)

    def log_odds(self, x: Floats) -> Floats:
        """The score, shape (rows,), for `x` (rows, all inputs), brought back to the base as it is."""
        return self.learner.log_odds(self._own(x))

    def parts(self, x: Floats) -> Floats:
        """What each of its inputs adds, shape (rows, columns)."""
        return self.learner.parts(self._own(x))

    def _own(self, x: Floats) -> Floats:
        return self.filling.fill(x[:, list(self.columns)])

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        saved = {"way": self.way.__dict__, "columns": list(self.columns), "filling": self.filling.as_dict()}
        return saved | {"learner": self.learner.as_dict()}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Fitted":
        """The inverse of `as_dict`."""
        filling = read_filling(saved["filling"])
        return cls(Way(**saved["way"]), tuple(saved["columns"]), filling, read_learner(saved["learner"]))


def fit(way: Way, rows: Rows, reduct: Reduct, costs: Costs, seed: int = 0) -> Fitted:
    """Fit to rows in time order, the oldest first."""
    columns = list(reduct.columns) if way.inputs == "reduct" else list(range(rows.x.shape[1]))
    own = rows.only(columns)
    filling = learn_filling(own.x, own.categorical, way.missing, seed)
    own = replace(own, x=filling.fill(own.x))
    if way.learner == "tree":
        told = dict(zip(reduct.columns, reduct.importance, strict=True))
        importance = [told.get(column, 0.0) for column in columns]
        learner: Learner = fit_tree(own, way.imbalance, importance, costs, seed)
    else:
        learner = fit_boosting(own, way.imbalance, seed)
    return Fitted(way, tuple(columns), filling, learner)
