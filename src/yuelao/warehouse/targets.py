"""Targets: what may happen to customers after a day, each one named Ibis expression with its meaning and its window.

A target tells of every customer that it is about whether it happened in the whole months from `start`: to the customers
themselves, whoever contacted them. What comes of a contact is in `training`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.common.errors import NotFound, nearest
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.dates import add_months
from yuelao.warehouse.features.rows import known_before, known_rows
from yuelao.warehouse.features.view import known_customers
from yuelao.warehouse.tables import KEY, Tables

LABEL, OFFERED = "label", "offered"
HEARD = ("usage_monthly", "payments", "interactions", "transactions")
"""Tables that a customer who is still there leaves rows in."""
_KEEPS_SPENDING = 0.9


@dataclass(frozen=True)
class Window:
    """The whole months from `start` on, as far as the tables know them."""

    tables: Tables
    start: date
    months: int

    @property
    def end(self) -> date:
        """The day after the last."""
        return add_months(self.start, self.months)

    def last_month(self) -> "Window":
        """The last month of it alone."""
        return Window(self.tables, add_months(self.start, self.months - 1), 1)

    def before(self, months: int) -> "Window":
        """The months before it."""
        return Window(self.tables, add_months(self.start, -months), months)

    def rows(self, table: str) -> ir.Table:
        """The rows of a table that became known in it."""
        described = CONTRACT.table(table)
        known = known_rows(self.tables.table(table), described, self.end)
        first = known_before(described, self.start)
        assert first is not None, f"{table} has no time"
        return known.filter(~first.before(known))

    def whose(self, *tables: str) -> ir.Table:
        """customer_id of those who have rows in any of the tables, once each; tables the source lacks are passed by."""
        there = [self.rows(name).select(KEY) for name in tables if self.tables.has(name)]
        return ibis.union(*there, distinct=True) if len(there) > 1 else there[0].distinct()


Whose = Callable[[Window], ir.Table]
"""customer_id, once each, of a window."""


@dataclass(frozen=True)
class Target:
    """One thing that may happen: its meaning, within how many months, which tables tell, and to whom it happened.

    among: those it can happen to. offered: who was offered it by the end of the window, which may have decided to whom
    it happened; None where nothing is offered.
    """

    name: str
    months: int
    needs: tuple[str, ...]
    en: str
    zh: str
    happened: Whose
    among: Whose
    offered: Whose | None = None

    def within(self, months: int) -> "Target":
        """The same within so many months."""
        return replace(self, months=months)

    def labels(self, tables: Tables, start: date) -> ir.Table:
        """customer_id of everybody it is about, and `label`: whether it happened in the months from `start`.

        With `offered`, where that may have decided it.
        """
        window = Window(tables, start, self.months)
        told = {LABEL: self.happened(window)} | ({OFFERED: self.offered(window)} if self.offered else {})
        joined = self.among(window).select(KEY)
        for name, whose in told.items():
            found = joined.left_join(whose.select(KEY).mutate(**{name: True}), KEY, rname="{name}_found")
            joined = found.select(*joined.columns, **{name: found[name].fill_null(False)})
        return joined


TARGETS: dict[str, Target] = {}
"""Every target of the customers themselves by name; those of a product are made by `target_of`."""


def target_of(name: str, product: str | None = None) -> Target:
    """The target of a name; NotFound with the nearest name. look_alike wants a product, the others want none."""
    if name == LOOK_ALIKE and product:
        return _look_alike(product)
    if name not in TARGETS:
        raise NotFound(f"There is no target called {name!r}", where="train", hint=nearest(name, [*TARGETS]))
    return TARGETS[name]


def _present(window: Window) -> ir.Table:
    """Those who left a trace in the month before the window; everybody known where no table would tell."""
    tables = window.tables
    if not any(tables.has(name) for name in HEARD):
        return known_customers(tables, window.start)
    return known_customers(tables, window.start).semi_join(window.before(1).whose(*HEARD), KEY)


def _target(*needs: str, months: int, en: str, zh: str, among: Whose = _present) -> Callable[[Whose], Whose]:
    """Declare the function as the target of its name."""

    def declare(happened: Whose) -> Whose:
        name = happened.__name__
        TARGETS[name] = Target(name, months, needs, en, zh, happened, among)
        return happened

    return declare


@_target("devices", months=3, en="Uses another handset", zh="换机")
def replacement(window: Window) -> ir.Table:
    return window.whose("devices")


@_target("complaints", months=3, en="Complains", zh="投诉")
def complaint(window: Window) -> ir.Table:
    return window.whose("complaints")


@_target("usage_monthly", months=2, en="Leaves: no bill, payment or touch is left", zh="离网")
def churn(window: Window) -> ir.Table:
    return _present(window).anti_join(window.last_month().whose(*HEARD), KEY)


@_target("usage_monthly", months=3, en="Stays and keeps spending", zh="在网且消费不降")
def loyalty(window: Window) -> ir.Table:
    """A bill in every month of the window, and on average at least nine tenths of what was charged before."""
    before, after = (_charged(months) for months in (window.before(3), window))
    both = after.inner_join(before, KEY, rname="{name}_before")
    stayed = (both.bills >= window.months) & (both.charge >= _KEEPS_SPENDING * both.charge_before)
    return both.filter(stayed).select(KEY)


def _charged(window: Window) -> ir.Table:
    """customer_id, mean monthly charge and number of bills of the window."""
    bills = window.rows("usage_monthly")
    charge = bills.charge.cast("float64").mean().round(6)
    return bills.group_by(KEY).aggregate(charge=charge, bills=bills.month.nunique())


LOOK_ALIKE = "look_alike"


def _look_alike(product: str) -> Target:
    """Who takes up a product, among those who do not hold it on the day before."""

    def taken(window: Window) -> ir.Table:
        rows = window.rows("subscriptions")
        return rows.filter(rows["product"] == product).select(KEY).distinct()

    def without(window: Window) -> ir.Table:
        held = known_rows(window.tables.table("subscriptions"), CONTRACT.table("subscriptions"), window.start)
        return _present(window).anti_join(held.filter(held["product"] == product), KEY)

    def offered(window: Window) -> ir.Table:
        """In the window or the year before."""
        if not window.tables.has("contacts"):
            return known_customers(window.tables, window.start).select(KEY).limit(0)
        year = Window(window.tables, add_months(window.start, -12), 12 + window.months)
        rows = year.rows("contacts")
        return rows.filter(rows["product"] == product).select(KEY).distinct()

    title = {"en": f"Resembles those who take up {product}", "zh": f"与订购 {product} 的客户相似"}
    return Target(LOOK_ALIKE, 3, ("subscriptions",), title["en"], title["zh"], taken, without, offered)
