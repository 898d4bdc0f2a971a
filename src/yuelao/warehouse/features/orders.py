"""What the customer ordered."""

import ibis.expr.types as ir

from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

# An order's state goes on changing after the date of a view and only the newest is kept, so it is not looked at:
# an order counts as placed, whatever became of it.
orders = Pass("orders")
ordering = orders.family("orders")


@ordering.count(unit="orders", en="Orders, last 3 months", zh="近三月订单数")
def orders_3m(placed: Rows) -> ir.Value:
    return placed.last(months=3).count()


@ordering.count(unit="orders", en="Orders, last 12 months", zh="近十二月订单数")
def orders_12m(placed: Rows) -> ir.Value:
    return placed.last(months=12).count()


@ordering.count(unit="yuan", en="Amount ordered, last 12 months", zh="近十二月订单总额")
def ordered_12m(placed: Rows) -> ir.Value:
    return placed.last(months=12).amount("amount")


@ordering.feature(unit="yuan", en="Mean amount of an order, last 12 months", zh="近十二月订单均额")
def order_amount_mean_12m(placed: Rows) -> ir.Value:
    return placed.last(months=12).mean("amount")


@ordering.days_since(en="Days since the last order", zh="距上次下单天数")
def days_since_order(placed: Rows) -> Rows:
    return placed
