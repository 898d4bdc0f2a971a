"""What the customer holds beside the main plan: value-added services and packs, and what they cost."""

import ibis.expr.types as ir

from yuelao.warehouse.features.consumption import share, usage
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

subscriptions = Pass("subscriptions")
value_added = subscriptions.family("value-added")
charged = usage.family("value-added")


@value_added.count(unit="products", en="Products held", zh="在用订购数")
def subscriptions_count(held: Rows) -> ir.Value:
    return held.in_force().count()


@value_added.count(unit="services", en="Value-added services held", zh="在用增值业务数")
def vas_count(held: Rows) -> ir.Value:
    return held.in_force().of(kind=["vas"]).count()


@value_added.count(unit="packs", en="Packs held", zh="在用叠加包数")
def packs_count(held: Rows) -> ir.Value:
    return held.in_force().of(kind=["pack"]).count()


@value_added.count(
    unit="services",
    en="Services and packs held that are used online (data, video, music, cloud …)",
    zh="在用数据业务数（流量、视频、音乐、云盘等）",
)
def data_services_count(held: Rows) -> ir.Value:
    return held.in_force().of(kind=["vas", "pack"]).about("product", "data_service").count()


@value_added.feature(unit="yuan/month", en="Monthly fees of the products held", zh="在用订购月费合计")
def subscriptions_fee(held: Rows) -> ir.Value:
    return held.in_force().total("monthly_fee")


@value_added.feature(unit="yuan/month", en="Monthly fees of the value-added services held", zh="在用增值业务月费合计")
def vas_fee(held: Rows) -> ir.Value:
    return held.in_force().of(kind=["vas"]).total("monthly_fee")


@value_added.flag(en="Holds the secretary service", zh="是否使用秘书台")
def uses_secretary(held: Rows) -> ir.Value:
    return held.in_force().about("product", "secretary").count() > 0


@value_added.flag(en="Holds number management", zh="是否使用号码管理")
def uses_number_management(held: Rows) -> ir.Value:
    return held.in_force().about("product", "number_management").count() > 0


@value_added.count(unit="products", en="Products taken, last 6 months", zh="近六月新订购数")
def subscriptions_taken_6m(held: Rows) -> ir.Value:
    return held.last(months=6).count()


@value_added.count(unit="services", en="Value-added services taken, last 6 months", zh="近六月新订增值业务数")
def vas_taken_6m(held: Rows) -> ir.Value:
    return held.last(months=6).of(kind=["vas"]).count()


@value_added.count(unit="packs", en="Packs taken, last 3 months", zh="近三月新订叠加包数")
def packs_taken_3m(held: Rows) -> ir.Value:
    return held.last(months=3).of(kind=["pack"]).count()


@value_added.days_since(en="Days since a product was last taken", zh="距上次订购天数")
def days_since_subscription(held: Rows) -> Rows:
    return held


@charged.feature(
    unit="share", en="Value-added charge, share of the whole charge, last 3 months", zh="近三月增值业务费占比"
)
def vas_share_3m(bills: Rows) -> ir.Value:
    return share(bills, "vas_charge", "charge")


@charged.feature(
    unit="yuan/month", en="Charge for value-added services, monthly mean of 6 months", zh="近六月月均增值业务费"
)
def vas_charge_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("vas_charge")
