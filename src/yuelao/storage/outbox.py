"""The outbox: effects on the outside world, written in the transaction that causes them and carried out later, once.

    with database.transaction() as session:
        ...                                                     # the change
        outbox.send_later(session, "sms", f"order:{order_id}", {"to": customer_id, …}, now)

    with database.transaction() as session:                     # in the worker, again and again
        messages = outbox.take(session, 20, now)                # leased: no other sender gets them for a while
    …                                                           # send each; then, in a transaction of its own:
    outbox.mark_sent(session, message, now)  or  outbox.mark_failed(session, message, "why", now)

A sender that dies after sending and before marking will send again, so receivers are given the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.storage import bulk
from yuelao.storage.tables import OutboxRow

WAITING, SENT, FAILED = "waiting", "sent", "failed"
LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 12


@dataclass(frozen=True)
class Message:
    """One effect to carry out; `attempt` counts from 1."""

    message_id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int


def send_later(session: Session, kind: str, key: str, payload: Mapping[str, Any], now: datetime) -> bool:
    """Write one effect; False, and nothing written, when an effect of this kind and key is there already."""
    row = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "state": WAITING,
        "attempts": 0,
        "next_at": now,
        "last_error": "",
        "created_at": now,
    }
    return bool(bulk.insert_new(session, OutboxRow, [row]))


def take(session: Session, limit: int, now: datetime) -> list[Message]:
    """The next messages due, oldest first, leased to the caller; without a mark they come again after two minutes."""
    due = (
        select(OutboxRow)
        .where(OutboxRow.state == WAITING, OutboxRow.next_at <= now)
        .order_by(OutboxRow.next_at, OutboxRow.message_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.attempts += 1
        row.next_at = now + LEASE
    session.flush()
    return [Message(row.message_id, row.kind, row.key, row.payload, row.attempts) for row in rows]


def mark_sent(session: Session, message: Message, now: datetime) -> None:
    """The message has gone out."""
    row = _row(session, message)
    if row.state != WAITING or row.attempts != message.attempt:
        return  # another sender has it by now
    row.state, row.sent_at = SENT, now


def mark_failed(session: Session, message: Message, error: str, now: datetime) -> None:
    """It did not go out: try again after a pause that doubles each time, and give up after twelve attempts."""
    row = _row(session, message)
    if row.state != WAITING or row.attempts != message.attempt:
        return  # another sender has it by now
    row.last_error = error[:500]
    row.state = FAILED if message.attempt >= MOST_ATTEMPTS else WAITING
    row.next_at = now + retry_after(message.attempt)


def retry_after(attempt: int) -> timedelta:
    """The pause after the given attempt: 10 s, 20 s, 40 s … at most an hour."""
    return min(FIRST_RETRY * (1 << min(attempt - 1, 16)), LONGEST_RETRY)


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return dict(rows.all())


def send_again(session: Session, kind: str, key: str, now: datetime) -> None:
    """Give a message that was given up another round of attempts."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.kind == kind, OutboxRow.key == key, OutboxRow.state == FAILED)
        .values(state=WAITING, attempts=0, next_at=now)
    )


def _row(session: Session, message: Message) -> OutboxRow:
    row = session.get(OutboxRow, message.message_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no message {message.message_id}", where="outbox")
    return row
