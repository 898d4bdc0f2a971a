"""Reading scripts."""

from sqlalchemy.orm import Session

from yuelao.operations.scripts.schemas import Script
from yuelao.storage import definitions
from yuelao.storage.tables import ScriptVersionRow


def current(session: Session, name: str) -> Script:
    """The newest version of a script."""
    return Script.model_validate(definitions.current(session, ScriptVersionRow, name).content)


def list_all(session: Session) -> list[Script]:
    """The newest version of every script, by name."""
    return [Script.model_validate(found.content) for found in definitions.current_of_all(session, ScriptVersionRow)]
