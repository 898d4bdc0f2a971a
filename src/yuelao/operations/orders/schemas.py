"""Orders as data."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from yuelao.operations.orders.rules import State


class Order(BaseModel):
    """One order of one product; the amount in the workspace's currency."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    order_id: str
    customer_id: str
    product: str
    channel: str
    amount: float
    campaign: str | None
    contact_id: str | None
    agent: str | None
    state: State
    ordered_at: datetime
    changed_at: datetime


class OrderEvent(BaseModel):
    """An order reached a state."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sequence: int
    order_id: str
    state: State
    actor: str
    reason: str
    happened_at: datetime
