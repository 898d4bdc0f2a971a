"""Confirm: take a customer's short message, which confirms an order, ends marketing for good, or means nothing to us.

A message is taken once: a gateway that reports it again gets the same answer, and nothing happens twice.
"""

import re
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, contact_policy, customers, orders, tasks
from yuelao.operations.contact_policy import NewContact
from yuelao.operations.customers import Identity
from yuelao.operations.orders import Order
from yuelao.storage.session import serialise

_YES = frozenset({"yes", "y", "是", "是的", "确认"})
_STOP = frozenset({"stop", "t", "td", "退订", "退訂"})
_CUSTOMER = "customer"


class Reply(BaseModel):
    """What came of a message; `reason` says why it was ignored, `order` which one was confirmed."""

    model_config = ConfigDict(frozen=True)

    result: Literal["confirmed", "stopped", "ignored"]
    reason: str = ""
    order: str = ""


def take_reply(session: Session, phone: str, text: str, message: str, now: datetime) -> Reply:
    """Take the message `text` from `phone`; `message` is the gateway's id of it."""
    place = f"message:{message}"
    serialise(session, place)
    for taken in audit.trail(session, object=place, limit=1):
        return Reply.model_validate(taken.detail)
    reply = _take(session, _national(phone), _word(text), now)
    audit.record(session, _CUSTOMER, "message.take", place, reply.model_dump(), now)
    return reply


def _take(session: Session, phone: str, word: str, now: datetime) -> Reply:
    if word not in _YES | _STOP:
        return Reply(result="ignored", reason="not_understood")
    people = customers.with_phone(session, phone)
    if not people:
        return Reply(result="ignored", reason="unknown_number")
    return _stop(session, people, now) if word in _STOP else _confirm(session, people, now)


def _confirm(session: Session, people: list[Identity], now: datetime) -> Reply:
    """Place the newest order that waits for this number's word."""
    waiting = [order for person in people for order in _waiting(session, person)]
    if not waiting:
        return Reply(result="ignored", reason="nothing_to_confirm")
    newest = max(waiting, key=lambda order: (order.ordered_at, order.order_id))
    orders.confirm(session, newest.order_id, _CUSTOMER, now)
    audit.record(session, _CUSTOMER, "order.confirm", newest.order_id, {"by": "sms"}, now)
    return Reply(result="confirmed", order=newest.order_id)


def _waiting(session: Session, person: Identity) -> list[Order]:
    of_customer = orders.of_customer(session, person.customer_id)
    return [order for order in of_customer if order.state is orders.State.AWAITING_CONFIRMATION]


def _stop(session: Session, people: list[Identity], now: datetime) -> Reply:
    """An explicit refusal: in the ledger of everybody who has this number, and nothing waits for them any more."""
    for person in {person.person_id: person for person in people}.values():
        refusal = NewContact(
            person_id=person.person_id,
            customer_id=person.customer_id,
            contacted_at=now,
            channel="other",  # the customer wrote to us: no attempt of ours, which phone and sms count as
            outcome=Outcome.REFUSED_ALL,
        )
        contact_policy.record(session, refusal)
        tasks.suppress_person(session, person.person_id, Outcome.REFUSED_ALL.value, now)
        audit.record(session, _CUSTOMER, "marketing.refuse", person.customer_id, {"by": "sms"}, now)
    return Reply(result="stopped")


def _word(text: str) -> str:
    """The text without case, spaces and punctuation around it."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", text.casefold())


def _national(phone: str) -> str:
    """The number as extracts write it: digits only, without the country's prefix."""
    digits = re.sub(r"\D", "", phone)
    return re.sub(r"^(?:00)?86(?=\d{11}$)", "", digits)
