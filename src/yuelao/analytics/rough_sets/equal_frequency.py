"""Cut points at quantiles: as many rows in every interval as ties allow."""

import numpy as np

from yuelao.analytics.rough_sets.types import Floats


def equal_frequency(values: Floats, weights: Floats, intervals: int) -> Floats:
    """Cut points, ascending, for at most so many intervals of about equal weight; `values` and `weights` (rows,).

    A value belongs to the interval that begins at or before it. Equal values are never parted.

    >>> equal_frequency(np.array([1.0, 2, 3, 4, 5, 6]), np.ones(6), 3).tolist()
    [3.0, 5.0]
    """
    distinct, at = np.unique(values, return_inverse=True)
    reached = np.cumsum(np.bincount(at, weights))  # weight up to and with each value
    wanted = reached[-1] * np.arange(1, intervals) / intervals if len(reached) else np.array([])
    first = np.searchsorted(reached, wanted * (1 - 1e-12)) + 1
    return np.unique(distinct[first[first < len(distinct)]])
