"""Explain drift: whether a column moved because less, or more, was known on one of two days, not because customers did.

A feature looks back over a window. Where less of it was known on the earlier day, as in the first months of a lake, or
on the later one, as when nothing newer came in, the column is another one without anybody having changed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from yuelao.warehouse.features.registry import FEATURES
from yuelao.warehouse.snapshot import Snapshot

EVENTS = ("usage_monthly", "payments", "interactions", "transactions", "browsing", "contacts", "complaints", "orders")
"""Tables of what happened when; the others are registers, of which the newest row counts however old it is."""
MEASURE = "usage_monthly"
"""What tells the known months of what is kept whole, and of scores."""
LONGEST = 365
_WINDOW = re.compile(r"_(\d+)([md])$")
_DAYS_A_MONTH = 30.4
_SMALL = 0.05


class Cause(BaseModel):
    """Why a column had to move.

    `window`: of so many days that it looks back over, `then` were known on the earlier day and `now`; `stale`: nothing
    is known after the month `newest`, and the later day looks further beyond it than the earlier one did.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["window", "stale"]
    window: int
    then: int
    now: int
    newest: str


def cause_of(
    name: str, sources: Sequence[str], months: Mapping[str, Sequence[str]], before: date, as_of: date
) -> Cause | None:
    """The cause that the known months give a column to move between two days; None where they give none.

    sources: the tables it is made from; those that are no event tables give no cause. months: event table → the months
    of it that are known, sorted, as in 2026-10.

    >>> known = {"usage_monthly": ["2026-05", "2026-06", "2026-07"]}
    >>> cause = cause_of("arpu_6m", ["usage_monthly"], known, date(2026, 7, 1), date(2026, 8, 1))
    >>> cause.window, cause.then, cause.now
    (182, 61, 92)
    >>> cause_of("charge_1m", ["usage_monthly"], known, date(2026, 7, 1), date(2026, 8, 1)) is None
    True
    """
    window = window_of(name)
    for table in (each for each in sources if each in EVENTS):
        held = months.get(table) or months.get(MEASURE) or ()
        if not held:
            continue
        whole = table == MEASURE  # bills look back over whole months
        earlier, later = (_month_begins(day) if whole else day for day in (before, as_of))
        then, now = known_days(held, earlier, window), known_days(held, later, window)
        found = Cause(kind="window", window=window, then=then, now=now, newest=held[-1])
        if abs(then - now) > _SMALL * window:
            return found
        if later > earlier and later > _month_ends(held[-1]):
            return found.model_copy(update={"kind": "stale"})
    return None


def comparable(snapshot: Snapshot, names: Sequence[str], before: date, as_of: date) -> list[str]:
    """Those of the view's columns that what is known on two days gives no cause to move: the rest tell of the data."""
    months = {table: snapshot.months(table) for table in EVENTS}
    sources = {name: FEATURES[name].sources if name in FEATURES else () for name in names}
    return [name for name in names if cause_of(name, sources[name], months, before, as_of) is None]


def window_of(name: str) -> int:
    """The days that a feature looks back over, told by its name; a year where that says nothing.

    >>> [window_of(name) for name in ("arpu_3m", "calls_7d", "charge_last_month", "tenure_months")]
    [91, 7, 30, 365]
    """
    if name.endswith("_last_month"):
        return round(_DAYS_A_MONTH)
    found = _WINDOW.search(name)
    return LONGEST if found is None else round(int(found[1]) * (_DAYS_A_MONTH if found[2] == "m" else 1))


def known_days(months: Sequence[str], as_of: date, window: int) -> int:
    """How many of the last `window` days before a day lie between the first and the last of the known months.

    >>> known_days(["2026-05", "2026-06", "2026-07"], date(2026, 8, 11), 30)
    20
    """
    first = max(date.fromisoformat(f"{months[0]}-01"), as_of - timedelta(days=window))
    return max(0, (min(_month_ends(months[-1]), as_of) - first).days)


def _month_begins(day: date) -> date:
    return day.replace(day=1)


def _month_ends(month: str) -> date:
    """The first day after the month."""
    return (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1)
