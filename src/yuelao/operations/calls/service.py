"""Commands on calls: start, connect, hang up, finish."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict
from yuelao.common.ids import new_id
from yuelao.common.outcomes import Outcome
from yuelao.operations.calls.rules import talk_seconds
from yuelao.operations.calls.schemas import Call
from yuelao.storage.tables import CallRow


def start(
    session: Session,
    *,
    customer_id: str,
    agent: str,
    now: datetime,
    task_id: str | None = None,
    campaign: str | None = None,
) -> Call:
    """The phone rings."""
    row = CallRow(
        call_id=new_id(),
        task_id=task_id,
        customer_id=customer_id,
        campaign=campaign,
        agent=agent,
        started_at=now,
        note="",
    )
    session.add(row)
    session.flush()
    return Call.model_validate(row)


def connect(session: Session, *, task_id: str, agent: str, now: datetime) -> Call:
    """The customer has answered the task's call; said twice, the first time counts."""
    row = _open_call(session, task_id, agent)
    row.connected_at = row.connected_at or now
    session.flush()
    return Call.model_validate(row)


def hang_up(session: Session, *, task_id: str, agent: str, now: datetime) -> Call:
    """The talk is over; the time until the outcome is written down does not count as talk."""
    row = _open_call(session, task_id, agent)
    row.ended_at = row.ended_at or now
    session.flush()
    return Call.model_validate(row)


def finish(session: Session, *, task_id: str, agent: str, outcome: Outcome, now: datetime, note: str = "") -> int:
    """The task's call has ended; returns the seconds talked.

    An agent may forget to say that the customer answered: then a call that reached somebody counts from its start.
    """
    row = _open_call(session, task_id, agent)
    if outcome.reached and row.connected_at is None:
        row.connected_at = row.started_at
    row.ended_at = row.ended_at or now
    seconds = talk_seconds(row.connected_at, row.ended_at)
    row.outcome, row.talk_seconds, row.note = outcome.value, seconds, note
    session.flush()
    return seconds


def _open_call(session: Session, task_id: str, agent: str) -> CallRow:
    row = session.scalars(
        select(CallRow)
        .where(CallRow.task_id == task_id, CallRow.agent == agent, CallRow.outcome.is_(None))
        .order_by(CallRow.started_at.desc())
        .with_for_update()
    ).first()
    if row is None:
        raise Conflict("There is no open call of this task", where=f"task {task_id}", hint="Dial first")
    return row
