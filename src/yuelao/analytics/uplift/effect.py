"""A fitted effect: what a treatment adds to a customer's expected outcome, as a weighted sum of regressions."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.uplift.regression import Regression, read_regression

Floats = NDArray[np.float64]
Sight = Literal["plain", "treated", "held_out"]
"""How a regression sees a customer: as they are, or as one who was treated, or was not."""


@dataclass(frozen=True, eq=False)
class Term:
    """One regression, how much it counts, and how it sees the customer."""

    weight: float
    regression: Regression
    sight: Sight = "plain"


@dataclass(frozen=True, eq=False)
class Effect:
    """`constant` for everybody, and the terms."""

    terms: tuple[Term, ...] = ()
    constant: float = 0.0

    def predict(self, x: Floats) -> Floats:
        """The effect, in units of the outcome, shape (rows,), for `x` (rows, inputs)."""
        total = np.full(len(x), self.constant)
        for term in self.terms:
            total += term.weight * term.regression.predict(seen(x, term.sight))
        return total

    def parts(self, x: Floats) -> Floats:
        """What each input adds to the effect against the average row, shape (rows, inputs)."""
        total = np.zeros(x.shape)
        for term in self.terms:
            total += term.weight * own_parts(term.regression.parts(seen(x, term.sight)), x.shape[1])
        return total

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        terms = [{"weight": t.weight, "sight": t.sight, "regression": t.regression.as_dict()} for t in self.terms]
        return {"constant": self.constant, "terms": terms}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Effect":
        """The inverse of `as_dict`."""
        terms = (Term(t["weight"], read_regression(t["regression"]), t["sight"]) for t in saved["terms"])
        return cls(tuple(terms), saved["constant"])


def seen(x: Floats, sight: Sight) -> Floats:
    """The inputs; for one regression of both arms: the inputs, the treatment, and the inputs of the treated again.

    >>> seen(np.array([[7.0]]), "treated").tolist(), seen(np.array([[7.0]]), "held_out").tolist()
    ([[7.0, 1.0, 7.0]], [[7.0, 0.0, nan]])
    """
    if sight == "plain":
        return x
    treated = sight == "treated"
    return np.column_stack([x, np.full(len(x), float(treated)), x if treated else np.full(x.shape, np.nan)])


def own_parts(parts: Floats, inputs: int) -> Floats:
    """Of the parts of what is `seen`, those of the inputs, with what they add once more to the treated.

    What the treatment's own column adds is nobody's reason and left out.

    >>> own_parts(np.array([[0.1, 0.5, 0.2]]), inputs=1).round(1).tolist()
    [[0.3]]
    """
    return parts[:, :inputs] + parts[:, inputs + 1 :] if parts.shape[1] > inputs else parts
