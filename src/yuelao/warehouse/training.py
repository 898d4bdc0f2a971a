"""Training sets: earlier contacts with what was known of each customer before the month of the contact began."""

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.dates import add_months, as_date
from yuelao.warehouse.features.view import view_of
from yuelao.warehouse.tables import KEY, Tables

_GIVEN = ("product", "contacted_at")  # known before a contact; whatever the contract marks after_call stays out


def training_set(tables: Tables, as_of: date, months: int = 12) -> pa.Table:
    """The calls before `as_of` that reached somebody, of the last `months` months, in order of time.

    Columns: the features and extra attributes as of the first day of the contact's month, `product`, `contacted_at`
    and `label` (it sold). A count of a table that has rows by `as_of` is 0 in the months before its first row, as it is
    when a customer without rows is scored; null there would tell the model nothing but the month.
    """
    end = as_of.replace(day=1)
    contacts = tables.table("contacts")
    known = as_date(contacts.contacted_at) < as_of
    offered = contacts.product.notnull()  # a refusal by message, say, was no answer to an offer
    # a message or a page sells far more seldom than talk; a source that tells no channel is taken to have called
    called = contacts.channel.isnull() | (contacts.channel == "phone")
    reached = contacts.filter(contacts.outcome.isin(REACHED), known, offered, called).select(
        KEY, "contact_id", *_GIVEN, label=contacts.outcome == Outcome.SOLD.value
    )
    present = _months_present(reached)
    starts = [start for start in (add_months(end, -back) for back in range(months, -1, -1)) if start in present]
    parts = [_month(tables, reached, start, as_of).to_pyarrow() for start in starts]
    return pa.concat_tables(parts) if parts else _month(tables, reached, end, as_of).limit(0).to_pyarrow()


def _months_present(contacts: ir.Table) -> set[date]:
    """First days of the months that have any of the contacts."""
    month = as_date(contacts.contacted_at).truncate("M")
    return set(contacts.select(month=month).distinct().to_pyarrow()["month"].to_pylist())


def _month(tables: Tables, contacts: ir.Table, start: date, as_of: date) -> ir.Table:
    """The contacts of the month that begins on `start`, with the view as of that day; sources are those of `as_of`."""
    day = as_date(contacts.contacted_at)
    month = contacts.filter(day >= start, day < add_months(start, 1))
    view = view_of(tables, start, month.select(KEY).distinct(), sources_by=as_of)
    names = [name for name in view.columns if name != KEY]
    joined = month.inner_join(view, KEY, rname="{name}_of_customer")
    return joined.order_by("contacted_at", "contact_id").select(*names, *_GIVEN, "label")
