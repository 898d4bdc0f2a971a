"""Who the customer is, and what the main plan includes."""

from collections.abc import Collection
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.dates import whole_months
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows, known_rows, not_ended
from yuelao.warehouse.registers import known_plans, newest, newest_rows
from yuelao.warehouse.tables import KEY, Tables


def _with_plan(customers: ir.Table, tables: Tables, as_of: date, sources: Collection[str]) -> ir.Table:
    """The newest row of each customer, with the main plan of the date and what it includes, if that is wanted."""
    held = newest_rows(customers)
    if "subscriptions" not in sources:
        return held
    taken = _plan_taken(tables, as_of)
    held = held.left_join(taken, held[KEY] == taken.taken_by)
    registered_first = held.observed_on.isnull() | (held.observed_on <= held.taken_on)
    held = held.mutate(main_plan=ibis.ifelse(held.taken_on.notnull() & registered_first, held.taken_plan, held.plan_id))
    catalogue = known_plans(tables, as_of)
    plans = catalogue.select(
        plan=catalogue.plan_id,
        fee=catalogue.monthly_fee.cast("float64"),
        minutes=catalogue.voice_minutes,
        mb=catalogue.data_mb,
        messages=catalogue.sms_count,
        network=catalogue.generation,
        minute_price=catalogue.voice_overage_price,
        mb_price=catalogue.data_overage_price,
    )
    return held.left_join(plans, held.main_plan == plans.plan)


def _plan_taken(tables: Tables, as_of: date) -> ir.Table:
    """The main plan each customer subscribed last: the register may be older than a change of plan."""
    subscriptions = tables.table("subscriptions")
    plans = subscriptions.filter(subscriptions.kind == "plan", not_ended(subscriptions, as_of))
    plans = known_rows(plans, CONTRACT.table("subscriptions"), as_of)
    catalogue = known_plans(tables, as_of)
    main = plans.semi_join(catalogue, plans.product == catalogue.plan_id)
    last = newest(main, main.started_on, main.product)
    return last.select(taken_by=last[KEY], taken_plan=last.product, taken_on=last.started_on)


_CATALOGUE = ("subscriptions", "plans")

customers = Pass("customers", prepare=_with_plan, one_row=True)
identity = customers.family("identity")
identity.carry("gender", "city", "brand", "star_level", "vip_type", "is_staff", "group_member")
identity.carry("points_balance", "points_redeemed", "overdraft_allowance", "do_not_call", "profiling_refused")


@identity.feature(en="Main plan", zh="主套餐", also=("subscriptions",))
def plan_id(known: Rows) -> ir.Value:
    return known["main_plan"]


@identity.feature(unit="years", en="Age in whole years", zh="年龄")
def age(known: Rows) -> ir.Value:
    return whole_months(known["birth_date"], ibis.literal(known.as_of)) // 12


@identity.feature(unit="months", en="Whole months since the customer joined", zh="在网时长（整月）")
def tenure_months(known: Rows) -> ir.Value:
    return whole_months(known["joined_on"], ibis.literal(known.as_of))


@identity.feature(
    unit="months",
    en="Months until the contract ends, the begun one counted; 0 once it has ended",
    zh="合约剩余月数（含当月；已到期为 0）",
)
def contract_months_left(known: Rows) -> ir.Value:
    today = ibis.literal(known.as_of)
    until = known["contract_until"]
    return ibis.ifelse(until < today, 0, whole_months(today, until) + 1)


@identity.feature(unit="points", en="Points held and redeemed so far", zh="累计积分（含已兑换）")
def points_total(known: Rows) -> ir.Value:
    return known["points_balance"] + known["points_redeemed"].fill_null(0.0)


@identity.feature(unit="yuan/month", en="Monthly fee of the main plan", zh="主套餐月费", also=_CATALOGUE)
def plan_fee(known: Rows) -> ir.Value:
    return known["fee"]


@identity.feature(unit="minutes/month", en="Minutes the main plan includes", zh="主套餐含通话分钟", also=_CATALOGUE)
def plan_voice_minutes(known: Rows) -> ir.Value:
    return known["minutes"]


@identity.feature(unit="MB/month", en="Data the main plan includes", zh="主套餐含流量", also=_CATALOGUE)
def plan_data_mb(known: Rows) -> ir.Value:
    return known["mb"]


@identity.feature(unit="messages/month", en="Messages the main plan includes", zh="主套餐含短信", also=_CATALOGUE)
def plan_sms(known: Rows) -> ir.Value:
    return known["messages"]


@identity.feature(unit="G", en="Network generation of the main plan", zh="主套餐网络制式", also=_CATALOGUE)
def plan_generation(known: Rows) -> ir.Value:
    return known["network"]


@identity.feature(
    unit="yuan/minute", en="Price of a further minute in the main plan", zh="主套餐套外通话单价", also=_CATALOGUE
)
def plan_voice_price(known: Rows) -> ir.Value:
    return known["minute_price"]


@identity.feature(unit="yuan/MB", en="Price of a further MB in the main plan", zh="主套餐套外流量单价", also=_CATALOGUE)
def plan_data_price(known: Rows) -> ir.Value:
    return known["mb_price"]
