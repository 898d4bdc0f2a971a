"""How well one input tells a label among rows of the same time: areas under the curve and odds, summed over periods.

Rows of one period are compared only with each other, so that a world that moves makes no input look good or bad.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.evaluation import auc
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MOST_PERIODS, FEWEST_IN_PERIOD = 5, 100
_MICROS = 86_400e6  # of a day
_PRIOR = 10.0  # rows of the average rate added to each slice


def periods(time: Floats, y: Floats) -> Codes:
    """The period of each row, from 0: up to five with as many rows each, rows of one time in the same.

    There are fewer where a period would have less than 100 rows of the rarer outcome.

    >>> periods(np.arange(1000.0), np.arange(1000) % 4 == 0).tolist()[::250]
    [0, 0, 1, 1]
    """
    rarer = int(min(y.sum(), len(y) - y.sum()))
    wanted = min(MOST_PERIODS, max(1, rarer // FEWEST_IN_PERIOD))
    edges = np.unique(np.quantile(time, np.arange(1, wanted) / wanted, method="lower")) if len(time) else time
    return np.searchsorted(edges, time)


def days(column: Any) -> Floats:
    """A column of dates or timestamps as days since 1970, of numbers as it is; NaN is null. Refused for other types.

    >>> days(pa.chunked_array([pa.array([86_400, None], pa.timestamp("s"))]))
    array([ 1., nan])
    """
    kind = column.type
    if pa.types.is_timestamp(kind):
        micros = column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
        return np.asarray(micros.cast(pa.float64(), safe=False).to_numpy() / _MICROS, dtype=np.float64)
    if pa.types.is_date(kind):
        column = column.cast(pa.date32()).cast(pa.int32())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise Refused(f"A column of {kind} holds no times", hint="Give a date, a timestamp or a number", code="time")
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def tally(flag: NDArray[np.bool_], y: Floats, period: Codes) -> Codes:
    """How many rows with the flag lie in each period with y = 0 and with y = 1, shape (periods, 2)."""
    cells = 2 * (int(period.max(initial=0)) + 1)
    return np.bincount(2 * period[flag] + y[flag].astype(np.int64), minlength=cells).reshape(-1, 2)


def odds_beyond(marked: Codes, rows: Codes, odds: float) -> float:
    """By how many standard errors the marked rows have more events than if their odds were `odds` times the others'.

    marked, rows: counts by period and label as `tally` gives them. The score test behind the limits of Cornfield
    (1956), summed over strata as Mantel and Haenszel (1959) do; cells without rows need no correction.

    >>> rows = np.array([[900, 100]])
    >>> round(odds_beyond(np.array([[0, 80]]), rows, 25), 1), round(odds_beyond(np.array([[90, 10]]), rows, 1), 1)
    (8.6, 0.0)
    """
    marked, rows = marked[rows.any(axis=1)], rows[rows.any(axis=1)]
    events, total, flagged = rows[:, 1].astype(np.float64), rows.sum(axis=1), marked.sum(axis=1)
    # expected a solves a (N − m − n + a) = odds (m − a)(n − a), margins m events and n marked rows of N
    sides = total + (odds - 1) * (events + flagged)
    expected = 2 * odds * events * flagged / (sides + np.sqrt(sides**2 - 4 * (odds - 1) * odds * events * flagged))
    cells = np.stack([expected, events - expected, flagged - expected, total - events - flagged + expected])
    free = (cells > 0).all(axis=0)
    variance = float((1 / (1 / cells[:, free]).sum(axis=0)).sum())
    surplus = float((marked[free, 1] - expected[free]).sum())
    return float(surplus / np.sqrt(variance)) if variance > 0 else 0.0


def auc_error(area: Floats | float, positives: Floats | float, negatives: Floats | float) -> Floats:
    """The standard error of an AUC (Hanley and McNeil, Radiology 143, 1982), with half a pair of rows added.

    >>> round(float(auc_error(0.8, 100, 900)), 4)
    0.0272
    """
    m, n = np.asarray(positives) + 0.5, np.asarray(negatives) + 0.5
    a = (np.asarray(area) * m * n + 0.5) / (m * n + 1.0)
    both = (m - 1) * (a / (2 - a) - a**2) + (n - 1) * (2 * a**2 / (1 + a) - a**2)
    return np.asarray(np.sqrt((a * (1 - a) + np.maximum(both, 0.0)) / (m * n)), dtype=np.float64)


def slice_auc(codes: Codes, y: Floats, period: Codes, fold: Codes) -> tuple[float, float]:
    """The AUC of an input cut into slices, and its lower limit (three standard errors), of the median period.

    codes: the slice of each row, from 0. fold: 0 or 1; slices are ranked by their rate in the other fold, so that an
    input that says nothing has 0.5 in the mean. Without both outcomes in a period, (0.5, 0).
    """
    sizes = (int(period.max(initial=0)) + 1, 2, 2, int(codes.max(initial=0)) + 1)
    cell = np.ravel_multi_index((period, fold, y.astype(np.int64), codes), sizes)
    counts = np.bincount(cell, minlength=int(np.prod(sizes))).reshape(sizes).astype(np.float64)
    average = counts[:, :, 1].sum(axis=2) / np.maximum(counts.sum(axis=(2, 3)), 1.0)
    rate = (counts[:, :, 1] + _PRIOR * average[..., None]) / (counts.sum(axis=2) + _PRIOR)
    order = np.argsort(rate[:, ::-1], axis=2, kind="stable")
    negative, positive = (np.take_along_axis(counts[:, :, label], order, axis=2) for label in (0, 1))
    won = (positive * (np.cumsum(negative, axis=2) - negative / 2)).sum(axis=(1, 2))
    pairs = (positive.sum(axis=2) * negative.sum(axis=2)).sum(axis=1)
    return _median(won[pairs > 0] / pairs[pairs > 0], counts.sum(axis=(1, 3))[pairs > 0])


def score_auc(score: Floats, y: Floats, period: Codes) -> tuple[float, float]:
    """The same for a score: the AUC of the median period and its lower limit."""
    groups = [period == k for k in np.unique(period)]
    known = [group for group in groups if 0 < y[group].sum() < group.sum()]
    areas = np.array([auc(y[group], score[group]) for group in known])
    return _median(areas, np.array([[np.sum(y[group] == label) for label in (0, 1)] for group in known]))


def _median(areas: Floats, rows: Floats) -> tuple[float, float]:
    if not len(areas):
        return 0.5, 0.0
    lower = areas - 3 * auc_error(areas, rows[:, 1], rows[:, 0])
    return float(np.median(areas)), float(np.median(lower))
