"""What a route may ask of a request: the house, one transaction, the person signed in, a permission, an honest form.

    @router.post("/desk/next")
    def next_customer(session: Transaction, person: Annotated[Person, requires("task.work")]) -> Response: ...

The transaction ends after the route has run and before the answer leaves; it commits only when the route succeeded.
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from yuelao.common.errors import Forbidden, NotSignedIn
from yuelao.common.language import _
from yuelao.operations import staff
from yuelao.operations.staff.queries import csrf_token as csrf_token_of
from yuelao.operations.staff.rules import PERMISSIONS
from yuelao.operations.staff.schemas import User
from yuelao.workflows import house

SESSION_COOKIE = "yuelao_session"
GUEST_COOKIE = "yuelao_guest"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_AT_ONCE = (
    16  # fewer than the worker threads: whoever waits for the database never keeps the one who has it from ending
)


@dataclass(frozen=True)
class Person:
    """Who is signed in, and what they may do."""

    user: User

    @property
    def permissions(self) -> frozenset[str]:
        """Everything the role allows."""
        return frozenset(name for name in PERMISSIONS if self.user.may(name))


def web_of(request: Request) -> house.House:
    """The house that answers this request."""
    opened: house.House = request.app.state.web
    return opened


def _transaction(request: Request) -> Iterator[Session]:
    with web_of(request).database.transaction(read_only=request.method in _SAFE_METHODS) as session:
        yield session


House = Annotated[house.House, Depends(web_of)]
Transaction = Annotated[Session, Depends(_transaction, scope="function", max_concurrency=_AT_ONCE)]


def _visitor(request: Request, session: Transaction) -> Person | None:
    request.state.person = None
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with suppress(NotSignedIn):
            user = staff.session_user(session, token, web_of(request).now()).user
            request.state.person = Person(user)  # the page, the error page too, shows who is signed in
    return _person(request)


def _person(request: Request) -> Person | None:
    person: Person | None = request.state.person
    return person


Visitor = Annotated[Person | None, Depends(_visitor)]


def _signed_in(visitor: Visitor) -> Person:
    if visitor is None:
        raise NotSignedIn(_("You are not signed in, or your session has ended"), hint=_("Sign in again"))
    return visitor


SignedIn = Annotated[Person, Depends(_signed_in)]


class Permission:
    """The dependency of a route that only some roles may use; gives the person."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, person: SignedIn) -> Person:
        """The person signed in; Forbidden when their role lacks the permission."""
        if not person.user.may(self.name):
            raise Forbidden(
                _("Your role does not allow this"), where=self.name, hint=_("Ask an administrator for another role")
            )
        return person


def requires(name: str) -> Any:
    """Let in only those who hold the permission `name`: `person: Annotated[Person, requires("task.work")]`."""
    return Depends(Permission(name))


def csrf_token(request: Request) -> str:
    """What every form of this session (or, before sign-in, of this visitor) must send back."""
    bearer = request.cookies.get(SESSION_COOKIE) or request.cookies.get(GUEST_COOKIE) or ""
    return csrf_token_of(bearer) if bearer else ""


def guest_token(request: Request) -> str:
    """What binds the sign-in form to a visitor without a session: the cookie's value, new where there is none."""
    if not request.cookies.get(GUEST_COOKIE):
        request.cookies[GUEST_COOKIE] = secrets.token_urlsafe(24)
    return request.cookies[GUEST_COOKIE]


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send; encrypted transport only where we have it."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=max_age, httponly=True, samesite="lax", secure=secure)


async def refuse_forged(request: Request) -> None:
    """Refuse a changing request that does not carry the token of its session, in the form or in the header."""
    if request.method in _SAFE_METHODS:
        return
    sent = request.headers.get(CSRF_HEADER) or _text(await _form(request), CSRF_FIELD)
    expected = csrf_token(request)
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(_("This form is too old or was not made here"), hint=_("Reload the page and try again"))


async def _form(request: Request) -> FormData:
    form = await request.form()
    request.state.form = form  # kept, so that a refusal can show what was typed
    return form


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
