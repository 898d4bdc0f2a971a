"""People: the list, adding one with a password shown once, a new password, letting go; and the audit trail."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from yuelao.common.errors import Refused
from yuelao.common.language import _
from yuelao.operations import audit, staff
from yuelao.operations.staff import Role
from yuelao.web.pages import Page, ThePage
from yuelao.web.people.actions import TITLES
from yuelao.web.requests import House, Person, Transaction, requires

router = APIRouter()
Administrator = Annotated[Person, requires("staff.manage")]
Name = Annotated[str, Form(max_length=80)]
_PASSWORD_BYTES = 9
_TRAIL_SHOWN = 200


@router.get("/people")
def people(page: ThePage, session: Transaction, _administrator: Administrator) -> Response:
    """Everybody who may sign in, and the form to add one."""
    return _list(page, session)


@router.post("/people")
def add(
    page: ThePage,
    session: Transaction,
    house: House,
    administrator: Administrator,
    name: Name,
    role: Annotated[str, Form(max_length=40)],
    display_name: Name = "",
    team: Name = "",
) -> Response:
    """Add somebody; their password is shown this once."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    typed = {"name": name.strip().lower(), "role": role, "display_name": display_name.strip(), "team": team.strip()}
    try:
        added = staff.add_user(
            session,
            typed["name"],
            role,
            password,
            now=house.now(),
            display_name=typed["display_name"],
            team=typed["team"] or None,
        )
    except Refused as refusal:
        return _list(page, session, typed=typed, refusal=refusal)
    audit.record(session, administrator.user.name, "staff.add", f"user:{added.name}", {"role": role}, house.now())
    return _list(page, session, told=(added.name, password))


@router.post("/people/{name}/password")
def new_password(
    page: ThePage, session: Transaction, house: House, administrator: Administrator, name: str
) -> Response:
    """Give somebody a new password, shown this once; their sessions end."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    staff.set_password(session, name, password)
    audit.record(session, administrator.user.name, "staff.password", f"user:{name}", {}, house.now())
    return _list(page, session, told=(name, password))


@router.post("/people/{name}/let-go")
def let_go(page: ThePage, session: Transaction, house: House, administrator: Administrator, name: str) -> Response:
    """Let somebody sign in no more; what they did stays on record."""
    if name == administrator.user.name:
        raise Refused(_("You cannot shut yourself out"), where=name, hint=_("Ask another administrator"))
    staff.deactivate(session, name)
    audit.record(session, administrator.user.name, "staff.let_go", f"user:{name}", {}, house.now())
    return page.go("/people", page.say(_("{name} cannot sign in any more"), name=name))


@router.get("/audit")
def trail(
    page: ThePage,
    session: Transaction,
    _reader: Annotated[Person, requires("audit.read")],
    actor: Annotated[str, Query(max_length=80)] = "",
    what: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Who did what, the newest first; of one actor, of one object, or of all."""
    records = audit.trail(session, object=what.strip() or None, actor=actor.strip() or None, limit=_TRAIL_SHOWN)
    return page.show("people/audit.html", records=records, actor=actor, what=what, titles=TITLES)


def _list(
    page: Page,
    session: Transaction,
    *,
    typed: dict[str, str] | None = None,
    refusal: Refused | None = None,
    told: tuple[str, str] | None = None,
) -> Response:
    return page.show(
        "people/people.html",
        status=refusal.status if refusal else 200,
        users=staff.users(session),
        roles=[role.value for role in Role],
        typed=typed or {},
        refusal=refusal,
        told=told,
    )
