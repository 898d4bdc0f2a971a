"""Sign in, sign out, choose the language; and the way from `/` to the first page of one's role."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from yuelao.common.errors import Refused
from yuelao.common.language import LANGUAGES, _
from yuelao.operations import staff
from yuelao.web import navigation
from yuelao.web.pages import LANGUAGE_COOKIE, Page, ThePage
from yuelao.web.requests import (
    GUEST_COOKIE,
    SESSION_COOKIE,
    House,
    Person,
    SignedIn,
    Transaction,
    Visitor,
    guest_token,
    set_cookie,
)
from yuelao.workflows.sign_in import sign_in as begin_session

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


@router.get("/")
def first(page: ThePage, visitor: Visitor) -> Response:
    """To the first page of one's role, or to the sign-in."""
    return page.go(_first_page(visitor) if visitor else "/sign-in")


@router.get("/sign-in")
def sign_in_page(request: Request, page: ThePage, visitor: Visitor, back: str = "") -> Response:
    """The form; who is signed in already goes on."""
    return page.go(_first_page(visitor)) if visitor else _form(page, request, name="", back=back)


@router.post("/sign-in")
def sign_in(
    request: Request,
    page: ThePage,
    house: House,
    session: Transaction,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=1000)],
    back: Annotated[str, Form()] = "",
) -> Response:
    """Begin a session; a wrong password is written down."""
    name = name.strip().lower()
    session.rollback()  # the request's own transaction: trying a password takes long, and nobody must wait for it
    try:
        begun = begin_session(house, name, password)
    except Refused as refusal:
        if refusal.code != "too_many_attempts":
            raise
        problem = page.say(_("Too many wrong passwords. Wait a quarter of an hour, then try again."))
        return _form(page, request, name=name, back=back, problem=problem, status=429)
    if begun is None:
        problem = page.say(_("Name or password is wrong. After five wrong passwords you have to wait."))
        return _form(page, request, name=name, back=back, problem=problem, status=401)
    hours = house.workspace.settings.session_hours
    response = page.go(_inside(back) or _first_page(Person(begun.user)))
    set_cookie(request, response, SESSION_COOKIE, begun.token, max_age=hours * 3600)
    response.delete_cookie(GUEST_COOKIE)
    return response


@router.post("/sign-out")
def sign_out(request: Request, page: ThePage, session: Transaction) -> Response:
    """End the session; a task still held runs out with its lease."""
    if token := request.cookies.get(SESSION_COOKIE):
        staff.end_session(session, token)
    response = page.go("/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.post("/language")
def choose_language(
    request: Request,
    page: ThePage,
    session: Transaction,
    visitor: Visitor,
    language: Annotated[str, Form()],
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Change the language here and, for somebody signed in, for good."""
    if language not in LANGUAGES:
        raise Refused(_("This language is not spoken here"), where=language, hint=", ".join(LANGUAGES))
    if visitor:
        staff.set_language(session, visitor.user.name, language)
    response = page.go(_inside(back) or "/")
    set_cookie(request, response, LANGUAGE_COOKIE, language, max_age=_A_YEAR)
    return response


@router.get(navigation.NOWHERE)
def nothing_here(page: ThePage, _person: SignedIn) -> Response:
    """For roles whose screens do not exist yet."""
    return page.show("sign_in/nothing_here.html")


def _first_page(person: Person) -> str:
    return navigation.first_page(person.user.role, person.permissions)


def _inside(path: str) -> str:
    """The path if it leads to a page of ours, else nothing: a link must not lead people away after sign-in."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def _form(page: Page, request: Request, *, name: str, back: str, problem: str = "", status: int = 200) -> Response:
    token = guest_token(request)
    response = page.show("sign_in/sign_in.html", status=status, name=name, back=_inside(back), problem=problem)
    set_cookie(request, response, GUEST_COOKIE, token)
    return response
