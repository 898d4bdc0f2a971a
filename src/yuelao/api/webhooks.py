"""What other systems report: the SMS gateway, when a customer has answered."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from yuelao.api.requests import House, Transaction
from yuelao.common.errors import Forbidden, NotSignedIn
from yuelao.workflows.confirm_order import Reply, take_reply

router = APIRouter(prefix="/webhooks")


class Message(BaseModel):
    """A short message a customer sent; `id` is the gateway's own, so that a repeated report changes nothing."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str = Field(min_length=1, max_length=100)
    sender: str = Field(alias="from", min_length=1, max_length=40)
    text: str = Field(max_length=2000)


def _from_gateway(house: House, x_webhook_secret: Annotated[str, Header()] = "") -> None:
    """Refuse whoever does not know the secret; without a secret in the settings, everybody."""
    secret = house.workspace.settings.webhook_secret
    if not secret:
        raise Forbidden("This workspace takes no messages", where="webhook_secret", hint="Set it in yuelao.toml")
    if not hmac.compare_digest(x_webhook_secret.encode(), secret.encode()):
        raise NotSignedIn("The secret is missing or wrong", where="X-Webhook-Secret")


@router.post("/messages", dependencies=[Depends(_from_gateway)])
def message(house: House, session: Transaction, received: Message) -> Reply:
    """A reply: YES or 是 confirms an order, STOP or 退订 ends marketing; anything else is ignored, with the reason."""
    return take_reply(session, received.sender, received.text, received.id, house.now())
