"""Where the customer turns to, by which channel and about what."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

ELECTRONIC = ("ivr", "sms", "web", "app", "kiosk")
"""The channels that serve without a person."""

service = Family("service", "interactions")


@service.count(unit="touches", en="Touches on any channel, last 3 months", zh="近三月接触次数")
def interactions_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).count()


@service.count(unit="calls", en="Calls to the hotline, last 3 months", zh="近三月热线来电次数")
def hotline_calls_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hotline"]).count()


@service.feature(unit="minutes", en="Mean length of calls to the hotline, last 3 months", zh="近三月热线通话平均时长")
def hotline_minutes_mean_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hotline"]).mean("duration_seconds") / 60.0


@service.count(unit="visits", en="Visits to a hall, last 3 months", zh="近三月到厅次数")
def hall_visits_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hall"]).count()


@service.count(unit="touches", en="Touches on web and app, last 3 months", zh="近三月网站与 APP 接触次数")
def web_app_visits_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["web", "app"]).count()


@service.feature(
    unit="share", en="Touches on electronic channels, share of all, last 3 months", zh="近三月电子渠道接触占比"
)
def electronic_share_3m(touches: Rows) -> ir.Value:
    recent = touches.last(months=3)
    return safe_divide(recent.of(channel=ELECTRONIC).count(), recent.count())


@service.count(unit="touches", en="Touches about data, last 3 months", zh="近三月流量相关接触次数")
def interactions_data_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).mentioning("reason", "data", "流量").count()


@service.count(unit="touches", en="Touches about plans, last 3 months", zh="近三月套餐相关接触次数")
def interactions_plan_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).mentioning("reason", "plan", "套餐").count()


@service.count(unit="touches", en="Touches about handsets, last 3 months", zh="近三月终端相关接触次数")
def interactions_handset_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).mentioning("reason", "handset", "终端", "手机").count()


@service.feature(unit="days", en="Days since the last touch", zh="距上次接触天数")
def days_since_interaction(touches: Rows) -> ir.Value:
    return touches.days_since()
