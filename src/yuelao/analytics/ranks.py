"""Ranks and stable orders: the two things that make a sum indifferent to the order of its rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mid_ranks(values: NDArray[np.generic]) -> Floats:
    """Ranks 1…n from the smallest value up; equal values share the mean of their ranks. No nulls.

    >>> mid_ranks(np.array([30.0, 10.0, 30.0, 20.0])).tolist()
    [3.5, 1.0, 3.5, 2.0]
    """
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    ranks: Floats = (last - (size - 1) / 2.0)[group]
    return ranks


def row_hash(columns: Sequence[NDArray[np.generic]], seed: int = 0) -> NDArray[np.uint64]:
    """One 64-bit hash a row over numeric columns of equal length; nulls (NaN) are a value like any other.

    It breaks ties by what is in a row, not by where the row stands (finaliser of SplitMix64, Steele and others 2014).

    >>> ages, plans = np.array([30.0, 41.0]), np.array([2, 1])
    >>> bool((row_hash([ages, plans])[::-1] == row_hash([ages[::-1], plans[::-1]])).all())
    True
    """
    length = len(columns[0]) if columns else 0
    state = np.full(length, seed & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
    for column in columns:
        numbers = np.asarray(column, dtype=np.float64) + 0.0  # + 0.0 turns -0.0 into 0.0
        bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
        state = _mix((state + np.uint64(0x9E3779B97F4A7C15)) ^ bits)
    return state


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
