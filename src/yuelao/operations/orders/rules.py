"""The states of an order and the ways between them. Pure.

    offered → awaiting_confirmation → placed → paid → shipped → delivered → activated → returned → refunded

What needs no delivery is activated when placed or paid; an order can be cancelled until it is paid and can fail until
it is delivered; what was paid can be refunded.
"""

from collections.abc import Mapping
from enum import StrEnum

from yuelao.common.errors import Conflict


class State(StrEnum):
    """How far an order has come."""

    OFFERED = "offered"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    ACTIVATED = "activated"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    REFUNDED = "refunded"


FOLLOWING: Mapping[State, frozenset[State]] = {
    State.OFFERED: frozenset({State.AWAITING_CONFIRMATION, State.CANCELLED}),
    State.AWAITING_CONFIRMATION: frozenset({State.PLACED, State.CANCELLED, State.FAILED}),
    State.PLACED: frozenset({State.PAID, State.ACTIVATED, State.CANCELLED, State.FAILED}),
    State.PAID: frozenset({State.SHIPPED, State.ACTIVATED, State.FAILED, State.REFUNDED}),
    State.SHIPPED: frozenset({State.DELIVERED, State.RETURNED, State.FAILED}),
    State.DELIVERED: frozenset({State.ACTIVATED, State.RETURNED}),
    State.ACTIVATED: frozenset({State.RETURNED}),
    State.FAILED: frozenset({State.REFUNDED}),
    State.RETURNED: frozenset({State.REFUNDED}),
    State.CANCELLED: frozenset(),
    State.REFUNDED: frozenset(),
}


def move(state: State, to: State) -> State:
    """The state `to`; Conflict, naming what can follow, where there is no such way."""
    if to not in FOLLOWING[state]:
        can = ", ".join(sorted(FOLLOWING[state])) or "nothing: the order has ended"
        raise Conflict(f"An order that is {state} cannot become {to}", hint=f"It can become: {can}")
    return to
