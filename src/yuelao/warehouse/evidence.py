"""What the models of the customer view are given: the view, and the tables beside it as they were known that day."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from yuelao.analytics.evidence import Evidence
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.engine import in_share
from yuelao.warehouse.features.rows import known_rows
from yuelao.warehouse.registers import known_persons, known_plans
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY, Tables

_TWELVE_MONTHS = timedelta(days=366)
_TOUCHES = (("interactions", "occurred_at"), ("transactions", "occurred_at"), ("payments", "paid_at"))


def evidence(
    snapshot: Snapshot,
    view: ir.Table,
    as_of: date,
    earlier: ir.Table | None = None,
    earlier_as_of: date | None = None,
    *,
    everybody: bool = False,
) -> Evidence:
    """The evidence for the customers of `view` (one row each) as of a day; `earlier`: their view of a day before.

    everybody: the view has all customers, so the tables beside it need not be narrowed to them.
    """
    view_or_all = None if everybody else view
    plans = tuple(known_plans(snapshot, as_of).to_pyarrow().to_pylist()) if snapshot.has("plans") else ()
    persons = known_persons(snapshot, as_of) if any((plan["shared_lines"] or 1) > 1 for plan in plans) else None
    billed = view if persons is None else _with_lines_beside(view, persons)
    return Evidence(
        view=view,
        as_of=as_of,
        keep=snapshot.engine.keep,
        usage=_of(snapshot, "usage_monthly", as_of, None if everybody else billed),
        plans=plans,
        persons=persons,
        contacts=_of(snapshot, "contacts", as_of, view_or_all),
        touches=known_touches(snapshot, as_of, view_or_all),
        subscriptions=_in_force(snapshot, as_of, view_or_all),
        earlier=earlier,
        earlier_as_of=earlier_as_of,
    )


def some_customers(view: ir.Table, share: float) -> ir.Table:
    """The customers of a view who fall into the first `share` of a draw that is the same on every day and engine."""
    return view.filter(in_share("sample of customers", view[KEY], share)) if share < 1 else view


def _of(tables: Tables, name: str, as_of: date, view: ir.Table | None) -> ir.Table | None:
    """The known rows of these customers' last twelve months; None where the table has none at all."""
    if not tables.has(name):
        return None
    contract = CONTRACT.table(name)
    known = known_rows(tables.table(name), contract, as_of)
    if contract.known is not None and name != "subscriptions":
        moment = known[contract.known[0]]
        known = known.filter(moment >= ibis.literal(as_of - _TWELVE_MONTHS).cast(moment.type()))
    return known if view is None else known.semi_join(view.select(KEY), KEY)


def known_touches(tables: Tables, as_of: date, view: ir.Table | None = None) -> ir.Table | None:
    """The touches of `Evidence` of the customers of `view`, or of all; None where no table has any."""
    found = []
    for name, moment in _TOUCHES:
        rows = _of(tables, name, as_of, view)
        if rows is not None:
            business = ibis.literal("payment") if name == "payments" else rows.business
            found.append(rows.select(KEY, occurred_at=rows[moment], channel=rows.channel, business=business))
    return ibis.union(*found) if len(found) > 1 else found[0] if found else None


def _with_lines_beside(view: ir.Table, persons: ir.Table) -> ir.Table:
    """customer_id of the customers of a view, and of the other lines of their persons."""
    theirs = persons.semi_join(view.select(KEY), KEY).select("person_id")
    return ibis.union(view.select(KEY), persons.semi_join(theirs, "person_id").select(KEY), distinct=True)


def _in_force(snapshot: Snapshot, as_of: date, view: ir.Table | None) -> ir.Table | None:
    rows = _of(snapshot, "subscriptions", as_of, view)
    if rows is None:
        return None
    in_force = rows.filter(rows.ended_on.isnull() | (rows.ended_on >= ibis.literal(as_of)))
    return in_force.select(KEY, "product", "kind")
