"""What the customer used and was charged, from the monthly bills. Figures of three months are means per month."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

consumption = Family("consumption", "usage_monthly")


@consumption.feature(unit="yuan/month", en="Mean monthly charge, last 3 months (ARPU)", zh="近三月月均消费（ARPU）")
def arpu_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("charge")


@consumption.feature(unit="yuan", en="Charge of the last month", zh="上月消费")
def charge_last_month(bills: Rows) -> ir.Value:
    return bills.last(months=1).total("charge")


@consumption.feature(
    unit="share",
    en="Change of the mean monthly charge, last 3 months against the 3 before",
    zh="近三月月均消费较前三月变化",
)
def charge_change_3m(bills: Rows) -> ir.Value:
    return _change(bills, "charge")


@consumption.feature(unit="yuan/minute", en="Charge per billed minute, last 3 months", zh="近三月每计费分钟消费")
def charge_per_minute_3m(bills: Rows) -> ir.Value:
    return _share(bills, "charge", "voice_minutes")


@consumption.feature(unit="minutes/month", en="Billed minutes, monthly mean of 3 months", zh="近三月月均计费通话分钟")
def voice_minutes_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("voice_minutes")


@consumption.feature(unit="minutes/month", en="Roaming minutes, monthly mean of 3 months", zh="近三月月均漫游分钟")
def roaming_minutes_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("roaming_minutes")


@consumption.feature(unit="messages/month", en="Messages sent, monthly mean of 3 months", zh="近三月月均短信条数")
def sms_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("sms_count")


@consumption.feature(unit="MB/month", en="Data used, monthly mean of 3 months", zh="近三月月均流量")
def data_mb_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("data_mb")


@consumption.feature(unit="MB", en="Data used in the last month", zh="上月流量")
def data_mb_last_month(bills: Rows) -> ir.Value:
    return bills.last(months=1).total("data_mb")


@consumption.feature(
    unit="share",
    en="Change of the mean monthly data, last 3 months against the 3 before",
    zh="近三月月均流量较前三月变化",
)
def data_change_3m(bills: Rows) -> ir.Value:
    return _change(bills, "data_mb")


@consumption.feature(
    unit="share", en="Data used on 4G or 5G, share of all data, last 3 months", zh="近三月 4G/5G 流量占比"
)
def fast_data_share_3m(bills: Rows) -> ir.Value:
    return _share(bills, "fast_data_mb", "data_mb")


@consumption.feature(
    unit="share", en="Minutes to other networks, share of all minutes, last 3 months", zh="近三月网外通话占比"
)
def off_net_share_3m(bills: Rows) -> ir.Value:
    return _share(bills, "off_net_minutes", "voice_minutes")


@consumption.feature(
    unit="share", en="Long-distance and roaming minutes, share of all minutes, last 3 months", zh="近三月长途漫游占比"
)
def distance_roaming_share_3m(bills: Rows) -> ir.Value:
    recent = bills.last(months=3)
    far = recent.total("long_distance_minutes") + recent.total("roaming_minutes").fill_null(0.0)
    return safe_divide(far, recent.total("voice_minutes"))


@consumption.feature(
    unit="share", en="Value-added charge, share of the whole charge, last 3 months", zh="近三月增值业务费占比"
)
def vas_share_3m(bills: Rows) -> ir.Value:
    return _share(bills, "vas_charge", "charge")


@consumption.feature(unit="MB/month", en="Data beyond the bundle, monthly mean of 3 months", zh="近三月月均套外流量")
def overage_data_mb_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("overage_data_mb")


@consumption.feature(
    unit="yuan/month", en="Charge beyond the bundle, monthly mean of 3 months", zh="近三月月均套外费用"
)
def overage_charge_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("overage_charge")


@consumption.feature(unit="months", en="Months of the last 3 with data beyond the bundle", zh="近三月流量超套月数")
def overage_months_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).where(bills["overage_data_mb"] > 0).count()


def _share(bills: Rows, part: str, whole: str) -> ir.FloatingValue:
    recent = bills.last(months=3)
    return safe_divide(recent.total(part), recent.total(whole))


def _change(bills: Rows, field: str) -> ir.FloatingValue:
    return safe_divide(bills.last(months=3).mean(field), bills.last(months=3, skip_months=3).mean(field)) - 1.0
