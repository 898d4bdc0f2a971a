"""On which of the channels the customer does business: touches rolled up, and what was tried on electronic ones."""

import ibis.expr.types as ir

from yuelao.analytics.channels import BUSINESSES
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows
from yuelao.warehouse.features.service import interactions

_ELECTRONIC = ("ivr", "sms", "web", "app", "wap", "phone_wallet", "kiosk")  # they serve without a person

attempts = Pass("transactions")
channel = interactions.family("channel")
transaction = attempts.family("channel")


@channel.count(unit="calls", en="Calls to the hotline, last 3 months", zh="近三月热线来电次数")
def hotline_calls_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hotline"]).count()


@channel.count(unit="calls", en="Calls to the hotline, last 6 months", zh="近六月热线来电次数")
def hotline_calls_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(channel=["hotline"]).count()


@channel.feature(unit="minutes", en="Mean length of calls to the hotline, last 3 months", zh="近三月热线通话平均时长")
def hotline_minutes_mean_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hotline"]).mean("duration_seconds") / 60.0


@channel.feature(unit="minutes", en="Mean length of calls to the hotline, last 6 months", zh="近六月热线通话平均时长")
def hotline_minutes_mean_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(channel=["hotline"]).mean("duration_seconds") / 60.0


@channel.count(unit="visits", en="Visits to a hall, last 3 months", zh="近三月到厅次数")
def hall_visits_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["hall"]).count()


@channel.count(unit="visits", en="Visits to a hall or a partner's hall, last 6 months", zh="近六月到厅次数（含合作厅）")
def hall_visits_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(channel=["hall", "partner_hall"]).count()


@channel.count(unit="touches", en="Touches on web and app, last 3 months", zh="近三月网站与 APP 接触次数")
def web_app_visits_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).of(channel=["web", "app"]).count()


@channel.feature(
    unit="share", en="Touches on electronic channels, share of all, last 3 months", zh="近三月电子渠道接触占比"
)
def electronic_share_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).share(channel=_ELECTRONIC)


@channel.count(
    unit="touches", en="Touches by phone, IVR included, last 6 months", zh="近六月电话渠道接触次数（含 IVR）"
)
def phone_touches_6m(touches: Rows) -> ir.Value:
    return _met(touches, "phone").count()


@channel.count(unit="touches", en="Touches by SMS, last 6 months", zh="近六月短信渠道接触次数")
def sms_touches_6m(touches: Rows) -> ir.Value:
    return _met(touches, "sms").count()


@channel.count(
    unit="touches", en="Touches on web, app, WAP and phone wallet, last 6 months", zh="近六月线上渠道接触次数"
)
def online_touches_6m(touches: Rows) -> ir.Value:
    return _met(touches, "online").count()


@channel.count(
    unit="touches", en="Touches in halls and at kiosks, last 6 months", zh="近六月厅店渠道接触次数（含自助终端）"
)
def hall_touches_6m(touches: Rows) -> ir.Value:
    return _met(touches, "hall").count()


@channel.count(unit="kinds", en="Kinds of business done by phone, last 6 months", zh="近六月电话办理业务种类数")
def phone_businesses_6m(touches: Rows) -> ir.Value:
    return _kinds(touches, "phone")


@channel.count(unit="kinds", en="Kinds of business done by SMS, last 6 months", zh="近六月短信办理业务种类数")
def sms_businesses_6m(touches: Rows) -> ir.Value:
    return _kinds(touches, "sms")


@channel.count(unit="kinds", en="Kinds of business done online, last 6 months", zh="近六月线上办理业务种类数")
def online_businesses_6m(touches: Rows) -> ir.Value:
    return _kinds(touches, "online")


@channel.count(unit="kinds", en="Kinds of business done in halls, last 6 months", zh="近六月厅店办理业务种类数")
def hall_businesses_6m(touches: Rows) -> ir.Value:
    return _kinds(touches, "hall")


@channel.feature(unit="points", en="Mean satisfaction 1–5 with the hall, last 6 months", zh="近六月厅店平均满意度")
def hall_satisfaction_6m(touches: Rows) -> ir.Value:
    return _met(touches, "hall").mean("satisfaction")


@channel.feature(unit="points", en="Mean satisfaction 1–5 with the hotline, last 6 months", zh="近六月热线平均满意度")
def hotline_satisfaction_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(channel=["hotline"]).mean("satisfaction")


@transaction.count(
    unit="attempts", en="Business tried on electronic channels, last 90 days", zh="近九十天电子渠道办理次数"
)
def transactions_90d(tried: Rows) -> ir.Value:
    return tried.last(days=90).count()


@transaction.count(
    unit="attempts", en="Business tried on electronic channels, last 6 months", zh="近六月电子渠道办理次数"
)
def transactions_6m(tried: Rows) -> ir.Value:
    return tried.last(months=6).count()


@transaction.count(
    unit="attempts", en="Failed attempts on electronic channels, last 30 days", zh="近三十天电子渠道失败次数"
)
def failed_transactions_30d(tried: Rows) -> ir.Value:
    return tried.last(days=30).where(~tried["succeeded"]).count()


@transaction.count(
    unit="attempts", en="Failed attempts on electronic channels, last 6 months", zh="近六月电子渠道失败次数"
)
def failed_transactions_6m(tried: Rows) -> ir.Value:
    return tried.last(months=6).where(~tried["succeeded"]).count()


@transaction.days_since(en="Days since an attempt on an electronic channel last failed", zh="距上次电子渠道失败天数")
def days_since_failed_transaction(tried: Rows) -> Rows:
    return tried.where(~tried["succeeded"])


def _met(touches: Rows, name: str) -> Rows:
    """The touches of the last 6 months on one of the four channels."""
    return touches.last(months=6).of(met_on=[name])


def _kinds(touches: Rows, name: str) -> ir.IntegerValue:
    return _met(touches, name).kinds("business_bit", len(BUSINESSES))
