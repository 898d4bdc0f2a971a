"""Commands on match runs: keep one, and note its launch."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.operations.decisions.rules import State, launch
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.storage.tables import MatchRunRow


def save_run(
    session: Session,
    *,
    run: str,
    campaign: str,
    version: int,
    as_of: date,
    summary: Mapping[str, Any],
    ledger_sequence: int,
    by: str,
    now: datetime,
) -> MatchRun:
    """Keep a run that has been planned; its decisions must be in the lake already."""
    row = MatchRunRow(
        run=run,
        campaign=campaign,
        version=version,
        as_of=as_of,
        state=State.PLANNED,
        summary=dict(summary),
        ledger_sequence=ledger_sequence,
        created_by=by,
        created_at=now,
        launched_at=None,
    )
    session.add(row)
    session.flush()
    return MatchRun.model_validate(row)


def mark_launched(session: Session, run: str, now: datetime) -> MatchRun:
    """Note that the run's tasks were made; Conflict the second time."""
    row = session.get(MatchRunRow, run, with_for_update=True)
    if row is None:
        raise NotFound("There is no such match", where=f"run {run!r}")
    row.state = launch(State(row.state), run)
    row.launched_at = now
    session.flush()
    return MatchRun.model_validate(row)
