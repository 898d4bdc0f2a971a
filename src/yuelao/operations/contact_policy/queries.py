"""Reading the contact policy and the ledger."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yuelao.operations.contact_policy.rules import Touch
from yuelao.operations.contact_policy.schemas import Contact, PolicyDefinition
from yuelao.storage import definitions
from yuelao.storage.tables import ContactRow, PolicyVersionRow

_IN_ONE_QUERY = 5_000


def current(session: Session, name: str = "default") -> PolicyDefinition:
    """The newest version of the policy."""
    return PolicyDefinition.model_validate(definitions.current(session, PolicyVersionRow, name).content)


def history(session: Session, person_id: str, zone: ZoneInfo) -> list[Touch]:
    """Every contact of a person in our ledger, over all their numbers, on the wall clock of `zone`."""
    rows = session.execute(
        select(ContactRow.contacted_at, ContactRow.channel, ContactRow.outcome)
        .where(ContactRow.person_id == person_id)
        .order_by(ContactRow.contacted_at)
    )
    return [Touch(row.contacted_at.astimezone(zone).replace(tzinfo=None), row.channel, row.outcome) for row in rows]


def histories(session: Session, person_ids: Sequence[str], zone: ZoneInfo) -> dict[str, list[Touch]]:
    """`history` of many persons at once; those without a contact are missing."""
    found: dict[str, list[Touch]] = {}
    for start in range(0, len(person_ids), _IN_ONE_QUERY):
        rows = session.execute(
            select(ContactRow.person_id, ContactRow.contacted_at, ContactRow.channel, ContactRow.outcome)
            .where(ContactRow.person_id.in_(person_ids[start : start + _IN_ONE_QUERY]))
            .order_by(ContactRow.contacted_at)
        )
        for row in rows:
            touch = Touch(row.contacted_at.astimezone(zone).replace(tzinfo=None), row.channel, row.outcome)
            found.setdefault(row.person_id, []).append(touch)
    return found


def recent(session: Session, person_id: str, limit: int) -> list[Contact]:
    """The newest contacts of a person in our ledger, the newest first."""
    rows = session.scalars(
        select(ContactRow)
        .where(ContactRow.person_id == person_id)
        .order_by(ContactRow.contacted_at.desc(), ContactRow.sequence.desc())
        .limit(limit)
    )
    return [Contact.model_validate(row) for row in rows]


def since(session: Session, sequence: int, limit: int | None = None) -> list[Contact]:
    """The contacts after `sequence`, in order. None with a smaller sequence can appear later: `record` sees to that."""
    rows = session.scalars(
        select(ContactRow).where(ContactRow.sequence > sequence).order_by(ContactRow.sequence).limit(limit)
    )
    return [Contact.model_validate(row) for row in rows]


def last_sequence(session: Session) -> int:
    """The sequence of the newest contact; 0 in an empty ledger."""
    return session.scalar(select(func.max(ContactRow.sequence))) or 0
