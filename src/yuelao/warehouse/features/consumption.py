"""What the customer used and was charged, from the monthly bills. Figures of several months are means per month."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

usage = Pass("usage_monthly")
consumption = usage.family("consumption")


@consumption.feature(unit="yuan/month", en="Mean monthly charge, last 3 months (ARPU)", zh="近三月月均消费（ARPU）")
def arpu_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("charge")


@consumption.feature(unit="yuan/month", en="Mean monthly charge, last 6 months", zh="近六月月均消费")
def arpu_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("charge")


@consumption.feature(unit="yuan", en="Highest charge of a month, last 6 months", zh="近六月最高月消费")
def charge_highest_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).value("charge").cast("float64")


@consumption.feature(unit="yuan", en="Charge of the last month", zh="上月消费")
def charge_last_month(bills: Rows) -> ir.Value:
    return bills.last(months=1).total("charge")


@consumption.feature(
    unit="share",
    en="Change of the mean monthly charge, last 3 months against the 3 before",
    zh="近三月月均消费较前三月变化",
)
def charge_change_3m(bills: Rows) -> ir.Value:
    return change(bills, "charge")


@consumption.feature(unit="yuan/minute", en="Charge per billed minute, last 3 months", zh="近三月每计费分钟消费")
def charge_per_minute_3m(bills: Rows) -> ir.Value:
    return share(bills, "charge", "voice_minutes")


@consumption.feature(unit="minutes/month", en="Billed minutes, monthly mean of 3 months", zh="近三月月均计费通话分钟")
def voice_minutes_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("voice_minutes")


@consumption.feature(unit="minutes/month", en="Billed minutes, monthly mean of 6 months", zh="近六月月均计费通话分钟")
def voice_minutes_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("voice_minutes")


@consumption.feature(
    unit="share",
    en="Change of the mean monthly minutes, last 3 months against the 3 before",
    zh="近三月月均通话较前三月变化",
)
def voice_change_3m(bills: Rows) -> ir.Value:
    return change(bills, "voice_minutes")


@consumption.feature(
    unit="minutes/month", en="Minutes of calls received, monthly mean of 3 months", zh="近三月月均被叫分钟"
)
def incoming_minutes_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("incoming_minutes")


@consumption.feature(unit="calls/month", en="Calls made, monthly mean of 3 months", zh="近三月月均主叫次数")
def calls_made_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("calls_made")


@consumption.feature(
    unit="numbers/month", en="Different numbers called, monthly mean of 3 months", zh="近三月月均主叫号码数"
)
def numbers_called_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("numbers_called")


@consumption.feature(unit="calls/month", en="Calls forwarded, monthly mean of 6 months", zh="近六月月均呼叫转移次数")
def call_forwards_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("call_forwards")


@consumption.feature(
    unit="calls/month", en="Calls to information lines, monthly mean of 6 months", zh="近六月月均信息台拨打次数"
)
def information_calls_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("information_calls")


@consumption.feature(unit="minutes/month", en="Roaming minutes, monthly mean of 3 months", zh="近三月月均漫游分钟")
def roaming_minutes_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("roaming_minutes")


@consumption.feature(unit="minutes/month", en="Roaming minutes, monthly mean of 6 months", zh="近六月月均漫游分钟")
def roaming_minutes_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("roaming_minutes")


@consumption.feature(unit="messages/month", en="Messages sent, monthly mean of 3 months", zh="近三月月均短信条数")
def sms_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("sms_count")


@consumption.feature(
    unit="share", en="Minutes to other networks, share of all minutes, last 3 months", zh="近三月网外通话占比"
)
def off_net_share_3m(bills: Rows) -> ir.Value:
    return share(bills, "off_net_minutes", "voice_minutes")


@consumption.feature(
    unit="share", en="Long-distance and roaming minutes, share of all minutes, last 3 months", zh="近三月长途漫游占比"
)
def distance_roaming_share_3m(bills: Rows) -> ir.Value:
    recent = bills.last(months=3)
    far = recent.total("long_distance_minutes") + recent.total("roaming_minutes").fill_null(0.0)
    return safe_divide(far, recent.total("voice_minutes"))


@consumption.feature(
    unit="yuan/month", en="Charge beyond the bundle, monthly mean of 3 months", zh="近三月月均套外费用"
)
def overage_charge_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("overage_charge")


@consumption.feature(
    unit="months", en="Months of the last 6 with a charge beyond the bundle", zh="近六月有套外费用月数", ever=True
)
def overage_charge_months_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).where(bills["overage_charge"] > 0).count()


@consumption.count(unit="months", en="Months of the last 6 with a bill", zh="近六月有账单月数")
def billed_months_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).count()


def share(bills: Rows, part: str, whole: str) -> ir.FloatingValue:
    """The part over the whole, both summed over the last 3 months."""
    recent = bills.last(months=3)
    return safe_divide(recent.total(part), recent.total(whole))


def change(bills: Rows, field: str) -> ir.FloatingValue:
    """The mean of the last 3 months over that of the 3 before, less 1."""
    return safe_divide(bills.last(months=3).mean(field), bills.last(months=3, skip_months=3).mean(field)) - 1.0
