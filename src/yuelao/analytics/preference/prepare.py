"""Bringing the evidence into the form the estimate needs: few passes in the engine, then small arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.channels import BUSINESSES, CHANNELS, rolled_up
from yuelao.analytics.evidence import KEY, Evidence
from yuelao.analytics.preference import habit
from yuelao.analytics.preference.definition import Factor, Learning, Touches
from yuelao.analytics.preference.factors import Scaled, raw_column
from yuelao.analytics.preference.habit import PARTS, Base
from yuelao.analytics.preference.learned import Contacts
from yuelao.analytics.preference.sample import count, drawn

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_FEATURES = {channel: f"{channel}_touches_6m" for channel in CHANNELS}
COUNTED = tuple(_FEATURES.values())
"""The features that tell a customer's touches where no rows of them are known."""
_SUMS = habit.TOUCHED
_MOST_CONTACTS = 100_000
NO_TOUCHES = "No touch is known on any of the channels: the factors alone speak"
NO_BUSINESS = "Touches are known by channel only: there is no preference per kind of business"
NO_EARLIER = "Learned weights need contacts after an earlier view and that view: the hand-set ones are used"


@dataclass(frozen=True, eq=False)
class Touched:
    """Where the customers' touches are: rolled-up rows and their sums a customer, else features of the view."""

    rows: ir.Table | None = None
    sums: ir.Table | None = None

    def counts(self, view: ir.Table) -> ir.Table:
        """Each customer's touches: customer_id, touches_seen and touched_<channel> in thousandths."""
        if self.sums is not None:
            return self.sums
        seen = {c: view[name].fill_null(0).cast("int64") for c, name in _FEATURES.items()}
        total = seen["phone"] + seen["sms"] + seen["online"] + seen["hall"]
        return view.select(KEY, touches_seen=total, **{f"touched_{c}": n * PARTS for c, n in seen.items()})


def learn_touches(
    evidence: Evidence, rules: Touches, importance: Sequence[float]
) -> tuple[Base, Touched | None, list[str]]:
    """The base's habits, where the customers' touches are (None: nowhere), and notes."""
    if evidence.touches is not None:
        sampled = drawn(evidence.view, count(evidence.view)).select(KEY)
        some = evidence.touches.semi_join(sampled, KEY).select(KEY, "occurred_at", "channel", "business")
        found = _counted(habit.rolled(some))
        base = habit.learn_base(_by_business(found), importance)
        base = habit.learn_strengths(base, rules, found | {"n": found["days"]})
        rows = habit.rolled(evidence.touches, base)
        return base, Touched(rows, evidence.keep(habit.by_customer(rows))), []
    if not set(COUNTED) <= set(evidence.view.columns):
        return habit.nothing_known(), None, [NO_TOUCHES]
    sums = Touched().counts(evidence.view)
    totals = sums.aggregate(**{name: sums[name].sum() for name in _SUMS}).to_pyarrow().to_pylist()[0]
    counts = np.zeros((len(BUSINESSES), len(CHANNELS)), dtype=np.int64)
    counts[-1] = [int(totals[name] or 0) // PARTS for name in _SUMS]
    base = habit.learn_strengths(habit.learn_base(counts), rules, _without_business(sums, count(evidence.view)))
    return base, Touched(), [NO_BUSINESS]


def sample_view(view: ir.Table, touched: Touched | None, factors: Sequence[Factor]) -> tuple[list[Floats], Floats]:
    """Of sampled customers, in a fixed order: each factor's raw values, and the weighted touches by channel (n × 4)."""
    some = drawn(view, count(view))
    columns = {f"raw_{i}": raw_column(some, factor) for i, factor in enumerate(factors)}
    table = some.select(KEY, **columns)
    if touched is not None:
        table = table.left_join(touched.counts(view), KEY, rname="{name}_touched")
    rows = table.to_pyarrow().sort_by(KEY)
    raw = [_floats(rows, name) for name in columns]
    if touched is None:
        return raw, np.zeros((rows.num_rows, len(CHANNELS)))
    return raw, np.column_stack([np.nan_to_num(_floats(rows, name)) for name in _SUMS]) / PARTS


def sample_contacts(
    evidence: Evidence, base: Base, factors: Sequence[Scaled], rules: Learning
) -> tuple[Contacts | None, list[str]]:
    """The contacts since the earlier view with what was known then, at most 100,000; None and a note without them.

    A contact by a channel counts as answered where its outcome is one of `rules.answers`, or the customer replied.
    """
    earlier, day = evidence.earlier, evidence.earlier_as_of
    if evidence.contacts is None or earlier is None or day is None:
        return None, [NO_EARLIER]
    lacking = [scaled.factor.feature for scaled in factors if scaled.factor.feature not in earlier.columns]
    if lacking:
        return None, [f"The earlier view lacks {lacking[0]}: the hand-set weights are used"]
    made = _judged(evidence.contacts, day, evidence.as_of, rules)
    made = drawn(made, count(made), _MOST_CONTACTS)
    known = earlier.select(KEY, **{f"x_{i}": scaled.column(earlier) for i, scaled in enumerate(factors)})
    table = made.inner_join(known, KEY)
    if evidence.touches is not None:
        before = evidence.touches.filter(evidence.touches.occurred_at < ibis.literal(day).cast("timestamp"))
        table = table.left_join(habit.by_customer(habit.rolled(before, base)), KEY, rname="{name}_touched")
    else:
        table = table.mutate(**dict.fromkeys(_SUMS, ibis.literal(0)))
    rows = table.to_pyarrow().sort_by([(name, "ascending") for name in ("contacted_at", KEY, "channel", "answered")])
    place = {channel: i for i, channel in enumerate(CHANNELS)}
    of = {
        channel: [_floats(rows, f"x_{i}") for i, scaled in enumerate(factors) if scaled.factor.channel == channel]
        for channel in CHANNELS
    }
    n = rows.num_rows
    return Contacts(
        channel=np.array([place[channel] for channel in rows["channel"].to_pylist()], dtype=np.int64),
        success=_floats(rows, "answered"),
        counts=np.column_stack([np.nan_to_num(_floats(rows, name)) for name in _SUMS]) / PARTS,
        factors={channel: np.column_stack(values) if values else np.zeros((n, 0)) for channel, values in of.items()},
    ), []


def _judged(contacts: ir.Table, start: date, end: date, rules: Learning) -> ir.Table:
    """Contacts of the four channels from `start` up to `end`, with `answered` (0 or 1) by the outcome or the reply."""
    channel = rolled_up(contacts.channel)
    answered = contacts.outcome.isin(list(rules.answers)).fill_null(False) | contacts.replied.fill_null(False)
    table = contacts.select(KEY, "contacted_at", channel=channel, answered=ibis.ifelse(answered, 1, 0))
    since, until = (ibis.literal(day).cast("timestamp") for day in (start, end))
    return table.filter(table.channel.notnull(), table.contacted_at >= since, table.contacted_at < until)


def _counted(rows: ir.Table) -> dict[str, Counts]:
    """Touches by indices of customer, business and channel: how many (n), and on how many days.

    How far touches agree is judged by days: a second try, or the payment behind a visit, agrees with the first by
    itself.
    """
    grouped = rows.group_by(KEY, "business", "channel")
    return _indexed(grouped.aggregate(n=rows.count(), days=rows.day.nunique()).to_pyarrow())


def _by_business(found: dict[str, Counts]) -> Counts:
    """Touches by business and channel over all customers (11 × 4)."""
    counts = np.zeros((len(BUSINESSES), len(CHANNELS)), dtype=np.int64)
    np.add.at(counts, (found["business"], found["channel"]), found["n"])
    return counts


def _indexed(table: pa.Table) -> dict[str, Counts]:
    """Counted touches by indices of customer, business and channel."""
    rows = table.sort_by([(name, "ascending") for name in (KEY, "business", "channel")])
    _, customer = np.unique(rows[KEY].to_numpy(), return_inverse=True) if rows.num_rows else (None, np.zeros(0))
    names = {"business": BUSINESSES, "channel": CHANNELS}
    found = {"customer": np.asarray(customer, dtype=np.int64)}
    found |= {name: rows[name].to_numpy().astype(np.int64) for name in ("n", "days")}
    for name, known in names.items():
        place = {value: i for i, value in enumerate(known)}
        found[name] = np.array([place[value] for value in rows[name].to_pylist()], dtype=np.int64)
    return found


def _without_business(sums: ir.Table, rows: int) -> dict[str, Counts]:
    """Sampled customers' touches as rows of one kind of business."""
    table = drawn(sums, rows).to_pyarrow().sort_by(KEY)
    counts = np.column_stack([_floats(table, name) for name in _SUMS]).astype(np.int64) // PARTS
    customer, channel = np.nonzero(counts)
    other = np.full(len(customer), len(BUSINESSES) - 1)
    return {"customer": customer, "business": other, "channel": channel, "n": counts[customer, channel]}


def _floats(table: pa.Table, name: str) -> Floats:
    values: Floats = table[name].cast(pa.float64()).to_numpy()
    return np.array(values, dtype=np.float64)
