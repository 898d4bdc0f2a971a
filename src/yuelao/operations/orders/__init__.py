"""Orders: what was sold, whether the customer confirmed it, and how far it has come."""

from yuelao.operations.orders.queries import by_campaign, changed_since, get, history, last_sequence, of_customer
from yuelao.operations.orders.rules import State
from yuelao.operations.orders.schemas import Order, OrderEvent
from yuelao.operations.orders.service import confirm, create, move

__all__ = [
    "Order",
    "OrderEvent",
    "State",
    "by_campaign",
    "changed_since",
    "confirm",
    "create",
    "get",
    "history",
    "last_sequence",
    "move",
    "of_customer",
]
