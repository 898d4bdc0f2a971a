"""All families in the order of the view, and the features derived from theirs."""

import ibis.expr.types as ir

from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.complaint import complaint
from yuelao.warehouse.features.consumption import consumption
from yuelao.warehouse.features.contact_history import contact_history
from yuelao.warehouse.features.demand import browsing, ordering, transaction
from yuelao.warehouse.features.device import device
from yuelao.warehouse.features.family import Derived, Family, Feature
from yuelao.warehouse.features.identity import identity
from yuelao.warehouse.features.payment import payment
from yuelao.warehouse.features.service import service
from yuelao.warehouse.features.subscription import subscription

FAMILIES: tuple[Family, ...] = (
    identity,
    consumption,
    payment,
    device,
    service,
    subscription,
    complaint,
    contact_history,
    ordering,
    browsing,
    transaction,
)
"""Every family, the one of the customers first."""

derived = Derived({name: feature for family in FAMILIES for name, feature in family.features.items()})


@derived.feature(
    "data_mb_3m", "plan_data_mb", unit="share", en="Data used against the plan's, last 3 months", zh="近三月流量使用率"
)
def data_use_ratio_3m(used: ir.Value, included: ir.Value) -> ir.Value:
    return safe_divide(used, included)


@derived.feature(
    "voice_minutes_3m",
    "plan_voice_minutes",
    unit="share",
    en="Minutes used against the plan's, last 3 months",
    zh="近三月通话使用率",
)
def voice_use_ratio_3m(used: ir.Value, included: ir.Value) -> ir.Value:
    return safe_divide(used, included)


@derived.feature(
    "plan_fee", "arpu_3m", unit="share", en="Plan's fee, share of the mean monthly charge", zh="套餐月费占月均消费比"
)
def plan_fee_share_3m(fee: ir.Value, charge: ir.Value) -> ir.Value:
    return safe_divide(fee, charge)


@derived.feature(
    "overage_charge_3m", "arpu_3m", unit="share", en="Charge beyond the bundle, share of all", zh="套外费用占月均消费比"
)
def overage_charge_share_3m(overage: ir.Value, charge: ir.Value) -> ir.Value:
    return safe_divide(overage, charge)


FEATURES: dict[str, Feature] = {
    **{name: feature for family in FAMILIES for name, feature in family.features.items()},
    **derived.features,
}
"""Every feature by name, in the order of the view's columns."""
