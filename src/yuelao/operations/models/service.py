"""Commands on the register of models: register a version, put one into use, take the one before, note the upkeep."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict
from yuelao.operations.models.queries import get, promotions
from yuelao.operations.models.rules import one_before
from yuelao.operations.models.schemas import ModelVersion, NewVersion, Upkeep
from yuelao.storage.session import serialise
from yuelao.storage.tables import ModelPromotionRow, ModelUpkeepRow, ModelVersionRow


def add(session: Session, new: NewVersion, by: str, now: datetime) -> ModelVersion:
    """Register a trained version; the same version again is the one there is."""
    serialise(session, f"models:{new.name}")
    if session.get(ModelVersionRow, (new.name, new.version)) is None:
        session.add(ModelVersionRow(**new.model_dump(), trained_by=by, trained_at=now))
        session.flush()
    return get(session, new.name, new.version)


def promote(session: Session, name: str, version: str, by: str, reason: str, now: datetime) -> ModelVersion:
    """Put a version into use; nothing changes where it is already. NotFound where there is no such version."""
    serialise(session, f"models:{name}")
    get(session, name, version)
    before = promotions(session, name)
    if not before or before[0].version != version:
        place = before[0].place + 1 if before else 1
        session.add(
            ModelPromotionRow(name=name, place=place, version=version, reason=reason, promoted_by=by, promoted_at=now)
        )
        session.flush()
    return get(session, name, version)


def roll_back(
    session: Session, name: str, by: str, reason: str, now: datetime, judged: str | None = None
) -> ModelVersion:
    """Put the version into use that was before the present one; Conflict where there was none.

    judged: the version the reason is about; Conflict where by now another one is in use.
    """
    serialise(session, f"models:{name}")
    before = promotions(session, name)
    if judged is not None and (not before or before[0].version != judged):
        raise Conflict(f"{judged} is no longer in use", where=name, hint="Somebody put another version into use")
    return promote(session, name, one_before(before), by, reason, now)


def note(session: Session, done: Upkeep) -> None:
    """Note what the machine did; the first note of a model and a day of data stands."""
    serialise(session, f"models:{done.name}")
    if session.get(ModelUpkeepRow, (done.name, done.day)) is None:
        session.add(ModelUpkeepRow(**done.model_dump()))
        session.flush()
