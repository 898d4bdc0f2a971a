"""What an interface may ask of a request: the house, one transaction, the person of the session, a permission."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie
from sqlalchemy.orm import Session

from yuelao.common.errors import NotSignedIn
from yuelao.operations import staff
from yuelao.operations.staff.schemas import User
from yuelao.workflows import house

SESSION_COOKIE = APIKeyCookie(name="yuelao_session", auto_error=False, description="The session of the screens.")
"""The screens' own session: who is signed in there may read here what their role may read there."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_AT_ONCE = 16


def _house_of(request: Request) -> house.House:
    opened: house.House = request.app.state.house
    return opened


House = Annotated[house.House, Depends(_house_of)]


def _transaction(request: Request, opened: House) -> Iterator[Session]:
    with opened.database.transaction(read_only=request.method in _SAFE_METHODS) as session:
        yield session


Transaction = Annotated[Session, Depends(_transaction, scope="function", max_concurrency=_AT_ONCE)]


def _signed_in(opened: House, session: Transaction, token: Annotated[str | None, Depends(SESSION_COOKIE)]) -> User:
    if not token:
        raise NotSignedIn("You are not signed in", hint="Sign in at /sign-in and send the session's cookie")
    return staff.session_user(session, token, opened.now()).user


SignedIn = Annotated[User, Depends(_signed_in)]


class Permission:
    """The dependency of a route that only some roles may use; gives the person."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, user: SignedIn) -> User:
        """The person signed in; Forbidden when their role lacks the permission."""
        user.require(self.name)
        return user


def requires(name: str) -> Any:
    """Let in only those who hold the permission `name`."""
    return Depends(Permission(name))
