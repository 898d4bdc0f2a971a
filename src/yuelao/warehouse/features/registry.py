"""All passes and families in the order of the view, and the features derived from theirs."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.channel import attempts
from yuelao.warehouse.features.complaint import complaints
from yuelao.warehouse.features.consumption import usage
from yuelao.warehouse.features.contact_history import contacts
from yuelao.warehouse.features.device import devices
from yuelao.warehouse.features.family import Derived, Feature, Pass
from yuelao.warehouse.features.identity import customers
from yuelao.warehouse.features.internet_use import pages
from yuelao.warehouse.features.orders import orders
from yuelao.warehouse.features.payment import payments
from yuelao.warehouse.features.service import interactions
from yuelao.warehouse.features.value_added import subscriptions

PASSES: tuple[Pass, ...] = (
    customers,
    usage,
    payments,
    devices,
    interactions,
    subscriptions,
    complaints,
    contacts,
    orders,
    pages,
    attempts,
)
"""Every pass, the one over the customers first."""

FAMILIES = (
    "identity",
    "consumption",
    "device",
    "internet use",
    "channel",
    "service",
    "value-added",
    "payment",
    "contact history",
    "complaint",
    "orders",
)
"""The families, in the order of the view's columns."""

derived = Derived({name: feature for each in PASSES for name, feature in each.features.items()})


@derived.feature(
    "data_mb_3m",
    "plan_data_mb",
    family="internet use",
    unit="share",
    en="Data used against the plan's, last 3 months",
    zh="近三月流量使用率",
)
def data_use_ratio_3m(used: ir.Value, included: ir.Value) -> ir.Value:
    return safe_divide(used, included)


@derived.feature(
    "voice_minutes_3m",
    "plan_voice_minutes",
    family="consumption",
    unit="share",
    en="Minutes used against the plan's, last 3 months",
    zh="近三月通话使用率",
)
def voice_use_ratio_3m(used: ir.Value, included: ir.Value) -> ir.Value:
    return safe_divide(used, included)


@derived.feature(
    "sms_3m",
    "plan_sms",
    family="consumption",
    unit="share",
    en="Messages sent against the plan's, last 3 months",
    zh="近三月短信使用率",
)
def sms_use_ratio_3m(used: ir.Value, included: ir.Value) -> ir.Value:
    return safe_divide(used, included)


@derived.feature(
    "plan_fee",
    "arpu_3m",
    family="consumption",
    unit="share",
    en="Plan's fee, share of the mean monthly charge",
    zh="套餐月费占月均消费比",
)
def plan_fee_share_3m(fee: ir.Value, charge: ir.Value) -> ir.Value:
    return safe_divide(fee, charge)


@derived.feature(
    "overage_charge_3m",
    "arpu_3m",
    family="consumption",
    unit="share",
    en="Charge beyond the bundle, share of all",
    zh="套外费用占月均消费比",
)
def overage_charge_share_3m(overage: ir.Value, charge: ir.Value) -> ir.Value:
    return safe_divide(overage, charge)


@derived.feature(
    "data_mb_3m",
    "data_days_3m",
    family="internet use",
    unit="MB/day",
    en="Data used per day with data use, last 3 months",
    zh="近三月上网日均流量",
)
def data_mb_per_day_3m(used: ir.Value, days: ir.Value) -> ir.Value:
    return safe_divide(used, days)


@derived.feature(
    "device_generation",
    "plan_generation",
    family="device",
    unit="G",
    en="Network generations the device is ahead of the plan",
    zh="终端制式超前套餐代数",
)
def generation_headroom(device: ir.Value, plan: ir.Value) -> ir.Value:
    return device - plan


def _in_order() -> dict[str, Feature]:
    """Every feature, by family; within one in the order of declaration, derived ones last."""
    declared = [feature for each in PASSES for feature in each.features.values()] + list(derived.features.values())
    return {f.name: f for f in sorted(declared, key=lambda feature: FAMILIES.index(feature.family))}


FEATURES: dict[str, Feature] = _in_order()
"""Every feature by name, in the order of the view's columns."""
