"""The register of customers as it was read from day to day: a customer has a row for each day, and the newest counts.

Whoever wants one row of each customer takes it here.
"""

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.tables import KEY, Tables


def newest_customers(tables: Tables) -> ir.Table:
    """The customers as they were read last: all columns of `customers`, one row for each customer_id."""
    return newest_rows(tables.table("customers"))


def newest_rows(customers: ir.Table) -> ir.Table:
    """The row of each customer with the latest `observed_on`; a row without a day is the earliest."""
    return newest(customers, customers.observed_on)


def newest(table: ir.Table, *order: ir.Value) -> ir.Table:
    """One row per customer: the one that is greatest in `order`, where null is the least."""
    descending = [column.desc(nulls_first=False) for column in order]
    return table.filter(ibis.row_number().over(group_by=KEY, order_by=descending) == 0)
