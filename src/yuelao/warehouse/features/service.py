"""What the customer turns to the firm about, and how content with it."""

from collections.abc import Collection
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.analytics.channels import BUSINESSES, rolled_up
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows
from yuelao.warehouse.tables import Tables


def _rolled_up(touches: ir.Table, _tables: Tables, _as_of: date, _sources: Collection[str]) -> ir.Table:
    """The touches with `met_on`, the channel of four, and `business_bit`, a power of two for each kind of business."""
    bits = ((touches.business == name, 1 << place) for place, name in enumerate(BUSINESSES))
    bit = ibis.cases(*bits, else_=ibis.null("int64")).cast("int64")
    return touches.mutate(met_on=rolled_up(touches.channel), business_bit=bit)


interactions = Pass("interactions", prepare=_rolled_up)
service = interactions.family("service")


@service.count(unit="touches", en="Touches on any channel, last 3 months", zh="近三月接触次数")
def interactions_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).count()


@service.count(unit="touches", en="Touches on any channel, last 6 months", zh="近六月接触次数")
def touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).count()


@service.count(unit="touches", en="Touches about data, last 3 months", zh="近三月流量相关接触次数")
def interactions_data_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).about("reason", "data").count()


@service.count(unit="touches", en="Touches about plans, last 3 months", zh="近三月套餐相关接触次数")
def interactions_plan_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).about("reason", "plan").count()


@service.count(unit="touches", en="Touches about handsets, last 3 months", zh="近三月终端相关接触次数")
def interactions_handset_3m(touches: Rows) -> ir.Value:
    return touches.last(months=3).about("reason", "handset").count()


@service.count(unit="touches", en="Touches to change the plan, last 6 months", zh="近六月套餐变更接触次数")
def plan_change_touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(business=["plan_change"]).count()


@service.count(unit="touches", en="Touches about trouble with the network, last 6 months", zh="近六月网络报障接触次数")
def network_touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(business=["network"]).count()


@service.count(unit="touches", en="Touches to suspend or resume, last 6 months", zh="近六月停复机接触次数")
def suspension_touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(business=["suspension"]).count()


@service.count(unit="touches", en="Touches about points, last 6 months", zh="近六月积分接触次数")
def points_touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).of(business=["points"]).count()


@service.feature(unit="points", en="Mean satisfaction 1–5 on any channel, last 6 months", zh="近六月平均满意度")
def satisfaction_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).mean("satisfaction")


@service.count(unit="touches", en="Touches with satisfaction 1 or 2, last 6 months", zh="近六月不满意接触次数")
def dissatisfied_touches_6m(touches: Rows) -> ir.Value:
    return touches.last(months=6).where(touches["satisfaction"] <= 2).count()


@service.days_since(en="Days since the last touch", zh="距上次接触天数")
def days_since_interaction(touches: Rows) -> Rows:
    return touches
