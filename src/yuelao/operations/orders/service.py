"""Commands on orders: create one, and bring it from state to state; each step stays in its ledger."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.common.ids import new_id
from yuelao.operations.orders.rules import State
from yuelao.operations.orders.rules import move as follow
from yuelao.operations.orders.schemas import Order
from yuelao.storage.session import serialise
from yuelao.storage.tables import OrderEventRow, OrderRow


def create(
    session: Session,
    *,
    customer_id: str,
    product: str,
    channel: str,
    amount: float,
    now: datetime,
    campaign: str | None = None,
    contact_id: str | None = None,
    agent: str | None = None,
) -> Order:
    """A sale: the order waits for the customer's own confirmation, which the caller asks for through the outbox."""
    row = OrderRow(
        order_id=new_id(),
        customer_id=customer_id,
        product=product,
        channel=channel,
        amount=amount,
        campaign=campaign,
        contact_id=contact_id,
        agent=agent,
        state=State.OFFERED,
        ordered_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    actor = agent or "system"
    _note(session, row, actor, "", now)
    return _move(session, row, State.AWAITING_CONFIRMATION, actor, "", now)


def confirm(session: Session, order_id: str, actor: str, now: datetime) -> Order:
    """The customer said yes; said twice, the second time changes nothing."""
    row = _row(session, order_id)
    if row.state == State.PLACED:
        return Order.model_validate(row)
    return _move(session, row, State.PLACED, actor, "", now)


def move(session: Session, order_id: str, to: State, actor: str, now: datetime, reason: str = "") -> Order:
    """Bring an order to a state; Conflict where no way leads there."""
    return _move(session, _row(session, order_id), to, actor, reason, now)


def _move(session: Session, row: OrderRow, to: State, actor: str, reason: str, now: datetime) -> Order:
    row.state = follow(State(row.state), to)
    row.changed_at = now
    session.flush()
    _note(session, row, actor, reason, now)
    return Order.model_validate(row)


def _note(session: Session, row: OrderRow, actor: str, reason: str, now: datetime) -> None:
    """Writers take turns from the sequence number to the commit, as in the ledger of contacts."""
    serialise(session, "order_events")
    session.add(OrderEventRow(order_id=row.order_id, state=row.state, actor=actor, reason=reason, happened_at=now))
    session.flush()


def _row(session: Session, order_id: str) -> OrderRow:
    row = session.get(OrderRow, order_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such order", where=f"order {order_id!r}")
    return row
