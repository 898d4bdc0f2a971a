"""Training sets: what was known of customers on earlier days, and what came of a contact or of the months after it."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.analytics.channels import rolled_up
from yuelao.common.errors import Refused
from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.dates import add_months, as_date
from yuelao.warehouse.engine import in_share
from yuelao.warehouse.features.view import view_of
from yuelao.warehouse.tables import KEY, Tables
from yuelao.warehouse.targets import HEARD, Target

SPOKEN = ("phone", "hall")
"""Channels on which an answer comes at once or nobody was there; the others are written, and silence is an answer."""
MOST_OF_A_CELL = 20_000
MOST_ROWS = 200_000
"""Rows of a training set over windows: drawn from the customers, the same ones on every day."""
_MOST_MONTHS = 12
_NO_SUCH = (Outcome.EMPTY_NUMBER.value, Outcome.WRONG_NUMBER.value)


def training_set(tables: Tables, as_of: date, months: int = 12, most_of_a_cell: int = MOST_OF_A_CELL) -> pa.Table:
    """The offers before `as_of` that could be answered, of the last `months` months, in order of time.

    Of calls and visits those that reached somebody; of messages and pages all, for silence is their usual answer. At
    most about `most_of_a_cell` of one product on one channel, drawn by their ids.

    Columns: the features and extra attributes as of the first day of the contact's month, `product`, `channel` (phone,
    sms, online, hall), `contacted_at` and `label` (it sold). A count of a table that has rows by `as_of` is 0 in the
    months before its first row, as it is when a customer without rows is scored; null there would tell the model
    nothing but the month.
    """
    contacts = tables.table("contacts")
    # a refusal by message, say, was no answer to an offer
    offers = contacts.filter(
        as_date(contacts.contacted_at) < as_of,
        as_date(contacts.contacted_at) >= add_months(as_of.replace(day=1), -months),
        contacts["product"].notnull(),
        contacts.outcome.notnull(),
    )
    # a source that tells no channel is taken to have called
    offers = offers.mutate(channel=rolled_up(offers.channel.fill_null(SPOKEN[0])))
    answerable = offers.filter(offers.channel.notnull(), ~offers.channel.isin(SPOKEN) | offers.outcome.isin(REACHED))
    drawn = _drawn(answerable, most_of_a_cell)
    given = drawn.select(
        KEY, "contact_id", "product", "channel", "contacted_at", label=drawn.outcome == Outcome.SOLD.value
    )
    return _with_views(tables, given, as_of, months)


def _drawn(offers: ir.Table, most: int) -> ir.Table:
    """The offers, of no product on a channel more than about so many."""
    cells = offers.group_by("product", "channel").aggregate(rows=offers.count())
    large = cells.filter(cells.rows > most).to_pyarrow().to_pylist()
    of_cells = (
        ((offers["product"] == cell["product"]) & (offers.channel == cell["channel"]), most / cell["rows"])
        for cell in large
    )
    left_out = [found & ~in_share("offers", offers.contact_id, share) for found, share in of_cells]
    return offers.filter(*(~each for each in left_out)) if left_out else offers


def reach_set(tables: Tables, as_of: date, months: int = 12) -> pa.Table:
    """The calls before `as_of`, of the last `months` months, in order of time: who answered, and when it was.

    Columns: as those of `training_set`, with `hour` 0–23 and `weekday` (0 is Monday) of the call in place of the
    product, and `label` (somebody answered). A number that does not exist or is another's can be reached at no hour,
    so calls of it are left out.
    """
    calls = _calls(tables, as_of)
    there = calls.filter(calls.outcome.notnull(), ~calls.outcome.isin(_NO_SUCH))
    when = there.contacted_at
    times = {"hour": when.hour().cast("int64"), "weekday": when.day_of_week.index().cast("int64")}
    given = there.select(KEY, "contact_id", "contacted_at", **times, label=there.outcome.isin(REACHED))
    return _with_views(tables, given, as_of, months)


def _calls(tables: Tables, as_of: date) -> ir.Table:
    """The calls before a day; a source that tells no channel is taken to have called."""
    contacts = tables.table("contacts")
    # a message or a page is answered and sells far more seldom than talk
    called = contacts.channel.isnull() | (contacts.channel == "phone")
    return contacts.filter(as_date(contacts.contacted_at) < as_of, called)


def _with_views(tables: Tables, contacts: ir.Table, as_of: date, months: int) -> pa.Table:
    """The contacts of the last `months` months, each with the view as of the first day of its month."""
    end = as_of.replace(day=1)
    present = _months_present(contacts)
    starts = [start for start in (add_months(end, -back) for back in range(months, -1, -1)) if start in present]
    parts = [_month(tables, contacts, start, as_of).to_pyarrow() for start in starts]
    return pa.concat_tables(parts) if parts else _month(tables, contacts, end, as_of).limit(0).to_pyarrow()


def windows_set(tables: Tables, target: Target, as_of: date, most_rows: int = MOST_ROWS) -> pa.Table:
    """The customers a target is about on the first days of earlier windows that had ended by `as_of`.

    Columns: the features and extra attributes as of `start`, `start` (the day) and `label`. In order of `start`.
    The windows do not overlap: when one begins, all earlier labels are known. Refused where the lake does not reach
    back far enough for a window to learn from and a later one to test on.
    """
    starts = _starts(tables, target, as_of)
    labelled = [target.labels(tables, start) for start in starts]
    rows = sum(int(labels.count().to_pyarrow().as_py()) for labels in labelled)
    share = min(1.0, most_rows / max(rows, 1))
    parts = []
    for start, labels in zip(starts, labelled, strict=True):
        drawn = labels.filter(in_share("training", labels[KEY], share))
        view = view_of(tables, start, drawn, sources_by=as_of)
        joined = view.inner_join(drawn, KEY, rname="{name}_of_target").order_by(KEY)
        parts.append(joined.mutate(start=ibis.literal(start)).drop(KEY).to_pyarrow())
    return pa.concat_tables(parts)


def _starts(tables: Tables, target: Target, as_of: date) -> list[date]:
    """First days of windows with a month of history before, one after the other, all ended; the oldest first."""
    lacking = [name for name in target.needs if not tables.has(name)]
    if lacking:
        hint = f"Load an extract of {lacking[0]}"
        raise Refused(f"{target.name} is learned from {lacking[0]}, which has no rows", where="train", hint=hint)
    first, last = history_begins(tables), add_months(as_of.replace(day=1), -target.months)
    starts = [add_months(last, -back) for back in range(0, _MOST_MONTHS, target.months)][::-1]
    starts = [start for start in starts if first is not None and start >= add_months(first, 1)]
    if len(starts) < 2:
        history = f"{2 * target.months + 1} months of history: some to learn from, and later ones to test on"
        hint = f"Load earlier months, or look fewer than {target.months} months ahead"
        raise Refused(f"{target.name} needs {history}", where="train", hint=hint, code="too_little_data")
    return starts


def history_begins(tables: Tables) -> date | None:
    """The first month of which customers left traces; None where they left none at all."""
    firsts = []
    for name in HEARD:
        if tables.has(name):
            known = CONTRACT.table(name).known
            assert known is not None
            firsts.append(as_date(tables.table(name)[known[0]]).min().to_pyarrow().as_py())
    return min(firsts).replace(day=1) if firsts else None


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
    given = [name for name in contacts.columns if name not in (KEY, "contact_id")]
    joined = month.inner_join(view, KEY, rname="{name}_of_customer")
    return joined.order_by("contacted_at", "contact_id").select(*names, *given)
