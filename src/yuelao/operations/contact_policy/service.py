"""Commands on the contact policy: save a version, and write a contact into the ledger."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.common.ids import new_id
from yuelao.operations.contact_policy.rules import check
from yuelao.operations.contact_policy.schemas import Contact, NewContact, PolicyDefinition
from yuelao.storage import definitions
from yuelao.storage.session import serialise
from yuelao.storage.tables import ContactRow, PolicyVersionRow


def save(session: Session, policy: PolicyDefinition, by: str, now: datetime) -> int:
    """Keep the policy as its newest version; Refused when a condition cannot be read."""
    check(policy)
    return definitions.save(session, PolicyVersionRow, policy.name, policy.model_dump(mode="json"), by, now)


def record(session: Session, contact: NewContact) -> Contact:
    """Write a contact into the ledger.

    PostgreSQL hands out sequence numbers before the commit, so two writers could commit in the other order, and a
    reader who had seen the later number would never see the earlier one. Writers therefore take turns from the number
    to the commit; it lasts as long as the rest of the transaction, so record late in it.
    """
    serialise(session, "contacts")
    row = ContactRow(contact_id=new_id(), **contact.model_dump(exclude={"outcome"}), outcome=contact.outcome.value)
    session.add(row)
    session.flush()
    return Contact.model_validate(row)
