"""An additive model: one step function per input, their sum the log-odds (logistic regression on bins, with ridge).

It has few parameters, so it carries over where the world moves, and every input's part can be read off.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.family import Floats, Rows

SLICES = 10


@dataclass(frozen=True)
class Additive:
    """Per input the edges of its slices (None: codes of categories) and the log-odds of each, that of NaN first.

    Terms have mean 0 over the rows learned from, so that a term says how a customer differs from the average.
    """

    edges: tuple[tuple[float, ...] | None, ...]
    terms: tuple[tuple[float, ...], ...]
    intercept: float

    def log_odds(self, x: Floats) -> Floats:
        """The sum of the terms, shape (rows,), for `x` (rows, inputs)."""
        total = np.full(len(x), self.intercept)
        for i, (edges, terms) in enumerate(zip(self.edges, self.terms, strict=True)):
            if any(terms):
                total += np.array(terms).take(_slices(x[:, i], edges, len(terms)))
        return total

    def parts(self, x: Floats) -> Floats:
        """The term of every input, shape (rows, inputs)."""
        found = np.empty(x.shape)
        for i, (edges, terms) in enumerate(zip(self.edges, self.terms, strict=True)):
            found[:, i] = np.array(terms).take(_slices(x[:, i], edges, len(terms)))
        return found

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Additive":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        edges = tuple(None if e is None else tuple(e) for e in saved["edges"])
        return cls(edges, tuple(tuple(t) for t in saved["terms"]), saved["intercept"])


def constant(rows: Rows) -> Additive:
    """The model that knows the mean of `y` only: no input says anything.

    >>> round(float(constant(Rows(np.zeros((2, 2)), np.array([0.0, 1.0]))).log_odds(np.zeros((1, 2)))[0]), 6)
    0.0
    """
    inputs, rate = rows.x.shape[1], (np.average(rows.y, weights=rows.weight) * len(rows) + 0.5) / (len(rows) + 1.0)
    return Additive(((),) * inputs, ((0.0, 0.0),) * inputs, float(np.log(rate / (1.0 - rate))))


@dataclass(frozen=True)
class AdditiveFamily:
    """Logistic regression on deciles of numbers and on categories; `strength`: the inverse of the ridge's penalty."""

    name: ClassVar[str] = "additive"
    strength: float = 1.0

    def fit(self, rows: Rows) -> Additive:
        """Fit to rows that have both outcomes."""
        return fit_additive(rows.x, rows.y, rows.categorical, rows.weight, self.strength)

    def read(self, saved: dict[str, Any]) -> Additive:
        """The scorer that was saved."""
        return Additive.from_dict(saved)


def fit_additive(
    x: Floats, y: Floats, categorical: Sequence[int], weight: Floats | None = None, strength: float = 1.0
) -> Additive:
    """Fit to `x` (rows, inputs; NaN is a slice of its own) and `y` 0/1, both present; numbers are cut at their deciles.

    >>> age = np.repeat([20.0, 40.0, 60.0], 100)[:, None]
    >>> model = fit_additive(age, (np.arange(300) % 10 < age[:, 0] / 10).astype(float), [])
    >>> model.log_odds(np.array([[20.0], [40.0], [60.0]])).round(1).tolist()
    [-1.3, -0.4, 0.4]
    """
    from sklearn.linear_model import LogisticRegression  # slow to import, and most who import us never fit
    from sklearn.preprocessing import OneHotEncoder

    edges = tuple(None if i in categorical else _edges(column) for i, column in enumerate(x.T))
    sizes = [_size(column, known) for column, known in zip(x.T, edges, strict=True)]
    places = np.stack([_slices(c, e, n) for c, e, n in zip(x.T, edges, sizes, strict=True)], axis=1)
    hot = OneHotEncoder(categories=[np.arange(size) for size in sizes]).fit_transform(places)
    fitted = LogisticRegression(C=strength, tol=1e-3, max_iter=1000).fit(hot, y, sample_weight=weight)
    terms = np.split(np.asarray(fitted.coef_[0], dtype=np.float64), np.cumsum(sizes)[:-1])
    means = [float(term[places[:, i]].mean()) for i, term in enumerate(terms)]
    centred = tuple(tuple(map(float, term - mean)) for term, mean in zip(terms, means, strict=True))
    return Additive(edges, centred, float(fitted.intercept_[0]) + sum(means))


def _size(column: Floats, edges: tuple[float, ...] | None) -> int:
    return int(np.nanmax(column, initial=-1.0)) + 2 if edges is None else len(edges) + 2


def _edges(column: Floats) -> tuple[float, ...]:
    known = column[~np.isnan(column)]
    if not len(known):
        return ()
    return tuple(map(float, np.unique(np.quantile(known, np.arange(1, SLICES) / SLICES))))


def _slices(column: Floats, edges: tuple[float, ...] | None, size: int) -> NDArray[np.integer[Any]]:
    """0 for NaN and for a category not seen, else 1, 2, …"""
    column = np.ascontiguousarray(column)
    if edges is None:
        code = np.where(np.isnan(column), -1.0, column).astype(np.int64) + 1
        return np.where(code < size, code, 0)
    place = (~np.isnan(column)).view(np.int8)  # NaN lies in slice 0, and beyond no edge
    for edge in edges:  # they are few: comparing with each is quicker than a search
        place += column > edge
    return place
