"""Table of `operations/tasks`: call tasks with their lease, indexed so that a claim touches a handful of rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, TextClause, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored

# A partial index serves only a query that says its condition in the same words: queries use these very texts.
IS_READY = text("state = 'ready'")
IS_SCHEDULED = text("state = 'scheduled'")
IS_PUT_OFF = text("state IN ('scheduled', 'recycled')")
IS_WAITING = text("state IN ('ready', 'scheduled', 'recycled')")
IS_LIVE = text("state IN ('leased', 'dialling', 'connected', 'wrap_up')")
IS_ACTIVE = text("state IN ('ready', 'scheduled', 'recycled', 'leased', 'dialling', 'connected', 'wrap_up')")
_BEST_FIRST = (text("priority DESC"), text("value DESC"), "task_id")


def _where(condition: TextClause) -> dict[str, Any]:
    """A partial index on both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}


class TaskRow(Stored):
    """One call to make; an empty `team` means any team."""

    __tablename__ = "tasks"

    task_id: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[str]
    campaign: Mapped[str]
    campaign_version: Mapped[int]
    customer_id: Mapped[str]
    person_id: Mapped[str]
    product: Mapped[str]
    channel: Mapped[str]
    alternatives: Mapped[list[Any]]
    why: Mapped[dict[str, Any]]
    team: Mapped[str]
    priority: Mapped[int]
    value: Mapped[float]
    state: Mapped[str]
    agent: Mapped[str | None]
    lease_version: Mapped[int]
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    outcome: Mapped[str | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("run", "customer_id", "product"),
        Index("uq_tasks_active_person", "person_id", unique=True, **_where(IS_ACTIVE)),
        Index("uq_tasks_live_agent", "agent", unique=True, **_where(IS_LIVE)),
        Index("ix_tasks_pool", "team", *_BEST_FIRST, **_where(IS_READY)),
        Index("ix_tasks_call_back", "agent", "due_at", **_where(IS_SCHEDULED)),
        Index("ix_tasks_due", "state", "due_at", **_where(IS_PUT_OFF)),
        Index("ix_tasks_lease", "lease_until", **_where(IS_LIVE)),
        Index("ix_tasks_expiry", "expires_at", **_where(IS_WAITING)),
        Index("ix_tasks_customer", "customer_id"),
        Index("ix_tasks_campaign", "campaign", "state"),
    )
