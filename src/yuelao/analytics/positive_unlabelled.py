"""Positive and unlabelled: how many resemble today's buyers, when who has not bought may only not have bought yet.

A buyer (labelled, s = 1) is certainly of the kind that wants the product (y = 1); of the others nothing is known.
Where every one of the kind is as likely to have bought as any other ("selected completely at random"),
P(s | x) = c · P(y | x) with one label frequency c = P(s = 1 | y = 1): Elkan and Noto 2008, "Learning classifiers from
only positive and unlabeled data", lemma 1. So the ranking needs no correction, and the share of the kind is P(s) ÷ c.

c cannot be known without a further assumption; this takes that of TIcE (Bekker and Davis 2018, "Estimating the class
prior in positive and unlabeled data through decision tree induction"): in no part of the customers do more buy than c,
so the share of buyers in any part is at most c, and equals it where all are of the kind. The parts are those of the
highest scores, given by a model that did not know the rows.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.calibration import logistic
from yuelao.analytics.experiments import wilson
from yuelao.analytics.figures import Estimate
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
FEWEST = 10
"""Buyers in a part, or among the others: fewer tell nothing."""
SHARES = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01)
"""The parts: those with the highest scores, as shares of all."""
CONFIDENCE = 0.95
_SURE = 1.96


@dataclass(frozen=True)
class Kind:
    """Those of the kind that buys. `labelled`: the share that has bought.

    frequency: c, the share of the kind that has bought; share: of the kind among all, labelled ÷ c, between `labelled`
    (nobody else is) and what the best part allows. elkan_noto: c as the mean score of the buyers, their estimator e1,
    which is too low where kinds overlap.
    """

    rows: int
    buyers: int
    labelled: float
    frequency: Estimate
    share: Estimate
    elkan_noto: float

    def corrected(self, probability: ArrayLike) -> Floats:
        """The probability to be of the kind, from the one to have bought; any shape."""
        return np.minimum(1.0, np.asarray(probability, dtype=np.float64) / self.frequency.value)

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Selection:
    """Whether buyers are a random draw of their kind: what having been offered the product did, the score being equal.

    offered: share of the rows. odds: by how much it multiplies the odds to have bought; 1 were the draw random.
    among_offered, among_others: c in each; None with too few buyers there. share_if: the share of the kind, were c
    everywhere as among the offered, and as among the others: how far it may be off.
    """

    offered: float
    odds: Estimate
    among_offered: float | None
    among_others: float | None
    share_if: tuple[float | None, float | None]

    @property
    def evident(self) -> bool:
        """Whether the draw was certainly not random."""
        return self.odds.low > 1 or self.odds.high < 1

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self) | {"evident": self.evident}


def estimate_kind(probability: ArrayLike, bought: ArrayLike) -> Kind:
    """How many are of the kind, by the probabilities of rows to have bought, of a model that did not know them.

    probability, bought (0/1 or boolean): shape (rows,). Raises Refused (code: too_little_data) with under ten buyers or
    others.

    >>> kind = np.arange(10_000) % 4 == 0  # a quarter are of the kind, of whom 30 % have bought
    >>> bought = kind & (np.arange(10_000) % 40 < 12)
    >>> found = estimate_kind(np.where(kind, 0.3, 0.001), bought)
    >>> round(found.frequency.value, 2), round(found.share.value, 2)
    (0.3, 0.25)
    """
    said, y = _checked(probability, bought)
    frequency = _best_part(said, y)
    rows, buyers = len(y), int(y.sum())
    labelled = buyers / rows
    low, high = wilson(buyers, rows, CONFIDENCE)
    most = min(1.0, high / frequency.low) if frequency.low > 0 else 1.0
    share = Estimate(min(1.0, labelled / frequency.value), low, most)
    return Kind(rows, buyers, labelled, frequency, share, float(said[y > 0].mean()))


def measure_selection(probability: ArrayLike, bought: ArrayLike, offered: ArrayLike) -> Selection | None:
    """What having been offered the product (0/1) did to who bought; None where all were, or none.

    The odds are those of a logistic regression on the score's log-odds and `offered`, with Wald's interval.
    """
    said, y = _checked(probability, bought)
    told = np.asarray(offered, dtype=np.float64)
    if not 0 < told.sum() < len(told):
        return None
    held = np.clip(said, 1e-6, 1 - 1e-6)
    slopes, errors = _logistic_regression(np.stack([np.ones(len(y)), np.log(held / (1 - held)), told], axis=1), y)
    low, value, high = (float(np.exp(slopes[2] + way * _SURE * errors[2])) for way in (-1, 0, 1))
    groups = [_frequency_in(said[told == group], y[told == group]) for group in (1, 0)]
    shares = tuple(None if c is None else min(1.0, float(y.mean()) / c) for c in groups)
    return Selection(float(told.mean()), Estimate(value, low, high), groups[0], groups[1], (shares[0], shares[1]))


def _best_part(said: Floats, y: Floats) -> Estimate:
    """The share of buyers in the part where it is surely highest; all parts are looked at, so each must be surer."""
    confidence = 1 - (1 - CONFIDENCE) / (len(SHARES) + 1)
    found = []
    for threshold in _thresholds(said, SHARES):
        part = y[said >= threshold]
        if part.sum() >= FEWEST:
            low, high = wilson(int(part.sum()), len(part), confidence)
            found.append(Estimate(float(part.mean()), low, high))
    return max(found, key=lambda each: each.low)


def _thresholds(said: Floats, shares: Sequence[float]) -> list[float]:
    """The least score of each part; of all rows first. Rows of one score are in a part together."""
    return sorted({float(said.min()), *(float(np.quantile(said, 1 - share, method="higher")) for share in shares)})


def _frequency_in(said: Floats, y: Floats) -> float | None:
    return _best_part(said, y).value if y.sum() >= FEWEST else None


def _logistic_regression(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Slopes and their standard errors, by Newton's method; a trace of ridge where groups are told apart perfectly."""
    slopes, ridge = np.zeros(x.shape[1]), 1e-3 * np.eye(x.shape[1])
    for _ in range(100):
        chance = logistic(x @ slopes)
        curvature = (x.T * (chance * (1 - chance))) @ x + ridge
        step = np.linalg.solve(curvature, x.T @ (y - chance) - ridge @ slopes)
        slopes = slopes + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            break
    return slopes, np.sqrt(np.diag(np.linalg.inv(curvature)))


def _checked(probability: ArrayLike, bought: ArrayLike) -> tuple[Floats, Floats]:
    said, y = (np.asarray(values, dtype=np.float64) for values in (probability, bought))
    if said.shape != y.shape or said.ndim != 1:
        raise Refused(f"{said.shape} probabilities do not fit {y.shape} labels", code="shape")
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        hint = "Give a longer time, or more customers"
        raise Refused(f"{int(y.sum())} buyers of {len(y)} customers tell too little", hint=hint, code="too_little_data")
    return said, y
