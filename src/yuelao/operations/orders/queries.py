"""Reading orders."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.operations.orders.schemas import Order, OrderEvent
from yuelao.storage.tables import OrderEventRow, OrderRow


def get(session: Session, order_id: str) -> Order:
    """The order with this id."""
    row = session.get(OrderRow, order_id)
    if row is None:
        raise NotFound("There is no such order", where=f"order {order_id!r}")
    return Order.model_validate(row)


def of_customer(session: Session, customer_id: str) -> list[Order]:
    """A customer's orders, the newest first."""
    wanted = select(OrderRow).where(OrderRow.customer_id == customer_id).order_by(OrderRow.ordered_at.desc())
    return [Order.model_validate(row) for row in session.scalars(wanted)]


def by_campaign(session: Session, campaign: str) -> dict[str, int]:
    """How many of a campaign's orders are in each state."""
    rows = session.execute(
        select(OrderRow.state, func.count()).where(OrderRow.campaign == campaign).group_by(OrderRow.state)
    )
    return dict(rows.all())


def history(session: Session, order_id: str) -> list[OrderEvent]:
    """The states an order went through, the oldest first."""
    wanted = select(OrderEventRow).where(OrderEventRow.order_id == order_id).order_by(OrderEventRow.sequence)
    return [OrderEvent.model_validate(row) for row in session.scalars(wanted)]


def changed_since(session: Session, sequence: int | None) -> list[Order]:
    """The orders with an event after `sequence` (None: all of them), as they are now, by id."""
    wanted = select(OrderRow).order_by(OrderRow.order_id)
    if sequence is not None:
        changed = select(OrderEventRow.order_id).where(OrderEventRow.sequence > sequence)
        wanted = wanted.where(OrderRow.order_id.in_(changed))
    return [Order.model_validate(row) for row in session.scalars(wanted)]


def last_sequence(session: Session) -> int:
    """The sequence of the newest event; 0 where there is none."""
    return session.scalar(select(func.max(OrderEventRow.sequence))) or 0
