"""The one command on the audit: add an entry. The database itself refuses to change or delete one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.storage.tables import AuditRow


def record(
    session: Session, actor: str, action: str, object: str, detail: Mapping[str, object] | None, now: datetime
) -> None:
    """Note that `actor` did `action` to `object`; `detail` must not hold names, numbers or passwords."""
    session.add(AuditRow(happened_at=now, actor=actor, action=action, object=object, detail=dict(detail or {})))
