"""Leaks: inputs of a training table that know what came after the row's time, found by what they do to the label.

No rule on numbers can tell a leak from an honest input that is as good; so the limits below lie beyond what inputs
known beforehand reach, and a person may allow an input by name.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.cross_fit import cross_fit, draw
from yuelao.analytics.inputs import check_columns, learn_inputs
from yuelao.analytics.strata import days, odds_beyond, periods, score_auc, slice_auc, tally
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PLAUSIBLE, IMPOSSIBLE = 0.85, 0.95
"""An input whose AUC alone, within a period, is surely above IMPOSSIBLE is too good; below PLAUSIBLE it never is."""
FAR = 0.5
"""Between them it is, where it ranks wrongly at most this share of the pairs that all the others together do."""
TELLS = 25.0
"""A mark whose odds of the event are so many times those of other rows, either way, tells the label."""
LATER_TELLS = 3.0
"""So many times are enough for a date after the row's time, which nobody could know unless it was planned."""
_SURE = 3.0  # standard errors
_FEWEST = 10  # marked rows with the event
_MOST_ROWS = 20_000  # of each outcome; odds and areas are the same in a sample drawn by outcome
_FITTED_ROWS, _FITTED_INPUTS = 20_000, 40
_SLICES = 20


class LeakKind(StrEnum):
    """What gave the input away, with the numbers that go with it (shares of rows, 0…1; `with` and `without` the event).

    TOO_GOOD: alone it ranks the label (`auc`, `lower` limit) far better than the `others` together. AFTER_EVENT: other
    than usual hardly anywhere but where the event was, or was not. NULL_BEFORE: known hardly anywhere but there.
    KNOWN_LATE: known from some time on only, as the event is. AFTER_TIME: a date after the row's time, or days
    since one (a whole number) below zero, in some rows, and these tell the label.
    """

    TOO_GOOD = "too_good"
    AFTER_EVENT = "after_event"
    NULL_BEFORE = "null_before"
    KNOWN_LATE = "known_late"
    AFTER_TIME = "after_time"


@dataclass(frozen=True)
class Leak:
    """One input, what gave it away, and the numbers seen: see `LeakKind`."""

    input: str
    kind: LeakKind
    evidence: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self) | {"kind": str(self.kind)}


def find_leaks(
    data: pa.Table, label: str, time: str | None, inputs: Sequence[str], allowed: Collection[str] = ()
) -> list[Leak]:
    """The inputs that give themselves away, one finding each, by name; `allowed` ones are taken as honest.

    data: one row an observation, `label` boolean or 0/1, `time` a date, timestamp or number (None: all of one time).
    Works on at most 20,000 rows of each outcome. Raises Refused (code: column, label, time); a table with one
    outcome only has no findings. The tests count false alarms on honest tables: none where the best input alone ranks
    up to 90 of 100 pairs rightly. Few events hide a leak, and so does a world that moves where no time is given.

    >>> rng = np.random.default_rng(1)
    >>> sold = rng.random(2000) < 0.2
    >>> age, order_no = rng.integers(18, 80, 2000), pa.array(np.arange(2000), mask=~sold)
    >>> data = pa.table({"age": age, "order_no": order_no, "day": np.arange(2000), "sold": sold})
    >>> [(leak.input, str(leak.kind), leak.evidence) for leak in find_leaks(data, "sold", "day", ["age", "order_no"])]
    [('order_no', 'null_before', {'with': 1.0, 'without': 0.0})]
    """
    names = sorted(set(inputs))
    check_columns(data, [label, *([time] if time else []), *names])
    y = _labels(data, label)
    if time and data[time].null_count:
        raise Refused(f"The time {time} is null in some rows", hint="Leave those rows out", code="time")
    if len(np.unique(y)) < 2:
        return []
    rows = _Rows.of(data, y, data[time] if time else None, names)
    judged = [name for name in names if name not in allowed]
    marked = [leak for name in judged if (leak := next(_marks(rows, name), None))]
    return sorted(marked + _too_good(rows, {leak.input for leak in marked}, judged), key=lambda leak: leak.input)


@dataclass(frozen=True, eq=False)
class _Rows:
    """A sample of the rows, in random order, with what every rule needs.

    when: 0 everywhere where no time is given. numbers: of each input a model can use, the names in `codes` being
    categories, and of each date the days by which it lies after the row's time.
    """

    data: pa.Table
    y: Floats
    when: Floats
    period: NDArray[np.int64]
    fold: NDArray[np.int64]
    numbers: dict[str, Floats]
    codes: frozenset[str]

    @classmethod
    def of(cls, data: pa.Table, y: Floats, times: Any, names: list[str]) -> "_Rows":
        when = np.zeros(len(y)) if times is None else days(times)
        chosen = draw(data, y, names, _MOST_ROWS, [when])
        data, y, when = data.select(names).take(pa.array(chosen)), y[chosen], when[chosen]
        usable, _ = learn_inputs(data, names)
        numbers = dict(zip(usable.names, usable.matrix(data).T, strict=True))
        if times is not None and _dated(times):
            whole = pa.types.is_date(times.type)  # of that day nothing is later
            dates = {name: days(data[name]) for name in names if _dated(data[name])}
            numbers |= {name: (np.floor(date) if whole else date) - when for name, date in dates.items()}
        codes = frozenset(usable.names[i] for i in usable.categorical)
        return cls(data, y, when, periods(when, y), np.arange(len(y)) % 2, numbers, codes)

    def begun(self, known: Flags) -> NDArray[np.int64]:
        """1 from the time on when the first value is known, 0 before."""
        first = self.when[known].min(initial=np.inf)
        return np.asarray(self.when >= first, dtype=np.int64)


def _marks(rows: _Rows, name: str) -> Iterator[Leak]:
    """What an input's being there, or being other than usual, says about the label; the plainest first."""
    column, numbers = rows.data[name], rows.numbers.get(name)
    known = ~column.is_null().to_numpy()
    yield from _telling(rows, name, LeakKind.NULL_BEFORE, known, period=2 * rows.period + rows.begun(known))
    yield from _telling(rows, name, LeakKind.KNOWN_LATE, known, period=np.zeros_like(rows.period))
    if numbers is not None and _dated(column):
        yield from _telling(rows, name, LeakKind.AFTER_TIME, numbers > 0, LATER_TELLS)
    elif numbers is not None:
        if pa.types.is_integer(column.type):  # days since something that is yet to come
            yield from _telling(rows, name, LeakKind.AFTER_TIME, numbers < 0)
        for unusual in _unusual(numbers, name in rows.codes):
            yield from _telling(rows, name, LeakKind.AFTER_EVENT, unusual)


def _telling(
    rows: _Rows, name: str, kind: LeakKind, mark: Flags, odds: float = TELLS, period: NDArray[np.int64] | None = None
) -> Iterator[Leak]:
    """The finding, where rows with the mark have the event, or the others have it, at surely so many times the odds."""
    within = rows.period if period is None else period
    marked, total = tally(mark, rows.y, within), tally(np.ones_like(mark), rows.y, within)
    for side in (marked, total - marked):
        if side[:, 1].sum() >= _FEWEST and odds_beyond(side, total, odds) >= _SURE:
            without, happened = (marked.sum(axis=0) / total.sum(axis=0)).tolist()
            yield Leak(name, kind, {"with": happened, "without": without})


def _unusual(numbers: Floats, coded: bool) -> Iterator[Flags]:
    """Where a column is neither null nor 0, and where it is not the value that most rows have."""
    known = ~np.isnan(numbers)
    if not coded:
        yield known & (numbers != 0)
    values = np.sort(numbers[known])
    if len(values):
        usual = values[len(values) // 2]  # what most rows have is the median
        if np.mean(numbers == usual) >= 0.5:
            yield known & (numbers != usual)


def _too_good(rows: _Rows, known: Collection[str], judged: Sequence[str]) -> list[Leak]:
    """The inputs that rank the label, within periods, as nothing known beforehand does."""
    areas = {
        name: slice_auc(_slices(numbers, name in rows.codes), rows.y, rows.period, rows.fold)
        for name, numbers in rows.numbers.items()
        if name not in known
    }
    suspects = {name: areas[name] for name in judged if name in areas and areas[name][1] >= PLAUSIBLE}
    if not suspects:
        return []
    others = sorted((name for name in areas if name not in suspects), key=lambda name: (-areas[name][0], name))
    together = _together(rows, others[:_FITTED_INPUTS])
    return [
        Leak(name, LeakKind.TOO_GOOD, {"auc": area, "lower": lower, "others": together})
        for name, (area, lower) in suspects.items()
        if lower >= IMPOSSIBLE or 1 - area <= FAR * (1 - together)
    ]


def _together(rows: _Rows, names: Sequence[str]) -> float:
    """The AUC, within periods, of the inputs together on rows not fitted to; 0.5 without inputs."""
    if not names:
        return 0.5
    some = np.arange(min(len(rows.y), _FITTED_ROWS))  # the rows are in random order
    x = np.column_stack([rows.numbers[name][some] for name in names])
    codes = [i for i, name in enumerate(names) if name in rows.codes]
    fitted = cross_fit(x, rows.y[some], rows.fold[some], codes)
    return max(0.5, score_auc(fitted.score, rows.y[some], rows.period[some])[0])


def _slices(numbers: Floats, coded: bool) -> NDArray[np.int64]:
    """The slice of each row, 0 for what is unknown: its category, or twenty slices with as many rows each."""
    known = ~np.isnan(numbers)
    if coded:
        return np.where(known, numbers, -1.0).astype(np.int64) + 1
    values = np.sort(numbers[known])
    edges = np.unique(values[np.arange(_SLICES) * len(values) // _SLICES]) if len(values) else values
    return np.where(known, np.searchsorted(edges, numbers) + 1, 0)


def _dated(column: Any) -> bool:
    return bool(pa.types.is_date(column.type) or pa.types.is_timestamp(column.type))


def _labels(data: pa.Table, label: str) -> Floats:
    column = data[label]
    wrong = Refused(f"The label {label} is not boolean or 0/1 in every row", hint="As in sold: true", code="label")
    try:
        y: Floats = np.array(column.cast(pa.int8()).to_numpy(), dtype=np.float64)
    except pa.ArrowException as error:
        raise wrong from error
    if column.null_count or not np.isin(y, (0.0, 1.0)).all():
        raise wrong
    return y
