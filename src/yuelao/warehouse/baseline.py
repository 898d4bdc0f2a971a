"""The baseline: how often customers buy a product without being contacted."""

from datetime import date, timedelta

import ibis

from yuelao.warehouse.registers import newest_customers
from yuelao.warehouse.snapshot import Snapshot

_DAYS = 90
SOLD_STATES = ("placed", "paid", "shipped", "delivered", "activated")
"""States of an order that stands."""


def organic_rates(snapshot: Snapshot, as_of: date, days: int = 30) -> dict[str, float]:
    """Per product, the share of customers who order it of their own accord within `days` days.

    Measured over the 90 days before `as_of`; an order that came from a contact does not count.
    """
    customers = newest_customers(snapshot).count().to_pyarrow().as_py()
    orders = snapshot.table("orders")
    since = ibis.literal(as_of - timedelta(days=_DAYS)).cast("timestamp")
    until = ibis.literal(as_of).cast("timestamp")
    organic = orders.filter(
        orders.contact_id.isnull(),
        orders.state.isin(SOLD_STATES),
        orders.product.notnull(),
        orders.ordered_at >= since,
        orders.ordered_at < until,
    )
    counts = organic.group_by("product").agg(buyers=organic.customer_id.nunique()).to_pyarrow().to_pylist()
    return {row["product"]: row["buyers"] / max(customers, 1) * days / _DAYS for row in counts}
