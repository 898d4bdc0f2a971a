"""An assessment: how good probabilities proved on rows their model did not know, every figure with its 95 % interval.

Rows are taken to be independent of each other. The AUC has DeLong's interval (`evaluation.auc_interval`), the lift one
by the delta method on its logarithm (van der Vaart 1998, "Asymptotic statistics", sec. 20.1), which heeds that the edge
of the best tenth is of the sample too. The calibration error is drawn anew: in each slice what was promised less what
happened is about normal, and the basic interval, twice the figure less the quantiles, takes out what such an error is
too large by (Davison and Hinkley 1997, "Bootstrap methods and their application", sec. 5.2); it begins at 0 where the
error is one that chance explains.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.evaluation import (
    auc,
    auc_interval,
    calibration_error,
    decile_table,
    lift_top,
    part_at_top,
    slice_of,
)
from yuelao.analytics.experiments import wilson
from yuelao.analytics.figures import Estimate

Floats = NDArray[np.float64]
DRAWS, TOP = 2000, 0.1
_Z = 1.96


@dataclass(frozen=True)
class Bin:
    """Rows of like probability: how many, the mean predicted, and what happened with its 95 % interval (Wilson)."""

    rows: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Assessment:
    """Figures of `rows` rows, in `positives` of which it happened.

    by_chance: what the calibration error would stay below 19 times out of 20 were every probability right (consistency
    resampling: Bröcker and Smith 2007, "Increasing the reliability of reliability diagrams"). curve: from the lowest
    probability up.
    """

    rows: int
    positives: int
    auc: Estimate
    lift_top_decile: Estimate
    calibration_error: Estimate
    by_chance: float
    curve: list[Bin]

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


def assess(happened: ArrayLike, probability: ArrayLike, seed: int = 0) -> Assessment:
    """The figures of probabilities, shape (n,), for what `happened`, 0/1. Raises Refused where one outcome is missing.

    >>> rng = np.random.default_rng(1)
    >>> p = rng.random(2000)
    >>> found = assess(rng.random(2000) < p, p)
    >>> bool(found.auc.low < 5 / 6 < found.auc.high), bool(found.calibration_error.value < found.by_chance)
    (True, True)
    """
    y, p = np.asarray(happened, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    area = auc(y, p)
    error, by_chance = _calibration(y, p, np.random.default_rng(seed))
    return Assessment(
        rows=len(y),
        positives=int(y.sum()),
        auc=Estimate(area, *auc_interval(y, p)),
        lift_top_decile=lift_estimate(y, p),
        calibration_error=error,
        by_chance=by_chance,
        curve=curve(y, p),
    )


def curve(happened: ArrayLike, probability: ArrayLike, bins: int = 10) -> list[Bin]:
    """What happened against what was predicted, in bins of equal size, the lowest probability first.

    >>> [(bin.rows, bin.observed) for bin in curve([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1], bins=2)]
    [(2, 0.5), (2, 0.5)]
    """
    table = decile_table(happened, probability, bins)[::-1]
    return [
        Bin(each.rows, each.predicted, each.observed, *wilson(round(each.observed * each.rows), each.rows))
        for each in table
    ]


def lift_estimate(happened: ArrayLike, scores: ArrayLike, share: float = TOP) -> Estimate:
    """The lift of the best `share` of the rows with its interval; from 0 on where nothing happened among them.

    >>> rng = np.random.default_rng(1)
    >>> score = rng.random(4000)
    >>> found = lift_estimate(rng.random(4000) < score / 2, score)  # the truth: 0.95 ÷ 0.5
    >>> bool(found.low < 1.9 < found.high)
    True
    """
    y, score = np.asarray(happened, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    value, rate, top = lift_top(y, score, share), float(y.mean()), part_at_top(score, share)
    if not value:
        return Estimate(0.0, 0.0, wilson(0, max(1, round(share * len(y))))[1] / rate)
    near = part_at_top(score, min(1.0, 1.5 * share)) - part_at_top(score, 0.5 * share)
    at_edge = float((near * y).sum() / near.sum())  # a row more at the top moves the edge, and one like these out of it
    reached = float((top * y).mean())
    influence = (top * y - reached - at_edge * (top - share)) / reached - (y - rate) / rate
    spread = _Z * float(np.sqrt((influence**2).sum())) / len(y)
    return Estimate(value, value * float(np.exp(-spread)), min(1 / share, value * float(np.exp(spread))))


def _calibration(y: Floats, p: Floats, rng: np.random.Generator) -> tuple[Estimate, float]:
    """The calibration error with its interval, and what it would be by chance."""
    value, which = calibration_error(y, p), slice_of(p)
    rows = np.bincount(which).astype(np.float64)
    gap = np.bincount(which, p - y)
    spread = np.bincount(which, (p - y) ** 2) - gap**2 / np.maximum(rows, 1)
    if_right = np.bincount(which, p * (1 - p))
    noise = rng.standard_normal((DRAWS, len(rows)))
    drawn, by_chance = (
        np.abs(mean + noise * np.sqrt(np.maximum(variance, 0.0))).sum(axis=1) / len(y)
        for mean, variance in ((gap, spread), (0.0, if_right))
    )
    least, most = (float(quantile) for quantile in np.quantile(drawn, (0.025, 0.975)))
    chance = float(np.quantile(by_chance, 0.95))
    low = 0.0 if value < chance else max(0.0, 2 * value - most)
    return Estimate(value, low, max(value, 2 * value - least)), chance
