"""How the operator's systems write each table: Chinese headings, and for each column the form of its values.

A table's columns are rendered from the plain integers, floats and dates of the simulation; what is below zero
(an index) or not a time is left empty. Words come out as dictionary arrays, which large files keep as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.simulation import catalogue, words
from yuelao.simulation.campaigns import CAMPAIGNS

Values = NDArray[Any]
Form = Callable[[Values], pa.Array]
RENAMED = ("热线10086", "自助缴费终端")
"""What the systems call hotline and kiosk after a change of codes: the touches' channel, the payments' channel."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an extract: its heading, the field it is rendered from, and how."""

    heading: str
    field: str
    form: Form


def _fixed(rows: NDArray[np.uint8], empty: NDArray[np.bool_]) -> pa.Array:
    # texts of one width, one a row of bytes: the buffers of the array are laid out at once
    count, width = rows.shape
    offsets = pa.py_buffer(np.arange(count + 1, dtype=np.int32) * width)
    valid = pa.py_buffer(np.packbits(~empty, bitorder="little")) if empty.any() else None
    return pa.Array.from_buffers(pa.string(), count, [valid, offsets, pa.py_buffer(np.ascontiguousarray(rows))])


def _write_digits(rows: NDArray[np.uint8], first: int, width: int, values: Values) -> None:
    left = values
    for place in range(first + width - 1, first - 1, -1):
        left, digit = np.divmod(left, 10)
        rows[:, place] = digit + ord("0")


def _padded(prefix: str, width: int) -> Form:
    letters = np.frombuffer(prefix.encode(), dtype=np.uint8)

    def form(values: Values) -> pa.Array:
        rows = np.empty((len(values), len(letters) + width), dtype=np.uint8)
        rows[:, : len(letters)] = letters
        _write_digits(rows, len(letters), width, np.maximum(values, 0))
        return _fixed(rows, values < 0)

    return form


def _word(choice: Sequence[Any]) -> Form:
    table = pa.array(choice)

    def form(values: Values) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int16), mask=values < 0), table)

    return form


def _calendar(moment: Values) -> tuple[Values, NDArray[np.bool_]]:
    # years, months and days as one number yyyymmdd
    empty = np.isnat(moment)
    day = np.where(empty, np.datetime64("1970-01-01"), moment).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    number = month.astype(np.int64)
    date = (number // 12 + 1970) * 10_000 + (number % 12 + 1) * 100 + (day - month).astype(np.int64) + 1
    return date, empty


def _day(values: Values) -> pa.Array:
    date, empty = _calendar(values)
    rows = np.empty((len(values), 8), dtype=np.uint8)
    _write_digits(rows, 0, 8, date)
    return _fixed(rows, empty)


def _second(values: Values) -> pa.Array:
    date, empty = _calendar(values)
    second = np.where(empty, 0, values.astype("datetime64[s]").astype(np.int64) % 86_400)
    rows = np.empty((len(values), 19), dtype=np.uint8)
    rows[:] = np.frombuffer(b"0000-00-00 00:00:00", dtype=np.uint8)
    for first, width, part in (
        (0, 4, date // 10_000),
        (5, 2, date // 100 % 100),
        (8, 2, date % 100),
        (11, 2, second // 3600),
        (14, 2, second // 60 % 60),
        (17, 2, second % 60),
    ):
        _write_digits(rows, first, width, part)
    return _fixed(rows, empty)


def _month_name(values: Values) -> pa.Array:
    date, empty = _calendar(values.astype("datetime64[D]"))
    rows = np.empty((len(values), 6), dtype=np.uint8)
    _write_digits(rows, 0, 6, date // 100)
    return _fixed(rows, empty)


def _plain(values: Values) -> pa.Array:
    return pa.array(values)


def _counted(values: Values) -> pa.Array:
    return pa.array(values, mask=values < 0)


def _stamp(values: Values) -> pa.Array:
    return pa.array(values.astype("datetime64[s]").astype("datetime64[ms]"))


def _fen(values: Values) -> pa.Array:
    return pa.array(values * 100)


CUSTOMER = _padded("KH", 8)
_PHONE = _padded("199", 8)
_YES = _word(words.YES_NO)
_PRODUCTS = tuple(product.label for product in catalogue.PRODUCTS)
_PLANS = tuple(plan.code for plan in catalogue.PLANS)
_HELD = (*_PRODUCTS, *_PLANS, *(service.label for service in catalogue.SERVICES))
_TOUCH_CHANNELS = (*words.CHANNELS, RENAMED[0])
_PAYMENT_CHANNELS = (*words.PAYMENT_CHANNELS, RENAMED[1])


def _result(values: Values) -> pa.Array:
    return _word(("失败", "成功"))((values == 0).astype(int))


def _failure(values: Values) -> pa.Array:
    return _word(words.FAILURES)(np.where(values > 0, values, -1))


TABLES: dict[str, tuple[Column, ...]] = {
    "customers": (
        Column("资料日期", "observed", _day),
        Column("客户编号", "number", CUSTOMER),
        Column("自然人编号", "person", _padded("ZR", 8)),
        Column("姓名", "name", _plain),
        Column("手机号码", "number", _PHONE),
        Column("性别", "male", _word(words.GENDERS)),
        Column("出生日期", "born", _day),
        Column("归属地市", "city", _word(words.CITIES)),
        Column("入网时间", "joined", _day),
        Column("品牌", "brand", _word(words.BRANDS)),
        Column("主套餐", "plan", _word(_PLANS)),
        Column("合约到期", "contract_until", _day),
        Column("星级", "star", _plain),
        Column("VIP类型", "vip", _word(words.VIP_TYPES)),
        Column("是否员工", "staff", _YES),
        Column("是否集团成员", "group", _YES),
        Column("积分余额", "points", _plain),
        Column("已兑换积分", "redeemed", _plain),
        Column("透支额度(分)", "overdraft", _fen),
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
        Column("漫游流量(KB)", "roaming_kb", _plain),
        Column("WLAN时长(分钟)", "wlan", _plain),
        Column("上网天数", "data_days", _plain),
        Column("主叫次数", "calls", _plain),
        Column("被叫时长(分钟)", "incoming", _plain),
        Column("主叫号码数", "numbers", _plain),
        Column("呼转次数", "forwards", _plain),
        Column("信息台次数", "information", _plain),
    ),
    "subscriptions": (
        Column("客户编号", "number", CUSTOMER),
        Column("产品", "product", _word(_HELD)),
        Column("类别", "kind", _word(words.KINDS)),
        Column("生效日期", "started", _day),
        Column("失效日期", "ended", _day),
        Column("月费", "fee", _plain),
    ),
    "devices": (
        Column("客户编号", "number", CUSTOMER),
        Column("首次使用日期", "day", _day),
        Column("终端品牌", "device", _word([device.brand for device in catalogue.DEVICES])),
        Column("终端型号", "device", _word([device.model for device in catalogue.DEVICES])),
        Column("上市价格", "device", _word([str(device.price) for device in catalogue.DEVICES])),
        Column("支持制式", "device", _word([f"{device.generation}G" for device in catalogue.DEVICES])),
    ),
    "payments": (
        Column("流水号", "id", _padded("JF", 12)),
        Column("用户编号", "number", CUSTOMER),
        Column("缴费时间", "moment", _stamp),
        Column("金额(分)", "amount", _fen),
        Column("缴费渠道", "channel", _word(_PAYMENT_CHANNELS)),
    ),
    "interactions": (
        Column("接触流水号", "id", _padded("JC", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("接触时间", "moment", _stamp),
        Column("接触渠道", "channel", _word(_TOUCH_CHANNELS)),
        Column("业务类别", "business", _word(words.BUSINESSES)),
        Column("事由", "reason", _word(words.REASONS)),
        Column("时长(秒)", "seconds", _plain),
        Column("满意度", "satisfaction", _counted),
    ),
    "transactions": (
        Column("办理流水号", "id", _padded("BL", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("办理时间", "moment", _stamp),
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
        Column("投诉时间", "moment", _second),
        Column("投诉类别", "category", _word(words.COMPLAINT_CATEGORIES)),
    ),
    "contacts": (
        Column("外呼流水号", "id", _padded("WH", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("外呼时间", "moment", _second),
        Column("营销活动", "campaign", _word([campaign.name for campaign in CAMPAIGNS])),
        Column("推荐产品", "product", _word(_PRODUCTS)),
        Column("接触方式", "channel", _word(words.CAMPAIGN_CHANNELS)),
        Column("外呼结果", "outcome", _word(words.OUTCOMES)),
        Column("通话秒数", "seconds", _plain),
        Column("短信回复", "replied", _YES),
    ),
    "orders": (
        Column("订单号", "id", _padded("DD", 12)),
        Column("客户编号", "number", CUSTOMER),
        Column("下单时间", "moment", _second),
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
