"""Drift: how far a column has moved between two times, by the population stability index (PSI)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRIFTED = 0.25  # the usual reading: above it a column has changed, below 0.1 it has not
SLICES = 10


def population_stability(earlier: Floats, later: Floats, categorical: bool) -> float:
    """Σ (q − p) ln(q ÷ p) over ten slices of the earlier values, or over its categories; NaN is a slice of its own.

    Both are number columns of any length, p and q the shares of their rows in a slice, half a row added to each so
    that an empty slice is not infinitely far.

    >>> population_stability(np.arange(100.0), np.arange(100.0), categorical=False)
    0.0
    >>> round(population_stability(np.zeros(100), np.ones(100), categorical=True), 1)
    10.4
    """
    known = earlier[~np.isnan(earlier)]
    if not categorical and len(known):
        known = np.quantile(known, np.arange(1, SLICES) / SLICES)
    edges = np.unique(known)
    p, q = _shares(earlier, edges), _shares(later, edges)
    return float(((q - p) * np.log(q / p)).sum())


def _shares(column: Floats, edges: Floats) -> Floats:
    slices = np.where(np.isnan(column), len(edges) + 1, np.searchsorted(edges, column))
    counts = np.bincount(slices, minlength=len(edges) + 2) + 0.5
    return np.asarray(counts / counts.sum(), dtype=np.float64)
