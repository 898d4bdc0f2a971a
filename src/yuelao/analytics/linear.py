"""Plain logistic regression: a slope for every number, a level for every category and for not knowing.

It extrapolates where a number leaves the range it was learned in by no more than the range's edge: numbers are held
between their 1st and 99th percentile.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from yuelao.analytics.family import Floats, Rows

HELD = (0.01, 0.99)


@dataclass(frozen=True)
class Number:
    """log-odds = level + slope · the number, held between low and high; `unknown` for NaN."""

    low: float
    high: float
    slope: float
    level: float
    unknown: float

    def part(self, column: Floats) -> Floats:
        """What the column adds, shape (rows,)."""
        known = self.level + self.slope * np.clip(column, self.low, self.high)
        part: Floats = np.where(np.isnan(column), self.unknown, known)
        return part


@dataclass(frozen=True)
class Levels:
    """The log-odds of each code, that of NaN and of codes not seen first."""

    terms: tuple[float, ...]

    def part(self, column: Floats) -> Floats:
        """What the column adds, shape (rows,)."""
        part: Floats = np.array(self.terms)[_places(column, len(self.terms))]
        return part


@dataclass(frozen=True)
class Linear:
    """A term for every input and an intercept; terms have mean 0 over the rows learned from."""

    terms: tuple[Number | Levels, ...]
    intercept: float

    def log_odds(self, x: Floats) -> Floats:
        """The sum of the terms, shape (rows,), for `x` (rows, inputs)."""
        total = np.full(len(x), self.intercept)
        for term, column in zip(self.terms, x.T, strict=True):
            total += term.part(column)
        return total

    def parts(self, x: Floats) -> Floats:
        """The term of every input, shape (rows, inputs)."""
        return np.stack([term.part(column) for term, column in zip(self.terms, x.T, strict=True)], axis=1)

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Linear":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        terms = [Number(**term) if "slope" in term else Levels(tuple(term["terms"])) for term in saved["terms"]]
        return cls(tuple(terms), saved["intercept"])


@dataclass(frozen=True)
class LinearFamily:
    """Logistic regression with a ridge; `strength`: the inverse of the penalty (scikit-learn's C).

    >>> rows = Rows(np.arange(400.0)[:, None], (np.arange(400) % 8 < np.arange(400) / 50).astype(float))
    >>> LinearFamily().fit(rows).log_odds(np.array([[50.0], [350.0]])).round().tolist()
    [-2.0, 2.0]
    """

    name: ClassVar[str] = "linear"
    strength: float = 1.0

    def fit(self, rows: Rows) -> Linear:
        """Fit to rows that have both outcomes."""
        from sklearn.linear_model import LogisticRegression  # slow to import, and most who import us never fit

        columns = [_coded(c) if i in rows.categorical else _scaled(c) for i, c in enumerate(rows.x.T)]
        fitted = LogisticRegression(C=self.strength, tol=1e-3, max_iter=1000)
        fitted.fit(np.concatenate([design for design, _ in columns], axis=1), rows.y, sample_weight=rows.weight)
        ends = np.cumsum([design.shape[1] for design, _ in columns])[:-1]
        coefficients = np.split(np.asarray(fitted.coef_[0], dtype=np.float64), ends)
        terms, means = [], 0.0
        for (design, scale), found in zip(columns, coefficients, strict=True):
            mean = float((design @ found).mean())
            terms.append(_number(found, mean, *scale) if scale else Levels(tuple(map(float, found - mean))))
            means += mean
        return Linear(tuple(terms), float(fitted.intercept_[0]) + means)

    def read(self, saved: dict[str, Any]) -> Linear:
        """The scorer that was saved."""
        return Linear.from_dict(saved)


Scale = tuple[float, float, float, float]


def _scaled(column: Floats) -> tuple[Floats, Scale]:
    """The number in standard deviations from its mean, and whether it is unknown; with what it takes to repeat that."""
    known = column[~np.isnan(column)]
    low, high = (float(q) for q in np.quantile(known, HELD)) if len(known) else (0.0, 0.0)
    held = np.clip(known, low, high)
    middle, spread = (float(held.mean()), float(held.std()) or 1.0) if len(known) else (0.0, 1.0)
    unknown = np.isnan(column)
    scaled = np.where(unknown, 0.0, (np.clip(column, low, high) - middle) / spread)
    return np.stack([scaled, unknown.astype(np.float64)], axis=1), (low, high, middle, spread)


def _number(found: Floats, mean: float, low: float, high: float, middle: float, spread: float) -> Number:
    slope = float(found[0]) / spread
    return Number(low, high, slope, -slope * middle - mean, float(found[1]) - mean)


def _coded(column: Floats) -> tuple[Floats, None]:
    size = int(np.nanmax(column, initial=-1.0)) + 2
    return np.eye(size)[_places(column, size)], None


def _places(column: Floats, size: int) -> Any:
    """0 for NaN and for a code not seen, else 1, 2, …"""
    code = np.where(np.isnan(column), -1.0, column).astype(np.int64) + 1
    return np.where(code < size, code, 0)
