"""Send the outbox: carry out the effects that operations wrote down, each once, and mark what became of each.

Nothing is locked while a gateway takes its time: a message is written in one short transaction, sent outside any, and
marked in another.
"""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from yuelao.common import language as words
from yuelao.common.errors import YuelaoError
from yuelao.common.language import _
from yuelao.common.settings import Settings
from yuelao.connectors.messaging import Gateway, ShortMessage
from yuelao.operations import audit, customers, products
from yuelao.storage import outbox
from yuelao.workflows.house import House

_BATCH = 10
_SENDER = "outbox"

Writer = Callable[[Session, outbox.Message, Settings], tuple[str, str]]
"""Gives the customer and the text of a message, in the workspace's language."""


def send_outbox(house: House, gateway: Gateway) -> int:
    """Send one batch of what is due; returns how many went out. What fails is tried again later."""
    with house.database.transaction() as session:
        messages = outbox.take(session, _BATCH, house.now())
    return sum(_send(house, gateway, message) for message in messages)


def _send(house: House, gateway: Gateway, message: outbox.Message) -> bool:
    try:
        with house.database.transaction() as session:
            short = _written(session, house, message)
        gateway.send(short)
    except YuelaoError as error:  # also a customer without a number: the others must not wait for it
        with house.database.transaction() as session:
            outbox.mark_failed(session, message, str(error), house.now())
        return False
    with house.database.transaction() as session:
        outbox.mark_sent(session, message, house.now())
    return True


def _written(session: Session, house: House, message: outbox.Message) -> ShortMessage:
    """The message with the customer's number, whose reveal is audited."""
    customer_id, text = _WRITERS[message.kind](session, message, house.workspace.settings)
    phone = customers.reveal_phone(session, customer_id)
    audit.record(session, _SENDER, "phone.reveal", customer_id, {"message": message.key, "why": "sms"}, house.now())
    return ShortMessage(message.key, phone, text)


def _confirm_order(session: Session, message: outbox.Message, settings: Settings) -> tuple[str, str]:
    product = products.current(session, str(message.payload["product"]))
    text = words.translate(
        _("{product}, {price}: reply YES to order; without a reply nothing is ordered. Reply STOP for no more offers."),
        settings.language,
        product=words.pick(product.title, settings.language),
        price=words.money(product.price, settings.currency, settings.language),
    )
    return str(message.payload["customer_id"]), text


_WRITERS: Mapping[str, Writer] = {"sms.confirm_order": _confirm_order}
