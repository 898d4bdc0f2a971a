"""What the customer ordered, looked at and tried in vain. Three tables, hence three families."""

import ibis.expr.types as ir

from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

# An order's state goes on changing after the date of a view and only the newest is kept, so it is not looked at:
# an order counts as placed, whatever became of it.
ordering = Family("orders", "orders")
browsing = Family("browsing", "browsing")
transaction = Family("transactions", "transactions")


@ordering.count(unit="orders", en="Orders, last 12 months", zh="近十二月订单数")
def orders_12m(orders: Rows) -> ir.Value:
    return orders.last(months=12).count()


@ordering.feature(unit="yuan", en="Mean amount of an order, last 12 months", zh="近十二月订单均额")
def order_amount_mean_12m(orders: Rows) -> ir.Value:
    return orders.last(months=12).mean("amount")


@ordering.feature(unit="days", en="Days since the last order", zh="距上次下单天数")
def days_since_order(orders: Rows) -> ir.Value:
    return orders.days_since()


@browsing.count(unit="pages", en="Pages looked at, last 30 days", zh="近三十天浏览页数")
def browsing_30d(pages: Rows) -> ir.Value:
    return pages.last(days=30).count()


@browsing.count(unit="products", en="Different products looked at, last 30 days", zh="近三十天浏览产品数")
def products_browsed_30d(pages: Rows) -> ir.Value:
    return pages.last(days=30).distinct("product")


@browsing.count(unit="pages", en="Pages about data looked at, last 30 days", zh="近三十天浏览流量类页数")
def data_pages_30d(pages: Rows) -> ir.Value:
    return pages.last(days=30).mentioning("category", "data", "流量").count()


@browsing.count(unit="pages", en="Pages about handsets looked at, last 30 days", zh="近三十天浏览终端类页数")
def handset_pages_30d(pages: Rows) -> ir.Value:
    return pages.last(days=30).mentioning("category", "handset", "终端", "手机").count()


@browsing.feature(unit="days", en="Days since a page was last looked at", zh="距上次浏览天数")
def days_since_browsing(pages: Rows) -> ir.Value:
    return pages.days_since()


@transaction.count(
    unit="attempts", en="Business tried on electronic channels, last 90 days", zh="近九十天电子渠道办理次数"
)
def transactions_90d(attempts: Rows) -> ir.Value:
    return attempts.last(days=90).count()


@transaction.count(
    unit="attempts", en="Failed attempts on electronic channels, last 30 days", zh="近三十天电子渠道失败次数"
)
def failed_transactions_30d(attempts: Rows) -> ir.Value:
    return attempts.last(days=30).where(~attempts["succeeded"]).count()
