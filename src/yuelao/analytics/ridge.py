"""Ridge regression on slices: one step function per input, their sum the expected value of any number (0/1 included).

Hoerl and Kennard 1970, "Ridge regression"; the penalty is chosen by generalised cross-validation (Golub, Heath and
Wahba 1979), so that inputs which say nothing leave the mean alone.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
SLICES = 10
PENALTIES = np.logspace(-4, 3, 15)  # in units of a row's weight among all rows


@dataclass(frozen=True)
class Ridge:
    """Per input the edges of its slices (None: codes of categories) and what each adds, that of NaN first.

    What the slices of an input add is 0 in the mean of the rows; `intercept` is the mean of all.
    """

    edges: tuple[tuple[float, ...] | None, ...]
    terms: tuple[tuple[float, ...], ...]
    intercept: float

    def predict(self, x: Floats) -> Floats:
        """The expected value, shape (rows,), for `x` (rows, inputs; NaN is unknown)."""
        total: Floats = self.intercept + self.parts(x).sum(axis=1)
        return total

    def parts(self, x: Floats) -> Floats:
        """What each input adds against the average row, shape (rows, inputs)."""
        found = np.empty(x.shape)
        for place, (edges, terms) in enumerate(zip(self.edges, self.terms, strict=True)):
            found[:, place] = np.array(terms)[_slices(x[:, place], edges, len(terms))]
        return found

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Ridge":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        edges = tuple(None if e is None else tuple(e) for e in saved["edges"])
        return cls(edges, tuple(tuple(t) for t in saved["terms"]), saved["intercept"])


def fit_ridge(x: Floats, y: Floats, categorical: Sequence[int]) -> Ridge:
    """Fit to `x` (rows, inputs; NaN is a slice of its own) and `y` (rows,), any numbers; at least one row.

    >>> age = np.repeat([20.0, 40.0, 60.0], 100)[:, None]
    >>> model = fit_ridge(age, age[:, 0] / 100, [])
    >>> model.predict(np.array([[20.0], [60.0]])).round(2).tolist()
    [0.2, 0.6]
    """
    edges = tuple(None if i in categorical else _edges(column) for i, column in enumerate(x.T))
    sizes = [
        int(np.nanmax(column, initial=-1.0)) + 2 if known is None else len(known) + 2
        for column, known in zip(x.T, edges, strict=True)
    ]
    places = [_slices(c, e, n) for c, e, n in zip(x.T, edges, sizes, strict=True)]
    means = _sums(places, sizes) / len(y)
    moments = _sums(places, sizes, y - y.mean()) / len(y)
    gram = _together(places, sizes) / len(y) - np.outer(means, means)
    slopes = _solve(gram, moments, float(y.var()), len(y))
    ends = np.cumsum(sizes)[:-1]
    shares = zip(np.split(slopes, ends), np.split(means, ends), strict=True)
    terms = tuple(tuple(map(float, slope - mean @ slope)) for slope, mean in shares)
    return Ridge(edges, terms, float(y.mean()))


def _solve(gram: Floats, moments: Floats, variance: float, rows: int) -> Floats:
    """The slopes under the penalty with the least generalised cross-validation error."""
    values, vectors = np.linalg.eigh(gram)
    values, turned = np.clip(values, 0.0, None), vectors.T @ moments
    tried = turned / (values + PENALTIES[:, None])
    left = variance - 2 * tried @ turned + tried**2 @ values
    freedom = 1 + (values / (values + PENALTIES[:, None])).sum(axis=1)
    best = int((left / np.clip(1 - freedom / rows, 1e-9, None) ** 2).argmin())
    slopes: Floats = vectors @ tried[best]
    return slopes


def _sums(places: Sequence[Places], sizes: Sequence[int], y: Floats | None = None) -> Floats:
    """For every slice of every input the number of its rows, or the sum of their `y`."""
    found = [np.bincount(place, y, size) for place, size in zip(places, sizes, strict=True)]
    return np.concatenate(found, dtype=np.float64)


def _together(places: Sequence[Places], sizes: Sequence[int]) -> Floats:
    """For every two slices how many rows lie in both."""
    starts = np.cumsum([0, *sizes])
    found = np.zeros((starts[-1], starts[-1]))
    for i, size in enumerate(sizes):
        for j in range(i, len(sizes)):
            block = np.bincount(places[i] * sizes[j] + places[j], minlength=size * sizes[j]).reshape(size, sizes[j])
            found[starts[i] : starts[i + 1], starts[j] : starts[j + 1]] = block
            found[starts[j] : starts[j + 1], starts[i] : starts[i + 1]] = block.T
    return found


def _edges(column: Floats) -> tuple[float, ...]:
    known = column[~np.isnan(column)]
    if not len(known):
        return ()
    return tuple(map(float, np.unique(np.quantile(known, np.arange(1, SLICES) / SLICES))))


def _slices(column: Floats, edges: tuple[float, ...] | None, size: int) -> Places:
    """0 for NaN and for a category not seen, else 1, 2, …"""
    missing = np.isnan(column)
    if edges is not None:
        return np.where(missing, 0, np.searchsorted(np.array(edges), column) + 1)
    code = np.where(missing, -1.0, column).astype(np.int64) + 1
    return np.where(code < size, code, 0)
