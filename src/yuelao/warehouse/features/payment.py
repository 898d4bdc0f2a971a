"""What the customer pays, how often and where."""

from collections.abc import Collection
from datetime import date

import ibis.expr.types as ir

from yuelao.analytics.channels import rolled_up
from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows
from yuelao.warehouse.tables import Tables


def _rolled_up(paid: ir.Table, _tables: Tables, _as_of: date, _sources: Collection[str]) -> ir.Table:
    """The payments with `paid_on`, the channel of four."""
    return paid.mutate(paid_on=rolled_up(paid.channel))


payments = Pass("payments", prepare=_rolled_up)
payment = payments.family("payment")


@payment.feature(unit="yuan", en="Mean amount of a payment, last 3 months", zh="近三月笔均缴费金额")
def payment_mean_3m(paid: Rows) -> ir.Value:
    return paid.last(months=3).mean("amount")


@payment.feature(unit="yuan", en="Mean amount of a payment, last 6 months", zh="近六月笔均缴费金额")
def payment_mean_6m(paid: Rows) -> ir.Value:
    return paid.last(months=6).mean("amount")


@payment.count(unit="payments", en="Payments, last 3 months", zh="近三月缴费次数")
def payments_3m(paid: Rows) -> ir.Value:
    return paid.last(months=3).count()


@payment.count(unit="payments", en="Payments, last 6 months", zh="近六月缴费次数")
def payments_6m(paid: Rows) -> ir.Value:
    return paid.last(months=6).count()


@payment.count(unit="yuan", en="Amount paid, last 6 months", zh="近六月缴费总额")
def paid_6m(paid: Rows) -> ir.Value:
    return paid.last(months=6).amount("amount")


@payment.days_since(en="Days since the last payment", zh="距上次缴费天数")
def days_since_payment(paid: Rows) -> Rows:
    return paid


@payment.feature(unit="share", en="Payments made in a hall, share of all, last 3 months", zh="近三月营业厅缴费占比")
def hall_payment_share_3m(paid: Rows) -> ir.Value:
    return paid.last(months=3).share(channel=["hall"])


@payment.feature(
    unit="share",
    en="Share of the amount paid that was paid in halls and at kiosks, last 6 months",
    zh="近六月厅店缴费金额占比",
)
def hall_spend_share_6m(paid: Rows) -> ir.Value:
    return _spend_share(paid, "hall")


@payment.feature(
    unit="share", en="Share of the amount paid that was paid online, last 6 months", zh="近六月线上缴费金额占比"
)
def online_spend_share_6m(paid: Rows) -> ir.Value:
    return _spend_share(paid, "online")


def _spend_share(paid: Rows, name: str) -> ir.FloatingValue:
    """The share of the amount, of payments whose channel is told, that was paid on one of the four channels."""
    told = paid.last(months=6).where(paid["channel"].notnull())
    return safe_divide(told.of(paid_on=[name]).amount("amount"), told.total("amount"))
