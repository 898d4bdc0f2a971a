"""Commands on campaigns: write a version, and bring it from state to state; each step stays in the history."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict
from yuelao.operations.campaigns.queries import campaign, counting, rows_of
from yuelao.operations.campaigns.rules import STARTED, Action, State, move, way_to_end, way_to_start
from yuelao.operations.campaigns.schemas import Campaign, CampaignDefinition
from yuelao.storage.session import serialise
from yuelao.storage.tables import CampaignHistoryRow, CampaignVersionRow


def save(session: Session, definition: CampaignDefinition, by: str, now: datetime) -> Campaign:
    """Write the campaign: a draft is overwritten, anything that was decided on stays and gets a next version.

    The same content again changes nothing. Conflict while the newest version waits for its approval.
    """
    serialise(session, f"campaign:{definition.name}")
    newest = session.scalars(
        select(CampaignVersionRow)
        .where(CampaignVersionRow.name == definition.name)
        .order_by(CampaignVersionRow.version.desc())
        .limit(1)
    ).first()
    content = definition.model_dump(mode="json")
    if newest is not None and newest.content == content:
        return campaign(newest)
    if newest is not None and newest.state == State.SUBMITTED:
        raise Conflict(
            "The campaign waits for its approval", where=f"campaign {newest.name}", hint="Change it once it is decided"
        )
    if newest is not None and newest.state == State.DRAFT:
        newest.content, newest.saved_by, newest.saved_at = content, by, now
        row = newest
    else:
        version = newest.version + 1 if newest else 1
        row = CampaignVersionRow(
            name=definition.name, version=version, content=content, state=State.DRAFT, saved_by=by, saved_at=now
        )
        session.add(row)
    session.flush()
    _note(session, row, "save", by, "", now)
    return campaign(row)


def submit(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """Hand the newest version in for approval."""
    return _act(session, _newest(session, name), Action.SUBMIT, by, now, reason)


def approve(
    session: Session, name: str, *, by: str, now: datetime, reason: str = "", version: int | None = None
) -> Campaign:
    """Approve the newest version; with `version`, only if it is the one that was read."""
    return _act(session, _newest(session, name, version), Action.APPROVE, by, now, reason)


def reject(session: Session, name: str, *, by: str, now: datetime, reason: str, version: int | None = None) -> Campaign:
    """Reject the newest version, saying why."""
    return _act(session, _newest(session, name, version), Action.REJECT, by, now, reason)


def start(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """Start the newest version, with its trial if it plans one; an older version that was started ends."""
    rows = rows_of(session, name, lock=True)
    newest = rows[0]
    has_trial = newest.content.get("trial") is not None
    started = _act(session, newest, way_to_start(has_trial), by, now, reason)
    for row in rows[1:]:
        if State(row.state) in STARTED:
            _act(session, row, way_to_end(State(row.state)), by, now, f"replaced by version {newest.version}")
    return started


def go(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """After its trial: run in full."""
    return _act(session, _counting(session, name), Action.GO, by, now, reason)


def stop(session: Session, name: str, *, by: str, now: datetime, reason: str) -> Campaign:
    """After its trial: end it, saying why."""
    return _act(session, _counting(session, name), Action.STOP, by, now, reason)


def pause(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """Let it rest."""
    return _act(session, _counting(session, name), Action.PAUSE, by, now, reason)


def resume(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """Let it run again."""
    return _act(session, _counting(session, name), Action.RESUME, by, now, reason)


def close(session: Session, name: str, *, by: str, now: datetime, reason: str = "") -> Campaign:
    """End it for good."""
    return _act(session, _counting(session, name), Action.CLOSE, by, now, reason)


def _newest(session: Session, name: str, version: int | None = None) -> CampaignVersionRow:
    row = rows_of(session, name, lock=True)[0]
    if version not in (None, row.version):
        raise Conflict(
            f"There is a newer version, {row.version}, than the one you read, {version}",
            where=f"campaign {name}",
            hint="Read it first",
        )
    return row


def _counting(session: Session, name: str) -> CampaignVersionRow:
    return counting(rows_of(session, name, lock=True))


def _act(session: Session, row: CampaignVersionRow, action: Action, by: str, now: datetime, reason: str) -> Campaign:
    row.state = move(State(row.state), action, reason)
    session.flush()
    _note(session, row, action, by, reason, now)
    return campaign(row)


def _note(session: Session, row: CampaignVersionRow, action: str, by: str, reason: str, now: datetime) -> None:
    session.add(
        CampaignHistoryRow(
            campaign=row.name,
            version=row.version,
            action=str(action),
            state=row.state,
            actor=by,
            reason=reason,
            happened_at=now,
        )
    )
