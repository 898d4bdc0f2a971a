"""What the customer pays, how often and where."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

payment = Family("payment", "payments")


@payment.feature(unit="yuan", en="Mean amount of a payment, last 3 months", zh="近三月笔均缴费金额")
def payment_mean_3m(payments: Rows) -> ir.Value:
    return payments.last(months=3).mean("amount")


@payment.count(unit="payments", en="Payments, last 3 months", zh="近三月缴费次数")
def payments_3m(payments: Rows) -> ir.Value:
    return payments.last(months=3).count()


@payment.feature(unit="days", en="Days since the last payment", zh="距上次缴费天数")
def days_since_payment(payments: Rows) -> ir.Value:
    return payments.days_since()


@payment.feature(unit="share", en="Payments made in a hall, share of all, last 3 months", zh="近三月营业厅缴费占比")
def hall_payment_share_3m(payments: Rows) -> ir.Value:
    recent = payments.last(months=3)
    return safe_divide(recent.of(channel=["hall"]).count(), recent.count())
