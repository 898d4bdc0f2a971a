"""Figures with their errors: a mean over rows that carries the influence of each, what the row adds to it.

Errors, averages over repeats and differences of two figures of the same rows follow from the influences alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SYMMETRIC = 1e-6  # skewness ÷ √rows below which there is nothing to correct


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Figure:
    """A mean over rows, and the influence of each, shape (rows,), of mean 0."""

    value: float
    influence: Floats

    @property
    def error(self) -> float:
        """The standard error."""
        return float(np.sqrt((self.influence**2).sum()) / len(self.influence))

    def interval(self, widening: float = 1.0, confidence: float = 0.95) -> tuple[float, float]:
        """The normal interval, its half-width multiplied by `widening`."""
        half = NormalDist().inv_cdf(0.5 + confidence / 2) * self.error * widening
        return self.value - half, self.value + half

    def skewed_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """The interval of a mean to which few rows add much: longer on the side where the rare large values are.

        Hall 1992, "On the removal of skewness by transformation", JRSS B 54(1), the cubic transformation.
        """
        spread = float(np.sqrt((self.influence**2).mean()))
        rows = len(self.influence)
        skew = float((self.influence**3).mean()) / spread**3 / np.sqrt(rows) if spread > 0 else 0.0
        if abs(skew) < SYMMETRIC:
            return self.interval(confidence=confidence)
        z = NormalDist().inv_cdf(0.5 + confidence / 2)
        high, low = (3 / skew * (np.cbrt(1 + skew * (end - skew / 6)) - 1) for end in (-z, z))
        return self.value - float(low) * self.error, self.value - float(high) * self.error

    def minus(self, other: "Figure") -> "Figure":
        """The difference to a figure of the same rows: paired, as far as the two move together."""
        return Figure(self.value - other.value, self.influence - other.influence)


def mean_of(values: Floats) -> Figure:
    """The mean of the rows' values.

    >>> mean_of(np.array([1.0, 3.0])).error
    0.7071067811865476
    """
    mean = float(values.mean())
    return Figure(mean, values - mean)


def average(figures: Sequence[Figure]) -> Figure:
    """The mean of figures of the same rows, as of repeats of a validation."""
    return Figure(
        float(np.mean([figure.value for figure in figures])), np.mean([figure.influence for figure in figures], axis=0)
    )
