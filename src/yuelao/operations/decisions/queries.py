"""Reading match runs."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.operations.decisions.rules import State
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.storage.tables import MatchRunRow


def get(session: Session, run: str, *, lock: bool = False) -> MatchRun:
    """The run with this id; with `lock`, nobody else changes it until this transaction ends."""
    row = session.get(MatchRunRow, run, with_for_update=lock)
    if row is None:
        raise NotFound("There is no such match", where=f"run {run!r}")
    return MatchRun.model_validate(row)


def runs(session: Session, campaign: str | None = None, limit: int = 100) -> list[MatchRun]:
    """The newest runs first, of one campaign or of all."""
    wanted = select(MatchRunRow).order_by(MatchRunRow.created_at.desc(), MatchRunRow.run.desc()).limit(limit)
    if campaign is not None:
        wanted = wanted.where(MatchRunRow.campaign == campaign)
    return [MatchRun.model_validate(row) for row in session.scalars(wanted)]


def newest(session: Session, campaign: str) -> MatchRun | None:
    """The newest run of a campaign."""
    return next(iter(runs(session, campaign, limit=1)), None)


def launched(session: Session, campaign: str) -> list[MatchRun]:
    """The runs of a campaign whose tasks were made, the oldest first."""
    rows = session.scalars(
        select(MatchRunRow)
        .where(MatchRunRow.campaign == campaign, MatchRunRow.state == State.LAUNCHED)
        .order_by(MatchRunRow.launched_at, MatchRunRow.run)
    )
    return [MatchRun.model_validate(row) for row in rows]


def find(session: Session, campaign: str, version: int, as_of: date) -> MatchRun | None:
    """The run of this version and date, so that nothing is done twice: the launched one, else the newest."""
    rows = session.scalars(
        select(MatchRunRow)
        .where(MatchRunRow.campaign == campaign, MatchRunRow.version == version, MatchRunRow.as_of == as_of)
        .order_by(MatchRunRow.created_at.desc(), MatchRunRow.run.desc())
    ).all()
    chosen = next((row for row in rows if row.state == State.LAUNCHED), rows[0] if rows else None)
    return MatchRun.model_validate(chosen) if chosen else None
