"""Gradient boosting: small trees, alone or correcting what a sum of single inputs cannot say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from yuelao.analytics.additive import Additive, AdditiveFamily, constant
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.trees import DRAWN, fit_trees, parts, scores

if TYPE_CHECKING:
    import lightgbm as lgb


@dataclass(frozen=True, eq=False)
class Boosted:
    """A fitted score: the additive start and the trees upon it."""

    start: Additive
    trees: "lgb.Booster"

    def log_odds(self, x: Floats) -> Floats:
        """The score, shape (rows,), for `x` (rows, inputs)."""
        return self.start.log_odds(x) + scores(self.trees, x)

    def parts(self, x: Floats) -> Floats:
        """What each input adds to the log-odds, against the average row, shape (rows, inputs)."""
        return self.start.parts(x) + parts(self.trees, x)

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

    >>> import numpy as np
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
    chosen = {"objective": "binary", "num_leaves": leaves, "seed": rows.seed, **DRAWN}
    begun = start.log_odds(rows.x)
    return Boosted(
        start, fit_trees(rows.x, rows.y, rounds, rows.categorical, weight=rows.weight, start=begun, **chosen)
    )
