"""What became of a campaign's customers: bought or not, contacted or not, whatever the origin of the order.

By intention to treat: a held-out customer who orders on the web has bought, and an assigned one whom nobody reached
still counts as assigned.
"""

from collections.abc import Collection
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.baseline import SOLD_STATES
from yuelao.warehouse.tables import KEY, Tables


def outcomes(tables: Tables, customers: pa.Table, products: Collection[str], since: date, until: date) -> pa.Table:
    """The rows of `customers` (customer_id unique, any further columns) and what they did from `since` up to `until`.

    bought: ordered one of the `products` and the order stands (the customer has confirmed it, and it was not undone);
    where a source tells of no order for a contact that sold one, the contact's word counts.
    contacts, reached: contacts that offered one of the products, and those of them that were answered.
    """
    chosen = ibis.memtable(customers)
    orders = _within(tables.table("orders"), "ordered_at", since, until, products)
    contacts = _within(tables.table("contacts"), "contacted_at", since, until, products)
    ordered = orders.filter(orders.state.isin(SOLD_STATES)).select(KEY)
    buyers = ordered.union(_sold(contacts, tables.table("orders"))).distinct()
    touched = contacts.group_by(KEY).aggregate(contacts=contacts.count(), reached=contacts.outcome.isin(REACHED).sum())
    joined = chosen.left_join(buyers, chosen[KEY] == buyers[KEY], rname="buyer")
    joined = joined.left_join(touched, chosen[KEY] == touched[KEY], rname="{name}_touched")
    result: pa.Table = (
        joined.select(
            *customers.column_names,
            bought=joined.buyer.notnull(),
            contacts=joined.contacts.fill_null(0),
            reached=joined.reached.fill_null(0),
        )
        .order_by(KEY)
        .to_pyarrow()
    )
    return result


def _within(table: ir.Table, time: str, since: date, until: date, products: Collection[str]) -> ir.Table:
    """The rows of the window that are about one of the products."""
    start, end = (ibis.literal(day).cast("timestamp") for day in (since, until))
    return table.filter(table[time] >= start, table[time] < end, table["product"].isin(list(products)))


def _sold(contacts: ir.Table, orders: ir.Table) -> ir.Table:
    """Customers to whom a contact sold and of whose order nothing is known: else the order's own state decides."""
    sold = contacts.filter(contacts.outcome == Outcome.SOLD.value)
    told = orders.filter(orders.contact_id.notnull())
    return sold.anti_join(told, sold.contact_id == told.contact_id).select(KEY)
