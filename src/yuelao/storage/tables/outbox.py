"""Table of `storage/outbox`: effects on the outside world, written with the change that causes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from yuelao.storage.tables.stored import Sequence, Stored

_WAITING = text("state = 'waiting'")


class OutboxRow(Stored):
    """One effect to carry out once; `key` makes writing it twice harmless."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_outbox_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    message_id: Mapped[Sequence]
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    last_error: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
