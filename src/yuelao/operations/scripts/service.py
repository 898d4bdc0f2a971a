"""The one command on scripts: save a version."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.operations.scripts.schemas import Script
from yuelao.storage import definitions
from yuelao.storage.tables import ScriptVersionRow


def save(session: Session, script: Script, by: str, now: datetime) -> int:
    """Keep the script as its newest version and return the version; the same content is the same version."""
    return definitions.save(session, ScriptVersionRow, script.name, script.model_dump(mode="json"), by, now)
