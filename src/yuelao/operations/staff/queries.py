"""Reading staff: one user, all users, who a session belongs to."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, NotSignedIn, nearest
from yuelao.operations.staff.schemas import SignedIn, User
from yuelao.storage.tables import SessionRow, UserRow


def users(session: Session) -> list[User]:
    """Everybody, by name."""
    return [User.model_validate(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def find_user(session: Session, name: str) -> User:
    """The user called `name`."""
    row = session.get(UserRow, name)
    if row is None:
        known = list(session.scalars(select(UserRow.name)))
        raise NotFound(f"There is no user {name!r}", where="user", hint=nearest(name, known))
    return User.model_validate(row)


def session_user(session: Session, token: str, now: datetime) -> SignedIn:
    """Who holds the session `token`; NotSignedIn when it is unknown, ended, or its user no longer works here."""
    row = session.get(SessionRow, token_hash(token))
    user = session.get(UserRow, row.user_name) if row and row.ends_at > now else None
    if row is None or user is None or not user.active:
        raise NotSignedIn("Nobody is signed in", hint="Sign in")
    return SignedIn(user=User.model_validate(user), csrf_token=csrf_token(token), ends_at=row.ends_at)


def token_hash(token: str) -> str:
    """What is stored of a session's token: who reads the table cannot sign in with it."""
    return sha256(f"session:{token}".encode()).hexdigest()


def csrf_token(token: str) -> str:
    """The token of the session's forms; from the stored hash it cannot be told."""
    return sha256(f"csrf:{token}".encode()).hexdigest()
