"""Tables of `operations/staff`: users, their sessions, and the failed sign-ins that the rate limit counts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Sequence, Stored


class UserRow(Stored):
    """A person who signs in."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    display_name: Mapped[str]
    team: Mapped[str | None]
    language: Mapped[str | None]
    password_hash: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class SessionRow(Stored):
    """A sign-in; the token itself is never stored, only its hash."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SignInFailureRow(Stored):
    """A wrong password for a name, which need not be a user's."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_name", "name", "failed_at"),)

    failure_id: Mapped[Sequence]
    name: Mapped[str]
    failed_at: Mapped[datetime]
