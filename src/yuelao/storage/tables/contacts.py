"""Table of `operations/contact_policy`: the ledger of all contacts, to which rows are only ever added."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Sequence, Stored


class ContactRow(Stored):
    """One contact with a person, by any channel and for any campaign."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_person", "person_id", "contacted_at"),)

    sequence: Mapped[Sequence]
    contact_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str]
    customer_id: Mapped[str]
    contacted_at: Mapped[datetime]
    channel: Mapped[str]
    outcome: Mapped[str]
    campaign: Mapped[str | None]
    product: Mapped[str | None]
    agent: Mapped[str | None]
    task_id: Mapped[str | None]
    talk_seconds: Mapped[int]
