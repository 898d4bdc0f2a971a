"""The record of a call: what each one that has ended leaves behind, whoever ends it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yuelao.common.outcomes import Outcome
from yuelao.operations import contact_policy
from yuelao.operations.contact_policy import Contact, NewContact
from yuelao.operations.tasks.schemas import Task

_RETRY_AFTER = timedelta(days=1)
_MOST_ATTEMPTS = 3


def record_contact(
    session: Session, task: Task, outcome: Outcome, at: datetime, seconds: int, product: str = ""
) -> Contact:
    """Write the call of a leased task into the ledger; `product` is what was talked about, the offered one if empty."""
    contact = NewContact(
        person_id=task.person_id,
        customer_id=task.customer_id,
        contacted_at=at,
        channel=task.channel,
        outcome=outcome,
        campaign=task.campaign,
        product=product or task.product,
        agent=task.agent,
        task_id=task.task_id,
        talk_seconds=seconds,
    )
    return contact_policy.record(session, contact)


def retry_at(task: Task, outcome: Outcome, now: datetime) -> datetime | None:
    """When a call that reached nobody is tried again; None for any other, and after the last attempt."""
    return now + _RETRY_AFTER if outcome.retry and task.attempts < _MOST_ATTEMPTS else None
