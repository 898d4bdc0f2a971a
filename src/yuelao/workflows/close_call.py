"""Work a call: dial, connect, and close with its outcome: call, task, ledger, order and audit in one transaction."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.common.errors import Refused
from yuelao.common.language import _
from yuelao.common.outcomes import Outcome
from yuelao.common.settings import Workspace
from yuelao.operations import audit, calls, customers, orders, products, tasks
from yuelao.operations.contact_policy import Refusal
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks.schemas import Task
from yuelao.storage.outbox import send_later
from yuelao.workflows.call_record import record_contact, retry_at
from yuelao.workflows.check_policy import PolicyCheck
from yuelao.workflows.hand_out_task import rest_of, take_out

_LATEST_CALL_BACK = timedelta(days=90)
_ENDS_MARKETING = (Outcome.REFUSED_ALL, Outcome.COMPLAINT)
"""Outcomes after which nothing that waits for the person may be called, in any campaign."""


class Closing(BaseModel):
    """What an agent writes down at the end of a call."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    note: str = ""
    call_back_at: datetime | None = None
    product: str = ""
    """The product sold; the offered one when empty."""


class Dialled(BaseModel):
    """The number to ring, or the rule that forbade it (the task is then taken out or put off)."""

    model_config = ConfigDict(frozen=True)

    phone: str | None = None
    refusal: Refusal | None = None


def dial(
    session: Session, workspace: Workspace, agent: User, task_id: str, lease_version: int, now: datetime
) -> Dialled:
    """Reveal the number to ring, unless policy or campaign, asked a last time, refuse; the reveal is audited.

    Conflict when the lease was lost. Outside calling hours the task stays with the agent; refused by any other rule it
    is taken out or put off, as the rule says.
    """
    task = tasks.leased(session, task_id, agent.name, lease_version)
    policy = PolicyCheck(session, workspace, now)
    if closed := policy.hours():
        return Dialled(refusal=closed)
    when = "call_back" if task.call_back else "dial"
    if refusal := rest_of(session, task) or policy.person(task.customer_id, task.person_id, when):
        take_out(session, task, refusal, now)
        return Dialled(refusal=refusal)
    tasks.dial(session, task_id, agent.name, lease_version, now)
    calls.start(
        session, task_id=task_id, customer_id=task.customer_id, campaign=task.campaign, agent=agent.name, now=now
    )
    phone = customers.reveal_phone(session, task.customer_id)
    audit.record(session, agent.name, "phone.reveal", task.customer_id, {"task": task_id, "why": "dial"}, now)
    return Dialled(phone=phone)


def connect(session: Session, agent: User, task_id: str, lease_version: int, now: datetime) -> Task:
    """The customer has answered."""
    connected = tasks.connected(session, task_id, agent.name, lease_version, now)
    calls.connect(session, task_id=task_id, agent=agent.name, now=now)
    return connected


def hang_up(session: Session, agent: User, task_id: str, lease_version: int, now: datetime) -> Task:
    """The talk is over; its outcome is still to be written down."""
    calls.hang_up(session, task_id=task_id, agent=agent.name, now=now)
    return tasks.hang_up(session, task_id, agent.name, lease_version, now)


def close(session: Session, agent: User, task_id: str, lease_version: int, closing: Closing, now: datetime) -> Task:
    """Write the outcome everywhere it belongs; all of it or nothing."""
    task = tasks.leased(session, task_id, agent.name, lease_version)
    _check(task, closing, now)
    seconds = calls.finish(
        session, task_id=task_id, agent=agent.name, outcome=closing.outcome, note=closing.note, now=now
    )
    contact = record_contact(session, task, closing.outcome, now, seconds, closing.product)
    if closing.outcome is Outcome.SOLD:
        _order(session, task, closing.product or task.product, contact.contact_id, agent, now)
    if closing.outcome in _ENDS_MARKETING:
        tasks.suppress_person(session, task.person_id, closing.outcome.value, now)
    done = _finish_task(session, task, agent, closing, now)
    detail = {"outcome": closing.outcome.value, "task": task_id, "contact": contact.contact_id}
    audit.record(session, agent.name, "call.close", task.customer_id, detail, now)
    return done


def _check(task: Task, closing: Closing, now: datetime) -> None:
    if closing.outcome is Outcome.CALL_BACK:
        if closing.call_back_at is None:
            raise Refused(
                _("A call-back needs a day and a time"), where="call_back_at", hint=_("Choose when to call back")
            )
        if closing.call_back_at <= now:
            raise Refused(_("The call-back lies in the past"), where="call_back_at", hint=_("Choose a later time"))
        if closing.call_back_at > now + _LATEST_CALL_BACK:
            raise Refused(
                _("The call-back lies more than 90 days ahead"),
                where="call_back_at",
                hint=_("Choose an earlier time"),
            )
    if closing.outcome.reached and task.state == "leased":
        raise Refused(_("Nobody was dialled yet"), where="outcome", hint=_("Dial first, then write down the outcome"))


def _finish_task(session: Session, task: Task, agent: User, closing: Closing, now: datetime) -> Task:
    again_at = closing.call_back_at if closing.outcome is Outcome.CALL_BACK else retry_at(task, closing.outcome, now)
    return tasks.close(
        session, task.task_id, agent.name, task.lease_version, closing.outcome, again_at=again_at, now=now
    )


def _order(session: Session, task: Task, product: str, contact_id: str, agent: User, now: datetime) -> None:
    """An order waits for the customer's own confirmation, asked for by SMS."""
    offered = [task.product, *task.alternatives]
    if product not in offered:
        raise Refused(f"{product} was not offered", where="product", hint=f"Offered: {', '.join(offered)}")
    sold = products.current(session, product)
    order = orders.create(
        session,
        customer_id=task.customer_id,
        product=product,
        channel=task.channel,
        amount=sold.price,
        campaign=task.campaign,
        contact_id=contact_id,
        agent=agent.name,
        now=now,
    )
    send_later(
        session,
        "sms.confirm_order",
        key=f"confirm:{order.order_id}",
        payload={"order": order.order_id, "customer_id": task.customer_id, "product": product},
        now=now,
    )
    audit.record(session, agent.name, "order.create", order.order_id, {"campaign": task.campaign}, now)
