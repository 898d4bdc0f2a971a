"""Play: simulated agents work the call tasks of past days on customers whose answers the simulated operator knows.

Everything goes the way it goes at a real desk: `hand_out_task`, `close_call`, the contact policy and the ledger; only
the voice at the other end, and what customers order of their own accord, come from the simulation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from yuelao.common.clock import FixedClock
from yuelao.common.outcomes import Outcome
from yuelao.common.progress import Progress, silent
from yuelao.operations import customers, tasks
from yuelao.operations.staff.schemas import User
from yuelao.simulation.outcomes import Truth, load_truth
from yuelao.workflows.close_call import Closing, close, connect, dial
from yuelao.workflows.confirm_order import take_reply
from yuelao.workflows.desk_card import DeskCard
from yuelao.workflows.hand_out_task import hand_out
from yuelao.workflows.house import House

_SHIFTS = ((time(9), time(12)), (time(14), time(20)))
_RING = timedelta(seconds=25)
_WRAP_UP = timedelta(seconds=45)
_YES = "是"
_CALL_BACK_AFTER = timedelta(days=1)


class Played(BaseModel):
    """How many calls were made, and what came of them."""

    model_config = ConfigDict(frozen=True)

    calls: int
    outcomes: dict[str, int]


@dataclass(frozen=True)
class _Seat:
    agent: User
    language: str = "zh"


def play_calls(
    house: House, extracts: Path, agents: list[User], days: list[date], seed: int, progress: Progress = silent
) -> Played:
    """Let `agents` work their shifts on each of `days`, in order, until no task is left."""
    truth = load_truth(extracts)
    counts: dict[str, int] = {}
    with house.database.transaction(read_only=True) as session:
        waiting = sum(states.get("ready", 0) for states in tasks.counts(session).values())
    for day in days:
        for agent in agents:
            for outcome in _work_day(house, truth, _Seat(agent), day, seed):
                counts[outcome] = counts.get(outcome, 0) + 1
            progress("play the customers", min(sum(counts.values()), waiting), waiting)
    progress("play the customers", waiting, waiting)
    return Played(calls=sum(counts.values()), outcomes=dict(sorted(counts.items())))


def _work_day(house: House, truth: Truth, seat: _Seat, day: date, seed: int) -> Iterator[str]:
    """One agent's shifts; yields the outcome of each call, and ends when nothing is left to hand out."""
    for start, end in _SHIFTS:
        clock = FixedClock(datetime.combine(day, start, house.workspace.timezone))
        close_of_shift = datetime.combine(day, end, house.workspace.timezone)
        while clock() < close_of_shift:
            outcome = _one_call(house, truth, seat, clock, seed)
            if outcome is None:
                return
            yield outcome


def _one_call(house: House, truth: Truth, seat: _Seat, clock: FixedClock, seed: int) -> str | None:
    """Take a task, ring, talk, write down; None when there is nothing to hand out."""
    with house.database.transaction() as session:
        card = hand_out(session, house.workspace, seat.agent, clock(), seat.language)
        if not isinstance(card, DeskCard):
            return None
        task = card.task
        dialled = dial(session, house.workspace, seat.agent, task.task_id, task.lease_version, clock())
        if dialled.refusal is not None:
            return "refused_by_policy"
        local = clock().astimezone(house.workspace.timezone).replace(tzinfo=None)
        recent = sum(1 for contact in card.contacts if contact.contacted_at > clock() - timedelta(days=30))
        [answer] = truth.answer([card.customer.source_id], [task.product], [local], [recent], seed)
        clock.advance(_RING)
        if answer.outcome.reached:
            connect(session, seat.agent, task.task_id, task.lease_version, clock())
            clock.advance(timedelta(seconds=answer.talk_seconds))
        back_at = clock() + _CALL_BACK_AFTER if answer.outcome is Outcome.CALL_BACK else None
        closing = Closing(outcome=answer.outcome, call_back_at=back_at)
        close(session, seat.agent, task.task_id, task.lease_version, closing, clock())
        if answer.outcome is Outcome.SOLD and dialled.phone:
            take_reply(session, dialled.phone, _YES, f"played:{task.task_id}", clock())
        clock.advance(_WRAP_UP)
    return answer.outcome.value


def play_orders(
    house: House, extracts: Path, customer_ids: list[str], products: list[str], since: date, seed: int
) -> int:
    """Load what these customers order unprompted within 30 days from `since`, as far as it lies in the past."""
    truth = load_truth(extracts)
    with house.database.transaction(read_only=True) as session:
        people = customers.identities(session, customer_ids)
    ids, source_ids = [person.customer_id for person in people], [person.source_id for person in people]
    rows = []
    for product in products:
        moments = truth.buys_anyway(source_ids, [product] * len(source_ids), since, seed)
        for customer_id, moment in zip(ids, moments, strict=True):
            if moment is not None and moment <= house.local_now():
                rows.append(
                    {
                        "order_id": f"{customer_id}-{product}-{moment:%Y%m%d}",
                        "customer_id": customer_id,
                        "ordered_at": moment,
                        "product": product,
                        "channel": "app",
                        "state": "activated",
                    }
                )
    if rows:
        house.lake.upsert("orders", pa.Table.from_pylist(rows))
    return len(rows)
