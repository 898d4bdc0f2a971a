"""Sign in: try a password and begin a session, without holding the database while the password is tried."""

from typing import NamedTuple

from yuelao.operations import staff
from yuelao.operations.staff.schemas import User
from yuelao.workflows.house import House


class Begun(NamedTuple):
    """A session that has begun; its token is told this once."""

    user: User
    token: str


def sign_in(house: House, name: str, password: str) -> Begun | None:
    """A session for the user; None when name or password is wrong. Refused (too_many_attempts) for too many of them."""
    now = house.now()
    with house.database.transaction(read_only=True) as session:
        stored = staff.password_hash(session, name, now)
    attempt = staff.try_password(stored, password)
    with house.database.transaction() as session:
        user = staff.authenticate(session, name, attempt, now)
        if user is None:
            return None
        return Begun(user, staff.start_session(session, user.name, now, house.workspace.settings.session_hours))
