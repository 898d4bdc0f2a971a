"""What of the rows is earlier, later and last: cut where times change, without rows whose label was not known yet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.family import Rows
from yuelao.common.errors import Refused

TESTED_FROM = 0.8  # share of the rows, in time order, before the test
CHOSEN_FROM = 0.75  # share of the rows whose outcome is known by then, before those to choose by
GROWN = 0.75  # share of the rows to fit that a tree grows on; the later rest prunes it


@dataclass(frozen=True, eq=False)
class Windows:
    """Rows to fit to, later ones to choose by, the last to test on; `newest`: all before the test, for the last fit."""

    train: Rows
    validation: Rows
    test: Rows
    newest: Rows


def windows(rows: Rows, horizon: int = 0) -> Windows:
    """About three fifths of the rows, the next and the last fifth, cut where the time changes.

    horizon: how long after its time a row's label is known, in days, or in the unit of times that are whole numbers.
    Rows whose label was not known by the first row of the next window are left out of theirs.
    Raises Refused (time, one_class): fewer than three times, a window with one outcome only.

    >>> months = np.repeat([5, 6, 7, 8, 9], 100)
    >>> found = windows(Rows(np.zeros((500, 1)), np.tile([0.0, 1.0], 250), times=months), horizon=1)
    >>> [np.unique(part.times).tolist() for part in (found.train, found.validation, found.test)]
    [[5, 6, 7], [8], [9]]
    """
    changes = _changes(rows)
    last = _nearest(changes[1:], TESTED_FROM * len(rows)) if len(changes) > 1 else 0
    newest = _known_before(rows, last, last, horizon)
    inner = _changes(newest)
    if not len(inner):
        raise Refused(
            "Rows of fewer than three times, with known outcomes, cannot be compared out of time",
            hint="Give rows of earlier days as well",
            code="time",
        )
    middle = _nearest(inner, CHOSEN_FROM * len(newest))
    found = Windows(
        train=_known_before(rows, middle, middle, horizon),
        validation=newest.part(middle, len(newest)),
        test=rows.part(last, len(rows)),
        newest=newest,
    )
    for name, part in (("learn from", found.train), ("choose by", found.validation), ("test on", found.test)):
        if not part.both:
            lack = "have one outcome only" if len(part) else "were too young for their outcome to be known"
            hint = "Give rows with known outcomes, over a longer time"
            raise Refused(f"The rows to {name} {lack}", hint=hint, code="one_class")
    return found


def growing(rows: Rows) -> tuple[Rows, Rows]:
    """Rows to grow a tree on, and later ones to prune it by."""
    changes = _changes(rows)
    cut = round(GROWN * len(rows))
    if len(changes):
        near = _nearest(changes, cut)
        cut = near if 0.5 * len(rows) <= near <= 0.9 * len(rows) else cut
    return rows.part(0, cut), rows.part(cut, len(rows))


def _known_before(rows: Rows, end: int, moment: int, horizon: int) -> Rows:
    """Of the rows before place `end` those whose label was known when the row at place `moment` came."""
    if not horizon:
        return rows.part(0, end)
    times = times_of(rows)
    wait: Any = np.timedelta64(horizon, "D") if np.issubdtype(times.dtype, np.datetime64) else horizon
    return rows.part(0, int(np.searchsorted(times[:end] + wait, times[moment], side="right")))


def times_of(rows: Rows) -> NDArray[Any]:
    """When each row was; where nobody told, each has a time of its own."""
    return np.arange(len(rows)) if rows.times is None else rows.times


def _changes(rows: Rows) -> NDArray[np.int64]:
    """The places where a later time begins."""
    times = times_of(rows)
    return np.flatnonzero(times[1:] != times[:-1]) + 1


def _nearest(places: NDArray[np.int64], wanted: float) -> int:
    return int(places[np.abs(places - wanted).argmin()])
