"""Table of `operations/calls`: each call that was dialled."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class CallRow(Stored):
    """One call; `outcome` and `ended_at` are empty while it lasts."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_agent", "agent", "started_at"), Index("ix_calls_task", "task_id"))

    call_id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str | None]
    customer_id: Mapped[str] = mapped_column(index=True)
    campaign: Mapped[str | None]
    agent: Mapped[str]
    started_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    talk_seconds: Mapped[int | None]
    note: Mapped[str]
