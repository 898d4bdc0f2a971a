"""Commands on staff: add a user, change one, sign in and out."""

import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, Refused
from yuelao.operations.staff.queries import find_user, token_hash
from yuelao.operations.staff.rules import FAILURES_WITHIN, check_name, check_password, checked_role, wait_until
from yuelao.operations.staff.schemas import Attempt, User
from yuelao.storage.session import serialise
from yuelao.storage.tables import SessionRow, SignInFailureRow, UserRow

_hasher = PasswordHasher()


def add_user(
    session: Session,
    name: str,
    role: str,
    password: str,
    *,
    now: datetime,
    display_name: str = "",
    team: str | None = None,
    language: str | None = None,
) -> User:
    """Add a user; Refused where the name is taken or not one, or the role or the password is not allowed."""
    check_name(name)
    check_password(password)
    known_role = checked_role(role)
    serialise(session, f"user:{name}")
    if session.get(UserRow, name) is not None:
        raise Refused(f"There already is a user {name!r}", where="name", hint="Choose another name", code="taken")
    row = UserRow(
        name=name,
        role=known_role.value,
        display_name=display_name or name,
        team=team,
        language=language,
        password_hash=_hasher.hash(password),
        active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return User.model_validate(row)


def password_hash(session: Session, name: str, now: datetime) -> str:
    """What to try a password against; of nobody, for a name that is no user's.

    Refused (too_many_attempts) after five failures in 15 minutes, whether or not the name is a user's: an answer must
    not tell which names exist.
    """
    _check_attempts(session, name, now)
    row = session.get(UserRow, name)
    return row.password_hash if row else _hash_of_nobody()


def try_password(stored: str, password: str) -> Attempt:
    """Whether the password is the one that was stored. Slow on purpose, so never within a transaction."""
    right = _matches(stored, password)
    newer = _hasher.hash(password) if right and _hasher.check_needs_rehash(stored) else None
    return Attempt(stored=stored, right=right, newer=newer)


def authenticate(session: Session, name: str, attempt: Attempt, now: datetime) -> User | None:
    """The user, if the attempt was right; None if it was not, and then the failure is on record.

    So the caller must commit even when the answer is None. Refused as by `password_hash`: of many attempts made at the
    same time, too, only five get an answer.
    """
    serialise(session, f"sign-in:{name}")
    _check_attempts(session, name, now)
    row = session.get(UserRow, name)
    if row is None or not row.active or not attempt.right or row.password_hash != attempt.stored:
        session.execute(delete(SignInFailureRow).where(SignInFailureRow.failed_at <= now - FAILURES_WITHIN))
        session.add(SignInFailureRow(name=name[:80], failed_at=now))
        return None
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.name == name))
    row.password_hash = attempt.newer or row.password_hash
    return User.model_validate(row)


def _check_attempts(session: Session, name: str, now: datetime) -> None:
    recent = select(SignInFailureRow.failed_at).where(
        SignInFailureRow.name == name[:80], SignInFailureRow.failed_at > now - FAILURES_WITHIN
    )
    until = wait_until(list(session.scalars(recent)), now)
    if until is not None:
        minutes = int((until - now).total_seconds() // 60) + 1
        raise Refused("Too many wrong passwords", hint=f"Try again in {minutes} min", code="too_many_attempts")


def start_session(session: Session, user: str, now: datetime, hours: int = 12) -> str:
    """Begin a session and return its token, which is told this once and stored only as a hash."""
    session.execute(delete(SessionRow).where(SessionRow.ends_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(token_hash=token_hash(token), user_name=user, started_at=now, ends_at=now + timedelta(hours=hours))
    )
    return token


def end_session(session: Session, token: str) -> None:
    """Sign out; an unknown session is no mistake."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash(token)))


def set_password(session: Session, name: str, password: str) -> None:
    """Give a user another password and end all their sessions."""
    check_password(password)
    _row(session, name).password_hash = _hasher.hash(password)
    session.execute(delete(SessionRow).where(SessionRow.user_name == name))


def set_language(session: Session, name: str, language: str) -> None:
    """Remember the language a user reads."""
    _row(session, name).language = language


def deactivate(session: Session, name: str) -> None:
    """Let a user sign in no more; what they did stays on record."""
    _row(session, name).active = False
    session.execute(delete(SessionRow).where(SessionRow.user_name == name))


def _row(session: Session, name: str) -> UserRow:
    row = session.get(UserRow, name)
    if row is None:
        find_user(session, name)
        raise NotFound(f"There is no user {name!r}", where="user")
    return row


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    """Verified for unknown names, so that they take as long as known ones."""
    return _hasher.hash(secrets.token_hex(16))
