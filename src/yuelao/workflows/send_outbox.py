"""Send the outbox: carry out the effects that operations wrote down, each once, and mark what became of each."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from yuelao.common import language as words
from yuelao.common.errors import YuelaoError
from yuelao.common.language import _
from yuelao.connectors.messaging import Gateway, ShortMessage
from yuelao.operations import customers, products
from yuelao.storage import outbox
from yuelao.workflows.house import House

_BATCH = 50

Writer = Callable[[Session, outbox.Message, str], ShortMessage]


def send_outbox(house: House, gateway: Gateway) -> int:
    """Send one batch of what is due; returns how many went out. What fails is tried again later."""
    sent = 0
    language = house.workspace.settings.language
    with house.database.transaction() as session:
        messages = outbox.take(session, _BATCH, house.now())
    for message in messages:
        with house.database.transaction() as session:
            try:
                gateway.send(_WRITERS[message.kind](session, message, language))
            except YuelaoError as error:  # also a customer without a number: the others must not wait for it
                outbox.mark_failed(session, message, str(error), house.now())
            else:
                outbox.mark_sent(session, message, house.now())
                sent += 1
    return sent


def _confirm_order(session: Session, message: outbox.Message, language: str) -> ShortMessage:
    product = products.current(session, str(message.payload["product"]))
    text = words.translate(
        _("You ordered {product}. Reply YES to confirm; without a reply nothing is ordered."),
        language,
        product=words.pick(product.title, language),
    )
    return ShortMessage(message.key, customers.reveal_phone(session, str(message.payload["customer_id"])), text)


_WRITERS: Mapping[str, Writer] = {"sms.confirm_order": _confirm_order}
