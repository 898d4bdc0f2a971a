"""Reading the audit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.operations.audit.schemas import Entry
from yuelao.storage.tables import AuditRow


def trail(session: Session, object: str | None = None, actor: str | None = None, limit: int = 100) -> list[Entry]:
    """The newest entries first, of one object, of one actor, or of all."""
    wanted = select(AuditRow).order_by(AuditRow.sequence.desc()).limit(limit)
    if object is not None:
        wanted = wanted.where(AuditRow.object == object)
    if actor is not None:
        wanted = wanted.where(AuditRow.actor == actor)
    return [Entry.model_validate(row) for row in session.scalars(wanted)]
