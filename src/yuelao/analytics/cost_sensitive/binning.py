"""Numbers and categories as small codes: what trees and rough sets count by. Code 0 is null, or a category not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
MOST_BINS = 16
_MOST_CODES = 255
_SAMPLE = 200_000


@dataclass(frozen=True)
class Bins:
    """Per attribute its inner edges, ascending (a number has the code of how many edges it reaches, plus 1).

    For a category, whose codes are 0, 1, …, there is the number of categories in place of edges.
    """

    edges: tuple[tuple[float, ...] | int, ...]

    def codes(self, x: Floats) -> Codes:
        """The codes, shape (attributes, rows), of `x` (rows, attributes; NaN is unknown)."""
        found = np.empty((x.shape[1], len(x)), dtype=np.uint8)
        for i, edges in enumerate(self.edges):
            found[i] = _codes(x[:, i], edges)
        return found

    @property
    def sizes(self) -> list[int]:
        """How many codes each attribute has, that of null included."""
        return [each + 1 if isinstance(each, int) else len(each) + 2 for each in self.edges]

    @property
    def categorical(self) -> list[bool]:
        """Which attributes have no order."""
        return [isinstance(each, int) for each in self.edges]

    def as_dict(self) -> list[Any]:
        """The form that is saved."""
        return [each if isinstance(each, int) else list(each) for each in self.edges]

    @classmethod
    def from_dict(cls, saved: list[Any]) -> "Bins":
        """The inverse of `as_dict`."""
        return cls(tuple(each if isinstance(each, int) else tuple(each) for each in saved))


def learn_bins(x: Floats, categorical: Sequence[int], most: int = MOST_BINS) -> Bins:
    """Edges that share the known rows of each number equally among at most `most` bins; few values have a bin each.

    >>> bins = learn_bins(np.array([[20.0], [30.0], [40.0], [np.nan]]), [])
    >>> bins.edges, bins.codes(np.array([[20.0], [29.0], [99.0], [np.nan]])).tolist()
    (((30.0, 40.0),), [[1, 1, 3, 0]])
    """
    return Bins(
        tuple(
            min(int(np.nanmax(column, initial=-1.0)) + 1, _MOST_CODES) if i in categorical else _edges(column, most)
            for i, column in enumerate(x.T)
        )
    )


def _edges(column: Floats, most: int) -> tuple[float, ...]:
    known = np.sort(column[~np.isnan(column)])
    if not len(known):
        return ()
    known = known[:: max(1, len(known) // _SAMPLE)]
    values = np.unique(known)
    if len(values) > most:
        values = np.unique(known[(np.arange(most) * len(known)) // most])
    return tuple(map(float, values[1:]))


def _codes(column: Floats, edges: tuple[float, ...] | int) -> Codes:
    missing = np.isnan(column)
    if isinstance(edges, int):
        code = np.where(missing, -1.0, column).astype(np.int64) + 1
        return np.where(code <= edges, code, 0).astype(np.uint8)
    return np.where(missing, 0, np.searchsorted(np.array(edges), column, side="right") + 1).astype(np.uint8)
