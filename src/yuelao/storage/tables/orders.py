"""Tables of `operations/orders`: each order with its present state, and the ledger of all its states."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Sequence, Stored


class OrderRow(Stored):
    """One order of one product."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_campaign", "campaign", "state"),)

    order_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    product: Mapped[str]
    channel: Mapped[str]
    amount: Mapped[float] = mapped_column(Numeric(14, 2, asdecimal=False))
    campaign: Mapped[str | None]
    contact_id: Mapped[str | None]
    agent: Mapped[str | None]
    state: Mapped[str]
    ordered_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class OrderEventRow(Stored):
    """An order reached a state; rows are only ever added."""

    __tablename__ = "order_events"

    sequence: Mapped[Sequence]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    state: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str]
    happened_at: Mapped[datetime]
