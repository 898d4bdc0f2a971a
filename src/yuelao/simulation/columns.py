"""How the operator's systems write each table: Chinese headings, and for each column the form of its values.

A table's columns are rendered from the plain integers, floats and dates of the simulation; what is below zero
(an index) or not a time is left empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.simulation import catalogue, words
from yuelao.simulation.campaigns import CAMPAIGNS

Values = NDArray[Any]
Form = Callable[[Values], pa.Array]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an extract: its heading, the field it is rendered from, and how."""

    heading: str
    field: str
    form: Form


def _padded(prefix: str, width: int) -> Form:
    def form(values: Values) -> pa.Array:
        digits = pc.cast(pa.array(values, mask=values < 0), pa.string())
        return pc.binary_join_element_wise(prefix, pc.utf8_lpad(digits, width, "0"), "")

    return form


def _word(choice: Sequence[Any]) -> Form:
    table = pa.array(choice)
    return lambda values: table.take(pa.array(values, mask=values < 0))


def _time(pattern: str, unit: str) -> Form:
    return lambda values: pc.strftime(pa.array(values.astype(f"datetime64[{unit}]")), format=pattern)


def _plain(values: Values) -> pa.Array:
    return pa.array(values)


def _stamp(values: Values) -> pa.Array:
    return pa.array(values.astype("datetime64[s]").astype("datetime64[ms]"))


def _scaled(factor: int) -> Form:
    return lambda values: pa.array(values * factor)


CUSTOMER = _padded("KH", 8)
_PHONE = _padded("1990", 7)
_PERSON = _padded("ZR", 8)
_DAY = _time("%Y%m%d", "D")
_SECOND = _time("%Y-%m-%d %H:%M:%S", "s")
_YES = _word(words.YES_NO)
_PRODUCTS = tuple(product.label for product in catalogue.PRODUCTS)
_FEN = _scaled(100)


def _result(values: Values) -> pa.Array:
    return _word(("失败", "成功"))((values == 0).astype(int))


def _failure(values: Values) -> pa.Array:
    return _word(words.FAILURES)(np.where(values == 0, -1, values))


def _month_name(values: Values) -> pa.Array:
    return _time("%Y%m", "D")(values.astype("datetime64[D]"))


TABLES: dict[str, tuple[Column, ...]] = {
    "customers": (
        Column("资料日期", "observed", _DAY),
        Column("客户编号", "number", CUSTOMER),
        Column("自然人编号", "person", _PERSON),
        Column("姓名", "name", _plain),
        Column("手机号码", "number", _PHONE),
        Column("性别", "male", _word(words.GENDERS)),
        Column("出生日期", "born", _DAY),
        Column("归属地市", "city", _word(words.CITIES)),
        Column("入网时间", "joined", _DAY),
        Column("品牌", "brand", _word(words.BRANDS)),
        Column("主套餐", "plan", _word([plan.code for plan in catalogue.PLANS])),
        Column("合约到期", "contract_until", _DAY),
        Column("星级", "star", lambda values: pc.cast(pa.array(values), pa.string())),
        Column("VIP类型", "vip", _word(words.VIP_TYPES)),
        Column("是否员工", "staff", _YES),
        Column("是否集团成员", "group", _YES),
        Column("积分余额", "points", _plain),
        Column("已兑换积分", "redeemed", _plain),
        Column("透支额度(分)", "overdraft", _FEN),
        Column("免打扰", "do_not_call", _YES),
        Column("拒绝画像", "no_profiling", _YES),
    ),
    "usage_monthly": (
        Column("用户编号", "number", CUSTOMER),
        Column("账期", "month", _month_name),
        Column("总费用(分)", "charge", _plain),
        Column("增值业务费(分)", "vas", _plain),
        Column("套外费用(分)", "over_charge", _plain),
        Column("计费时长(分钟)", "minutes", _plain),
        Column("网外时长", "off_net", _plain),
        Column("长途时长", "long_distance", _plain),
        Column("漫游时长", "roaming", _plain),
        Column("短信条数", "messages", _plain),
        Column("流量(KB)", "data_kb", _plain),
        Column("套外流量(KB)", "over_kb", _plain),
        Column("4G5G流量(KB)", "fast_kb", _plain),
    ),
    "subscriptions": (
        Column("客户编号", "number", CUSTOMER),
        Column("产品", "product", _word((*_PRODUCTS, *(plan.code for plan in catalogue.PLANS)))),
        Column("类别", "kind", _word(words.KINDS)),
        Column("生效日期", "started", _DAY),
        Column("失效日期", "ended", _DAY),
        Column("月费", "fee", lambda values: pc.cast(pa.array(values), pa.string())),
    ),
    "devices": (
        Column("客户编号", "number", CUSTOMER),
        Column("首次使用日期", "day", _DAY),
        Column("终端品牌", "device", _word([device.brand for device in catalogue.DEVICES])),
        Column("终端型号", "device", _word([device.model for device in catalogue.DEVICES])),
        Column("上市价格", "device", _word([str(device.price) for device in catalogue.DEVICES])),
        Column("支持制式", "device", _word([f"{device.generation}G" for device in catalogue.DEVICES])),
    ),
    "payments": (
        Column("流水号", "id", _padded("JF", 12)),
        Column("用户编号", "number", CUSTOMER),
        Column("缴费时间", "moment", _stamp),
        Column("金额(分)", "amount", _FEN),
        Column("缴费渠道", "channel", _word(words.PAYMENT_CHANNELS)),
    ),
    "interactions": (
        Column("接触流水号", "id", _padded("JC", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("接触时间", "moment", _SECOND),
        Column("接触渠道", "channel", _word(words.CHANNELS)),
        Column("事由", "reason", _word(words.REASONS)),
        Column("时长(秒)", "seconds", lambda values: pc.cast(pa.array(values), pa.string())),
    ),
    "transactions": (
        Column("办理流水号", "id", _padded("BL", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("办理时间", "moment", _SECOND),
        Column("办理渠道", "channel", _word(words.CHANNELS)),
        Column("业务类型", "business", _word(words.BUSINESSES)),
        Column("产品", "product", _word(_PRODUCTS)),
        Column("金额", "amount", _plain),
        Column("办理结果", "failure", _result),
        Column("失败原因", "failure", _failure),
    ),
    "browsing": (
        Column("流水号", "id", _padded("LL", 12)),
        Column("用户编号", "number", CUSTOMER),
        Column("访问时间", "moment", _stamp),
        Column("栏目", "category", _word(words.CATEGORIES)),
        Column("产品", "product", _word(_PRODUCTS)),
        Column("停留秒数", "seconds", _plain),
    ),
    "complaints": (
        Column("投诉单号", "id", _padded("TS", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("投诉时间", "moment", _SECOND),
        Column("投诉类别", "category", _word(words.COMPLAINT_CATEGORIES)),
    ),
    "contacts": (
        Column("外呼流水号", "id", _padded("WH", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("外呼时间", "moment", _SECOND),
        Column("营销活动", "campaign", _word([campaign.name for campaign in CAMPAIGNS])),
        Column("推荐产品", "product", _word(_PRODUCTS)),
        Column("外呼渠道", "number", lambda values: pa.array(["电话外呼"]).take(pa.array(np.zeros_like(values)))),
        Column("外呼结果", "outcome", _word(words.OUTCOMES)),
        Column("通话秒数", "seconds", lambda values: pc.cast(pa.array(values), pa.string())),
    ),
    "orders": (
        Column("订单号", "id", _padded("DD", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("下单时间", "moment", _SECOND),
        Column("产品", "product", _word(_PRODUCTS)),
        Column("下单渠道", "channel", _word(words.CHANNELS)),
        Column("金额", "amount", _plain),
        Column("订单状态", "state", _word(words.ORDER_STATES)),
        Column("外呼流水号", "contact", _padded("WH", 12)),
    ),
}


def render(table: str, rows: dict[str, Values]) -> pa.Table:
    """The extract form of simulated rows."""
    columns = TABLES[table]
    return pa.table({column.heading: column.form(rows[column.field]) for column in columns})
