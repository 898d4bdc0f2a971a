"""Expect reach: how likely a call reaches each customer, and when best to call, as a match and the desk want it."""

import json
from dataclasses import asdict
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.analytics.reach import BestTime, Reach, Slots
from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.operations import contact_policy
from yuelao.operations.contact_policy import PolicyDefinition
from yuelao.warehouse.calling_hours import called_at
from yuelao.warehouse.snapshot import Snapshot

_UNKNOWN = 0.5
_WEEK = 7


def known_slots(snapshot: Snapshot, policy: PolicyDefinition, as_of: date) -> Slots:
    """The hours of a week that the policy leaves open, and of which the past tells: what was never tried is unknown."""
    weekdays, hours = called_at(snapshot, as_of)
    return tuple(slot for slot in contact_policy.calling_slots(policy) if slot[0] in weekdays and slot[1] in hours)


def chance_of_reach(reach: Reach | None, customers: pa.Table, asked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How likely a call reaches each of the `asked`, shape (rows,): over the open hours of a week, whatever the hour is
    now; without a model the customer's own rate, and a half where that is not known. 0 for those not asked.
    """
    found = np.zeros(customers.num_rows)
    if reach is None:
        found[asked] = pc.fill_null(customers["reach_rate"], _UNKNOWN).to_numpy().astype(np.float64)[asked]
    else:
        found[asked] = reach.mean(customers.filter(pa.array(asked)))
    return found


def best_times(reach: Reach | None, customers: pa.Table, asked: NDArray[np.bool_]) -> pa.Array:
    """When best to call each of the `asked`, as JSON; null where no hour is better, and for the others."""
    texts: list[str | None] = [None] * customers.num_rows
    if reach is not None:
        found = reach.best(customers.filter(pa.array(asked)))
        for row, best in zip(np.flatnonzero(asked), found, strict=True):
            texts[row] = json.dumps(asdict(best)) if best else None
    return pa.array(texts, pa.string())


def best_time_sentence(best: BestTime, language: str) -> str:
    """When a customer answers best, and how much better that is: `Answers best Tue–Thu 18:00–20:00: …`."""
    first, last = best.weekdays
    days = words.weekday(first, language)
    if last != first:
        days = f"{days}–{words.weekday(last, language)}"
    if last - first == _WEEK - 1:
        days = words.translate(_("every day"), language)
    return words.translate(
        _("Answers best {days} {start}–{end}: {best} against {mean} on average"), language, days=days,
        start=_clock(best.hours[0]), end=_clock(best.hours[1]),
        best=words.share(best.probability, language, 0), mean=words.share(best.mean, language, 0),
    )  # fmt: skip


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
