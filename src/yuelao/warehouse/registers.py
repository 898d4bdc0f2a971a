"""The registers of customers and plans, read on several days: each row is as of its day, and the newest counts.

Whoever wants one row of each customer or plan takes it here.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.tables import KEY, Tables


def newest_customers(tables: Tables) -> ir.Table:
    """The customers as they were read last: all columns of `customers`, one row for each customer_id."""
    return newest_rows(tables.table("customers"))


def known_persons(tables: Tables, as_of: date) -> ir.Table:
    """The lines of those who held several before `as_of`: customer_id, once each, and person_id."""
    customers = tables.table("customers")
    known = customers.filter(customers.observed_on.isnull() | (customers.observed_on < ibis.literal(as_of)))
    lines = newest_rows(known).select(KEY, "person_id")
    several = lines.group_by("person_id").having(lines.count() > 1).aggregate()
    return lines.semi_join(several, "person_id")


def newest_rows(customers: ir.Table) -> ir.Table:
    """The row of each customer with the latest `observed_on`; a row without a day is the earliest."""
    return newest(customers, customers.observed_on)


def known_plans(tables: Tables, as_of: date) -> ir.Table:
    """The plans as they were before `as_of`: all columns of `plans`, one row for each plan_id."""
    plans = tables.table("plans")
    known = plans.filter(plans.valid_from.isnull() | (plans.valid_from < ibis.literal(as_of)))
    return newest(known, known.valid_from, of="plan_id")


def newest(table: ir.Table, *order: ir.Value, of: str = KEY) -> ir.Table:
    """One row for each `of`: the one that is greatest in `order`, where null is the least."""
    descending = [column.desc(nulls_first=False) for column in order]
    return table.filter(ibis.row_number().over(group_by=of, order_by=descending) == 0)
