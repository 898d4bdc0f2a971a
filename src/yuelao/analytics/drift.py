"""Drift: how far a column has moved between two times, by the population stability index (PSI)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
STEADY = 0.1
DRIFTED = 0.25
"""The usual reading: below STEADY a column has not moved, above DRIFTED it has, between them it is worth watching."""
SLICES = 10


def psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Σ (q − p) ln(q ÷ p) over slices, p and q the shares of the expected and the actual rows in each.

    expected, actual: counts of rows by slice, of the same slices, any totals. Half a row is added to each count, so
    that an empty slice is not infinitely far. Never negative, the same both ways round, 0 for the same counts. It is
    the symmetric divergence of Jeffreys; as a measure of drift, with the bands below, in N. Siddiqi, Credit Risk
    Scorecards (Wiley 2006); on its distribution B. Yurdakul, Statistical Properties of Population Stability Index
    (Western Michigan University 2018). ValueError where the slices are not the same.

    >>> round(psi([50, 50], [100, 100]), 4)
    0.0
    >>> round(psi([10_000, 90_000], [20_000, 80_000]), 4)
    0.0811
    """
    p, q = _shares(expected), _shares(actual)
    if p.shape != q.shape:
        raise ValueError(f"{p.size} slices are expected and {q.size} are given")
    return float(((q - p) * np.log(q / p)).sum())


def band(index: float) -> str:
    """What a PSI means: steady, watch or shifted.

    >>> [band(index) for index in (0.02, 0.1, 0.25, 0.3)]
    ['steady', 'watch', 'watch', 'shifted']
    """
    return "steady" if index < STEADY else "shifted" if index > DRIFTED else "watch"


def deciles(column: Floats) -> Floats:
    """The inner edges of ten slices with as many known values each; fewer where values are repeated. NaN is unknown.

    >>> deciles(np.array([0.0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, np.nan]))
    array([0., 1., 2.])
    """
    known = column[~np.isnan(column)]
    return np.unique(np.quantile(known, np.arange(1, SLICES) / SLICES)) if len(known) else known


def counts(column: Floats, edges: Floats) -> NDArray[np.int64]:
    """How many values lie up to each edge, beyond the last, and, as the last number, how many are NaN.

    >>> counts(np.array([1.0, 2, 3, np.nan]), np.array([2.0]))
    array([2, 1, 1])
    """
    slices = np.where(np.isnan(column), len(edges) + 1, np.searchsorted(edges, column))
    return np.bincount(slices, minlength=len(edges) + 2).astype(np.int64)


def population_stability(earlier: Floats, later: Floats, categorical: bool) -> float:
    """The PSI over ten slices of the earlier values, or over its categories; NaN is a slice of its own.

    Both are number columns of any length.

    >>> population_stability(np.arange(100.0), np.arange(100.0), categorical=False)
    0.0
    >>> round(population_stability(np.zeros(100), np.ones(100), categorical=True), 1)
    10.4
    """
    edges = np.unique(earlier[~np.isnan(earlier)]) if categorical else deciles(earlier)
    return psi(counts(earlier, edges), counts(later, edges))


def _shares(given: ArrayLike) -> Floats:
    rows = np.asarray(given, dtype=np.float64) + 0.5
    return np.asarray(rows / rows.sum(), dtype=np.float64)
