"""The loop that finds the nearest rows, compiled: import it where rows are filled, not at the top of a module."""

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.rough_sets.compiling import compiled

Floats = NDArray[np.float64]


@compiled
def filled(x: Floats, sample: Floats, spread: Floats, nearest: int) -> Floats:
    """`x` with each NaN taken from the `nearest` rows of the sample that know the attribute; `spread` 0: a category."""
    found = x.copy()
    for i in range(len(x)):
        away = _distances(x[i], sample, spread)
        for a in range(x.shape[1]):
            if np.isnan(x[i, a]):
                found[i, a] = _agreed(_known_nearby(sample[:, a], away, nearest), spread[a] == 0)
    return found


@compiled
def _distances(row: Floats, sample: Floats, spread: Floats) -> Floats:
    away = np.zeros(len(sample))
    for j in range(len(sample)):
        both = 0
        for a in range(len(row)):
            if not np.isnan(row[a]) and not np.isnan(sample[j, a]):
                both += 1
                apart = abs(row[a] - sample[j, a])
                away[j] += min(1.0, apart / spread[a]) if spread[a] > 0 else (1.0 if apart > 0 else 0.0)
        away[j] = away[j] / both if both else np.inf
    return away


@compiled
def _known_nearby(column: Floats, away: Floats, nearest: int) -> Floats:
    """The values of the `nearest` rows that have one, of rows as far away those that come first."""
    known, distance = np.empty(nearest), np.empty(nearest)
    n = 0
    for j in range(len(column)):
        if np.isnan(column[j]) or (n == nearest and away[j] >= distance[n - 1]):
            continue
        place = n if n < nearest else n - 1
        while place > 0 and distance[place - 1] > away[j]:
            known[place], distance[place] = known[place - 1], distance[place - 1]
            place -= 1
        known[place], distance[place] = column[j], away[j]
        n = min(n + 1, nearest)
    return known[:n].copy()


@compiled
def _agreed(known: Floats, category: bool) -> float:
    """The mean, or of a category the most frequent value, the lowest of several; NaN of none."""
    if len(known) == 0:
        return np.nan
    if not category:
        return float(known.mean())
    values = np.sort(known)
    best, most, run = values[0], 0, 0
    for place in range(len(values)):
        run = run + 1 if place and values[place] == values[place - 1] else 1
        if run > most:
            best, most = values[place], run
    return float(best)
