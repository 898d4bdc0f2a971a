"""What the customer holds beside the main plan."""

from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

subscription = Family("subscription", "subscriptions")


@subscription.count(unit="products", en="Products held", zh="在用订购数")
def subscriptions_count(subscriptions: Rows) -> ir.Value:
    return _held(subscriptions).count()


@subscription.count(unit="services", en="Value-added services held", zh="在用增值业务数")
def vas_count(subscriptions: Rows) -> ir.Value:
    return _held(subscriptions).of(kind=["vas"]).count()


@subscription.count(unit="packs", en="Packs held", zh="在用叠加包数")
def packs_count(subscriptions: Rows) -> ir.Value:
    return _held(subscriptions).of(kind=["pack"]).count()


@subscription.feature(unit="yuan/month", en="Monthly fees of the products held", zh="在用订购月费合计")
def subscriptions_fee(subscriptions: Rows) -> ir.Value:
    return _held(subscriptions).total("monthly_fee")


@subscription.feature(unit="days", en="Days since a product was last taken", zh="距上次订购天数")
def days_since_subscription(subscriptions: Rows) -> ir.Value:
    return subscriptions.days_since()


def not_ended(ended_on: ir.DateValue, as_of: date) -> ir.BooleanValue:
    """Whether it has not ended yet. When it will end may have been recorded later, so nothing else looks at it."""
    return ~(ended_on < ibis.literal(as_of)).fill_null(False)


def _held(subscriptions: Rows) -> Rows:
    return subscriptions.where(not_ended(subscriptions["ended_on"], subscriptions.as_of))
