"""What each way costs: fitted on earlier rows, its threshold from validation rows, measured on the last ones.

The way used is the one that costs least on the validation rows, of which each half is decided by what the other half
taught; the test rows choose nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.calibration import Calibration, calibrate
from yuelao.analytics.cost_sensitive import missing, sampling
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.evaluation import auc, calibration_error, lift_top
from yuelao.analytics.family import Rows
from yuelao.analytics.replacement.reduction import Reduct
from yuelao.analytics.replacement.ways import FAMILIES, Fitted, Way, fit
from yuelao.analytics.replacement.windows import Windows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Operating:
    """How scores are decided on: log-odds to probabilities, and the probability from which a customer is called."""

    calibration: Calibration
    threshold: float

    def probability(self, log_odds: Floats) -> Floats:
        """Probabilities, of the shape of the score."""
        return self.calibration.apply(log_odds)


def operate(log_odds: Floats, happened: Floats, costs: Costs) -> Operating:
    """Calibrate on these rows and choose the threshold that costs least on them."""
    calibration = calibrate(log_odds, happened)
    return Operating(calibration, costs.best_threshold(happened, calibration.apply(log_odds)))


@dataclass(frozen=True)
class Candidate:
    """One way and its figures; costs in yuan per 1,000 customers, all but `validation_cost` on the test rows.

    called: share of the rows called; precision: of those called, who replaced; recall: of those who replaced, who was
    called; lift: precision ÷ the rate of all; without a call, precision and lift are 0.
    """

    way: Way
    validation_cost: float
    cost: float
    auc: float
    lift_top_decile: float
    calibration_error: float
    calibration: str
    threshold: float
    called: float
    precision: float
    recall: float
    lift: float


@dataclass(frozen=True, eq=False)
class Tried:
    """A fitted way with how it decides and its figures."""

    fitted: Fitted
    operating: Operating
    figures: Candidate

    def probability(self, x: Floats) -> Floats:
        """What it says of rows, shape (rows,), for `x` (rows, all inputs)."""
        return self.operating.probability(self.fitted.log_odds(x))


def compare(parts: Windows, reduct: Reduct, costs: Costs, seed: int = 0) -> list[Tried]:
    """All ways, as they were tried: each learner with every balance, then with its best balance and nulls filled."""
    found: list[Tried] = []
    for learner, inputs in FAMILIES:
        first = Way(learner, inputs)
        balanced = [_try(replace(first, imbalance=way), parts, reduct, costs, seed) for way in sampling.WAYS]
        best = cheapest(balanced).figures.way
        found += balanced
        if _has_nulls(parts.train, best, reduct):
            found += [_try(replace(best, missing=way), parts, reduct, costs, seed) for way in missing.WAYS[1:]]
    return found


def cheapest(tried: list[Tried]) -> Tried:
    """The one that costs least on the validation rows; of several the one tried first."""
    return min(tried, key=lambda each: each.figures.validation_cost)


def _try(way: Way, parts: Windows, reduct: Reduct, costs: Costs, seed: int) -> Tried:
    fitted = fit(way, parts.train, reduct, costs, seed)
    score, y = fitted.log_odds(parts.validation.x), parts.validation.y
    operating = operate(score, y, costs)
    figures = _measured(way, fitted, operating, parts.test, costs)
    return Tried(fitted, operating, replace(figures, validation_cost=_cross_cost(score, y, costs)))


def _cross_cost(score: Floats, y: Floats, costs: Costs) -> float:
    """Yuan per 1,000 rows, each half decided by what the other taught; rows of one time lie in both halves."""
    total = 0.0
    for learned, decided in _halves(len(y)):
        operating = operate(score[learned], y[learned], costs)
        called = operating.probability(score[decided]) >= operating.threshold
        total += float(costs.of(y[decided], called).sum())
    return 1000 * total / len(y)


def _halves(rows: int) -> Iterator[tuple[slice, slice]]:
    even, odd = slice(0, rows, 2), slice(1, rows, 2)
    yield even, odd
    yield odd, even


def _measured(way: Way, fitted: Fitted, operating: Operating, test: Rows, costs: Costs) -> Candidate:
    probability = operating.probability(fitted.log_odds(test.x))
    called = probability >= operating.threshold
    precision = float(test.y[called].mean()) if called.any() else 0.0
    return Candidate(
        way=way,
        validation_cost=float("nan"),
        cost=1000 * float(costs.of(test.y, called).mean()),
        auc=auc(test.y, probability),
        lift_top_decile=lift_top(test.y, probability),
        calibration_error=calibration_error(test.y, probability),
        calibration=operating.calibration.method,
        threshold=operating.threshold,
        called=float(called.mean()),
        precision=precision,
        recall=float(test.y[called].sum() / test.y.sum()),
        lift=precision / float(test.y.mean()),
    )


def _has_nulls(rows: Rows, way: Way, reduct: Reduct) -> bool:
    columns = list(reduct.columns) if way.inputs == "reduct" else slice(None)
    return bool(np.isnan(rows.x[:, columns]).any())
