"""The agent's desk: take the next customer, dial, connect, hang up, close with an outcome."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from yuelao.common.errors import Conflict, Refused
from yuelao.common.language import _
from yuelao.common.outcomes import Outcome
from yuelao.operations import calls, tasks
from yuelao.web.desk import view
from yuelao.web.desk.outcomes import TITLES
from yuelao.web.pages import Page, ThePage
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.workflows import close_call, hand_out_task
from yuelao.workflows.close_call import Closing
from yuelao.workflows.desk_card import DeskCard
from yuelao.workflows.hand_out_task import Nothing

router = APIRouter(prefix="/desk")
Agent = Annotated[Person, requires("task.work")]
TaskId = Annotated[str, Form(max_length=40)]
LeaseVersion = Annotated[int, Form()]


@router.get("")
def desk(page: ThePage, session: Transaction, agent: Agent, house: House) -> Response:
    """The customer the agent holds, else the button for the next one."""
    card = hand_out_task.current(session, house.workspace, agent.user, house.now(), page.language)
    return _at_work(page, session, agent, card) if card else _idle(page, session, agent)


@router.post("/next")
def next_customer(page: ThePage, session: Transaction, agent: Agent, house: House) -> Response:
    """Take the next customer, or learn why there is none."""
    found = hand_out_task.hand_out(session, house.workspace, agent.user, house.now(), page.language)
    return _idle(page, session, agent, found) if isinstance(found, Nothing) else page.go("/desk")


@router.post("/dial")
def dial(
    page: ThePage, session: Transaction, agent: Agent, house: House, task_id: TaskId, lease_version: LeaseVersion
) -> Response:
    """Show the number to ring; or say which rule forbids it."""
    dialled = close_call.dial(session, house.workspace, agent.user, task_id, lease_version, house.now())
    if dialled.refusal:
        rule = page.pick(dialled.refusal.title)
        return page.go("/desk", page.say(_("Not called: {rule}"), rule=rule), "warning")
    return _moved(page, session, agent, "desk/dialled.html", dialled.phone)


@router.post("/connect")
def connect(
    page: ThePage, session: Transaction, agent: Agent, house: House, task_id: TaskId, lease_version: LeaseVersion
) -> Response:
    """The customer has answered."""
    close_call.connect(session, agent.user, task_id, lease_version, house.now())
    return _moved(page, session, agent, "desk/call_moved.html")


@router.post("/hang-up")
def hang_up(
    page: ThePage, session: Transaction, agent: Agent, house: House, task_id: TaskId, lease_version: LeaseVersion
) -> Response:
    """The talk is over; what is left is to write it down."""
    close_call.hang_up(session, agent.user, task_id, lease_version, house.now())
    return _moved(page, session, agent, "desk/call_moved.html")


@router.post("/renew")
def renew(
    page: ThePage, session: Transaction, agent: Agent, house: House, task_id: TaskId, lease_version: LeaseVersion
) -> Response:
    """Keep the customer while somebody works on them."""
    minutes = house.workspace.settings.lease_minutes
    tasks.renew(session, task_id, agent.user.name, lease_version, house.now(), minutes)
    return _moved(page, session, agent, "desk/lease.html")


@router.post("/close")
def close(
    page: ThePage,
    session: Transaction,
    agent: Agent,
    house: House,
    task_id: TaskId,
    lease_version: LeaseVersion,
    outcome: Annotated[Outcome, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
    call_back_at: Annotated[str, Form()] = "",
    product: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "",
) -> Response:
    """Write the outcome, and take the next customer when asked to; a second post of the same form changes nothing."""
    closing = Closing(
        outcome=outcome,
        note=note.strip(),
        call_back_at=_moment(house, call_back_at) if outcome is Outcome.CALL_BACK else None,
        product=product if outcome is Outcome.SOLD else "",
    )
    try:
        close_call.close(session, agent.user, task_id, lease_version, closing, house.now())
    except Conflict:
        if _written_before(session, agent, task_id, closing):
            return page.go("/desk", page.say(_("This outcome was already saved")), "note")
        raise
    saved = page.say(_("Saved: {outcome}"), outcome=page.say(TITLES[outcome]))
    if then == "next":
        session.commit()  # whatever becomes of the next customer, this outcome is saved
        with house.database.transaction() as following:
            found = hand_out_task.hand_out(following, house.workspace, agent.user, house.now(), page.language)
        if isinstance(found, Nothing):
            return page.go("/desk", f"{saved}. {page.pick(found.title)}", "note")
    return page.go("/desk", saved)


def _idle(page: Page, session: Transaction, agent: Person, why_not: Nothing | None = None) -> Response:
    values = view.idle(session, agent.user, page.web.now(), page.web.workspace.timezone)
    return page.show("desk/idle.html", values, why_not=why_not)


def _at_work(page: Page, session: Transaction, agent: Person, card: DeskCard) -> Response:
    return page.show("desk/desk.html", _values(page, session, agent, card))


def _moved(page: Page, session: Transaction, agent: Person, fragment: str, phone: str | None = None) -> Response:
    """The fragment for htmx, the whole desk for a browser without scripts."""
    now, workspace = page.web.now(), page.web.workspace
    card = hand_out_task.current(session, workspace, agent.user, now, page.language)
    if card is None:
        return page.go("/desk")
    values = _values(page, session, agent, card) | {"phone": phone}
    return page.show(fragment if page.by_htmx else "desk/desk.html", values)


def _values(page: Page, session: Transaction, agent: Person, card: DeskCard) -> dict[str, object]:
    values = view.at_work(session, card, agent.user, page.web.now(), page.web.workspace, page.language)
    return values | {"why": card.why}


def _written_before(session: Transaction, agent: Person, task_id: str, closing: Closing) -> bool:
    """Whether this very form was already taken: the button pressed twice, or the answer lost on the way."""
    call = calls.last_of_task(session, task_id, agent.user.name)
    return call is not None and (call.outcome, call.note) == (closing.outcome.value, closing.note)


def _moment(house: House, text: str) -> datetime | None:
    """What the call-back field holds, on the workspace's wall clock; None when it is empty."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=house.workspace.timezone)
    except ValueError as error:
        raise Refused(_("This is not a day and a time"), where="call_back_at", hint=_("Choose them again")) from error
