"""Table of `operations/audit`: who did what to what, to which rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from yuelao.storage.tables.stored import Sequence, Stored


class AuditRow(Stored):
    """One act of one actor."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_object", "object", "sequence"),
        Index("ix_audit_entries_actor", "actor", "sequence"),
    )

    sequence: Mapped[Sequence]
    happened_at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    detail: Mapped[dict[str, Any]]
