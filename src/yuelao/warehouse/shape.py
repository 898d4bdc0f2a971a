"""The shape of one column of a view: equally wide bins between its 1st and 99th percentile, and what lies beyond."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yuelao.warehouse.profile import is_counted, numbers_of, sample_of, view_before
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import read_view

Floats = NDArray[np.float64]
BINS = 24
_LOW, _HIGH = 0.01, 0.99


@dataclass(frozen=True)
class Shape:
    """Shares of the sampled customers of a view: `shares[i]` from `edges[i]` on, below `edges[i + 1]`.

    The last bin holds its upper edge too. below, beyond: the shares outside the edges; what is unknown is the rest to
    1. before: the shares of the view before in the same bins, None without one.
    """

    edges: list[float]
    shares: list[float]
    below: float
    beyond: float
    before: list[float] | None


def shape_of(snapshot: Snapshot, as_of: date, name: str) -> Shape | None:
    """The shape of a column of numbers of the view of a day; None where it has no numbers, or fewer than two.

    About 200,000 customers are looked at, the same of both views.
    """
    column = _column(snapshot, as_of, name)
    if column is None:
        return None
    edges = equal_edges(column)
    if edges is None:
        return None
    day = view_before(snapshot, as_of)
    earlier = _column(snapshot, day, name) if day is not None else None
    shares, below, beyond = _shares(column, edges)
    return Shape(edges.tolist(), shares, below, beyond, _shares(earlier, edges)[0] if earlier is not None else None)


def equal_edges(column: Floats) -> Floats | None:
    """The edges of at most 24 equally wide bins from the 1st to the 99th percentile; NaN is unknown.

    Whole numbers have bins of whole width, each beginning half below a number. None where all values are the same.

    >>> equal_edges(np.array([1.0, 1, 2, 3, np.nan]))
    array([0.5, 1.5, 2.5, 3.5])
    """
    known = column[~np.isnan(column)]
    if len(known) == 0 or known.min() == known.max():
        return None
    low, high = np.quantile(known, (_LOW, _HIGH), method="nearest")
    if low == high:
        low, high = known.min(), known.max()
    if not np.array_equal(known, np.round(known)):
        return np.asarray(np.linspace(low, high, BINS + 1))
    width = np.ceil((high - low + 1) / BINS)
    return np.asarray(np.arange(low, high + width, width) - 0.5)


def _shares(column: Floats, edges: Floats) -> tuple[list[float], float, float]:
    """Shares of all rows by bin, below the first edge, beyond the last."""
    counted, _edges = np.histogram(column, edges)
    rows = max(len(column), 1)
    below, beyond = (column < edges[0]).sum(), (column > edges[-1]).sum()
    return (counted / rows).tolist(), float(below / rows), float(beyond / rows)


def _column(snapshot: Snapshot, as_of: date, name: str) -> Floats | None:
    view = read_view(snapshot, as_of)
    if name not in view.columns:
        return None
    found = sample_of(view, name)
    return np.asarray(numbers_of(found), np.float64) if is_counted(found.type) else None
