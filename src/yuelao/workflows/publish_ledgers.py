"""Publish the ledgers: new contacts and orders of operations are copied into the lake, once."""

from collections.abc import Sequence

import pyarrow as pa

from yuelao.operations import contact_policy, orders
from yuelao.operations.contact_policy.schemas import Contact
from yuelao.operations.orders.schemas import Order
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.house import House


def publish_ledgers(house: House) -> dict[str, int]:
    """Copy what is new; returns the number of new rows per table. Nothing new: nothing is locked or written."""
    with house.lake.snapshot() as snapshot:
        known = {name: _newest(snapshot, name) for name in ("contacts", "orders")}
    with house.database.transaction(read_only=True) as session:
        new_contacts = contact_policy.since(session, known["contacts"])
        order_sequence = orders.last_sequence(session)
        changed = orders.changed_since(session, known["orders"]) if order_sequence > known["orders"] else []
    accepted = {}
    if new_contacts:
        accepted["contacts"] = house.lake.upsert("contacts", _contacts(house, new_contacts)).accepted
    if changed:
        accepted["orders"] = house.lake.upsert("orders", _orders(house, changed, order_sequence)).accepted
    return accepted


def _newest(snapshot: Snapshot, table: str) -> int:
    """The last place of our own ledger that the lake has of `table`."""
    newest: int | None = snapshot.table(table).ledger_sequence.max().to_pyarrow().as_py()
    return newest or 0


def _contacts(house: House, contacts: Sequence[Contact]) -> pa.Table:
    zone = house.workspace.timezone
    return pa.Table.from_pylist(
        [
            {
                "contact_id": contact.contact_id,
                "customer_id": contact.customer_id,
                "contacted_at": contact.contacted_at.astimezone(zone).replace(tzinfo=None),
                "campaign": contact.campaign,
                "product": contact.product,
                "channel": contact.channel,
                "outcome": contact.outcome.value,
                "duration_seconds": float(contact.talk_seconds),
                "ledger_sequence": contact.sequence,
            }
            for contact in contacts
        ]
    )


def _orders(house: House, rows: Sequence[Order], sequence: int) -> pa.Table:
    zone = house.workspace.timezone
    return pa.Table.from_pylist(
        [
            {
                "order_id": order.order_id,
                "customer_id": order.customer_id,
                "ordered_at": order.ordered_at.astimezone(zone).replace(tzinfo=None),
                "product": order.product,
                "channel": order.channel,
                "amount": order.amount,
                "state": order.state,
                "contact_id": order.contact_id,
                "ledger_sequence": sequence,
            }
            for order in rows
        ]
    )
