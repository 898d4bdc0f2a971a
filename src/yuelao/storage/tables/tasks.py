"""Table of `operations/tasks`: call tasks with their lease, indexed so that a claim touches a handful of rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored

_LIVE = "state IN ('leased', 'dialling', 'connected', 'wrap_up')"
_WAITING = "state IN ('ready', 'scheduled', 'recycled')"
_BEST_FIRST = (text("priority DESC"), text("value DESC"), "task_id")
_ACTIVE = "state IN ('ready', 'scheduled', 'recycled', 'leased', 'dialling', 'connected', 'wrap_up')"


def _where(condition: str) -> dict[str, Any]:
    """A partial index on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
        Index("uq_tasks_active_person", "person_id", unique=True, **_where(_ACTIVE)),
        Index("uq_tasks_live_agent", "agent", unique=True, **_where(_LIVE)),
        Index("ix_tasks_pool", "team", *_BEST_FIRST, **_where("state = 'ready'")),
        Index("ix_tasks_call_back", "agent", "due_at", **_where("state = 'scheduled'")),
        Index("ix_tasks_due", "state", "due_at", **_where("state IN ('scheduled', 'recycled')")),
        Index("ix_tasks_lease", "lease_until", **_where(_LIVE)),
        Index("ix_tasks_expiry", "expires_at", **_where(_WAITING)),
        Index("ix_tasks_customer", "customer_id"),
        Index("ix_tasks_campaign", "campaign", "state"),
    )
