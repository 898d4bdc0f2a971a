"""Reading campaigns: the version that counts, the one being written, all of them, and their history."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, nearest
from yuelao.operations.campaigns.rules import STARTED, State
from yuelao.operations.campaigns.schemas import Campaign, CampaignDefinition, HistoryStep
from yuelao.storage.tables import CampaignHistoryRow, CampaignVersionRow


def get(session: Session, name: str) -> Campaign:
    """The version that counts: the started one, else the newest approved one, else the newest."""
    return campaign(counting(rows_of(session, name)))


def newest(session: Session, name: str) -> Campaign:
    """The newest version, which may still be a draft while an older one runs."""
    return campaign(rows_of(session, name)[0])


def versions(session: Session, name: str) -> list[Campaign]:
    """All versions, the newest first."""
    return [campaign(row) for row in rows_of(session, name)]


def all_current(session: Session) -> list[Campaign]:
    """Of each campaign the version that counts; by priority, then by name."""
    by_name: dict[str, list[CampaignVersionRow]] = {}
    for row in session.scalars(select(CampaignVersionRow).order_by(CampaignVersionRow.version.desc())):
        by_name.setdefault(row.name, []).append(row)
    found = [campaign(counting(rows)) for rows in by_name.values()]
    return sorted(found, key=lambda each: (-each.definition.priority, each.name))


def in_state(session: Session, state: str) -> list[Campaign]:
    """The campaigns whose version that counts is in this state; by priority, then by name."""
    return [each for each in all_current(session) if each.state == state]


def paused(session: Session) -> list[str]:
    """The names of the campaigns that rest."""
    return list(session.scalars(select(CampaignVersionRow.name).where(CampaignVersionRow.state == State.PAUSED)))


def state_of(session: Session, name: str, version: int) -> State:
    """How far one version has come; NotFound when there is no such version."""
    row = session.get(CampaignVersionRow, (name, version))
    if row is None:
        raise NotFound(f"There is no version {version} of campaign {name!r}", where="campaign")
    return State(row.state)


def history(session: Session, name: str) -> list[HistoryStep]:
    """What happened to the campaign, the oldest first."""
    rows = session.scalars(
        select(CampaignHistoryRow).where(CampaignHistoryRow.campaign == name).order_by(CampaignHistoryRow.step)
    )
    return [HistoryStep.model_validate(row) for row in rows]


def rows_of(session: Session, name: str, *, lock: bool = False) -> Sequence[CampaignVersionRow]:
    """The versions, the newest first; NotFound names what is near."""
    wanted = (
        select(CampaignVersionRow).where(CampaignVersionRow.name == name).order_by(CampaignVersionRow.version.desc())
    )
    rows = session.scalars(wanted.with_for_update() if lock else wanted).all()
    if not rows:
        known = list(session.scalars(select(CampaignVersionRow.name).distinct()))
        raise NotFound(f"There is no campaign {name!r}", where="campaign", hint=nearest(name, known))
    return rows


def counting(rows: Sequence[CampaignVersionRow]) -> CampaignVersionRow:
    """The row of the version that counts, of rows with the newest first."""
    started = next((row for row in rows if State(row.state) in STARTED), None)
    return started or next((row for row in rows if row.state == State.APPROVED), rows[0])


def campaign(row: CampaignVersionRow) -> Campaign:
    """A row as data."""
    return Campaign(
        name=row.name,
        version=row.version,
        state=State(row.state),
        definition=CampaignDefinition.model_validate(row.content),
        saved_by=row.saved_by,
        saved_at=row.saved_at,
    )
