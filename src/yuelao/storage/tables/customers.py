"""Tables of `operations/customers`: who the customers are, and the profile that desk, policy and scripts may read."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class IdentityRow(Stored):
    """The only place where a pseudonym meets a name and a number."""

    __tablename__ = "identities"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    city: Mapped[str | None]


class ProfileGenerationRow(Stored):
    """One publication of all profiles; readers see the one whose `state` is current.

    `names`: the fields whose values its profiles list, in order; null where each profile names its own.
    """

    __tablename__ = "profile_generations"

    generation: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    state: Mapped[str]
    names: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    flipped_at: Mapped[datetime | None]


class ProfileRow(Stored):
    """The published fields of one customer in one generation: a list of values, or a mapping by name."""

    __tablename__ = "profiles"

    generation: Mapped[int] = mapped_column(ForeignKey("profile_generations.generation"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[list[Any] | dict[str, Any]] = mapped_column(JSON)
