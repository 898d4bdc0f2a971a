"""A trial as a table: customers a draw split in two, as the view knew them before it, and whether they bought after."""

from collections.abc import Collection
from datetime import date

import ibis
import pyarrow as pa

from yuelao.warehouse.features.view import view_of
from yuelao.warehouse.results import outcomes
from yuelao.warehouse.tables import KEY, Tables


def with_outcomes(
    tables: Tables, customers: pa.Table, products: Collection[str], since: date, until: date, known_by: date
) -> pa.Table:
    """The rows of `customers` (customer_id unique, any further columns) with the features and extra attributes as
    of `since` and `bought`: whether they did up to `until`, by intention to treat (see `results`).

    known_by: the day by which a table must have had a row to count as a source, as for other training sets.
    """
    told = outcomes(tables, customers, products, since, until).drop_columns(["contacts", "reached"])
    chosen = ibis.memtable(told)
    view = view_of(tables, since, chosen.select(KEY), sources_by=known_by)
    joined = chosen.inner_join(view, KEY, rname="{name}_of_customer")
    found: pa.Table = joined.order_by(KEY).to_pyarrow()
    return found
