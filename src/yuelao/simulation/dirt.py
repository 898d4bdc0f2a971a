"""The dirt of real extracts, each kind a share of the rows; it is put on at writing, and never changes the world.

spoilt     a value that cannot be true or read: year 2099, age 200, less than nothing, an unknown code, no customer
lost       a value that need not be there is not
repeated   the row stands twice, the same or with another amount
late       the row stands in the file of the month after its own
renamed    from the last but one month on a system spells one of its codes another way
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.simulation import words
from yuelao.simulation.catalogue import Integers

_FUTURE = datetime(2099, 1, 1, 10)
_CUSTOMER, _USER = ("客户编号", None), ("用户编号", None)
_SPOILT: dict[str, tuple[tuple[str, Any], ...]] = {
    "customers": (
        _CUSTOMER,
        ("性别", "9"),
        ("出生日期", "18261201"),
        ("出生日期", "19871345"),
        ("入网时间", "20991231"),
        ("星级", "四星"),
        ("VIP类型", "未知"),
        ("积分余额", -1),
    ),
    "usage_monthly": (
        _USER,
        ("账期", "209912"),
        ("账期", "2026-13"),
        ("账期", None),
        ("计费时长(分钟)", -30),
        ("上网天数", 99),
        ("流量(KB)", -1024),
    ),
    "subscriptions": (_CUSTOMER, ("类别", "XX"), ("生效日期", "00000000"), ("生效日期", "20991231"), ("月费", "#N/A")),
    "devices": (("首次使用日期", "20260230"), ("上市价格", "暂无"), ("支持制式", "NR"), _CUSTOMER),
    "payments": (_USER, ("缴费渠道", "渠道99"), ("缴费时间", _FUTURE)),
    "interactions": (
        _CUSTOMER,
        ("接触时间", _FUTURE),
        ("接触渠道", "未知渠道"),
        ("业务类别", "乱码"),
        ("时长(秒)", -1),
        ("满意度", 9),
    ),
    "transactions": (_CUSTOMER, ("办理时间", None), ("业务类型", "#REF!"), ("办理结果", "处理中")),
    "browsing": (_USER, ("栏目", "undefined"), ("停留秒数", -1), ("访问时间", _FUTURE)),
    "complaints": (("投诉时间", "昨天下午"), _CUSTOMER),
    "contacts": (
        ("外呼结果", "99"),
        ("外呼时间", "2099-01-01 10:00:00"),
        ("通话秒数", "1:30"),
        ("推荐产品", "停售产品"),
    ),
    "orders": (("订单状态", "处理中?"), _CUSTOMER, ("下单时间", "0000-00-00 00:00:00")),
}
_LOST: dict[str, tuple[str, ...]] = {
    "customers": ("性别", "出生日期", "归属地市", "入网时间", "星级"),
    "usage_monthly": ("总费用(分)", "流量(KB)", "计费时长(分钟)"),
    "subscriptions": ("月费",),
    "devices": ("终端品牌", "上市价格", "支持制式"),
    "payments": ("金额(分)", "缴费渠道"),
    "interactions": ("事由", "业务类别", "接触渠道", "时长(秒)"),
    "transactions": ("金额", "办理渠道"),
    "browsing": ("停留秒数",),
    "complaints": ("投诉类别",),
    "contacts": ("通话秒数", "营销活动"),
    "orders": ("金额", "下单渠道"),
}
_AMOUNT = {"customers": "积分余额", "usage_monthly": "总费用(分)", "payments": "金额(分)", "orders": "金额"}
_RENAMED = {"interactions": words.HOTLINE, "payments": words.KIOSK}  # which channel is spelt anew
_LOSES, _REPEATS, _DIFFERS = 0.5, 0.3, 0.2  # of the share: rows that lose a value, stand twice; of those, differ
_PARTS = 6  # streams of uniforms a row takes


@dataclass(frozen=True, slots=True)
class Dirt:
    """What befalls the rows to be written, one value for each: `origin` is the row of the simulation it repeats."""

    origin: Integers
    file: Integers
    spoilt: Integers  # place in _SPOILT; -1: none
    lost: Integers  # place in _LOST; -1: none
    differs: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "Dirt":
        """Without what befalls rows of the simulation that are not `kept`."""
        here = kept[self.origin]
        if here.all():
            return self
        return Dirt(self.origin[here], self.file[here], self.spoilt[here], self.lost[here], self.differs[here])


def plan(table: str, file: Integers, files: int, share: float, rng: np.random.Generator) -> Dirt:
    """Decide what befalls rows that belong to the files numbered `file` (of `files`), spoiling `share` of them.

    The rows come sorted by the file they will stand in, a repeated one after its first.
    """
    n = len(file)
    draw = rng.random((_PARTS, n), dtype=np.float32)
    which = (draw[0] * 65_536).astype(np.int64)
    spoilt = np.where(draw[1] < share, which % len(_SPOILT[table]), -1)
    lost = np.where(draw[2] < share * _LOSES, which % len(_LOST[table]), -1)
    late = np.minimum(file + (draw[3] < share), files - 1)
    times = 1 + (draw[4] < share * _REPEATS)
    origin = np.repeat(np.arange(n), times)
    again = np.diff(origin, prepend=-1) == 0
    differs = again & (draw[5][origin] < _DIFFERS) & (table in _AMOUNT)
    order = np.argsort(late[origin], kind="stable")
    origin = origin[order]
    return Dirt(origin, late[origin], spoilt[origin], lost[origin], differs[order])


def respelt(table: str, channel: Integers, file: Integers, files: int, share: float, name: int) -> Integers:
    """The channels with the renamed code put as `name`, for rows that belong to the last two of the files."""
    if table not in _RENAMED or share == 0:
        return channel
    return np.where((channel == _RENAMED[table]) & (file >= files - 2), name, channel)


def soil(table: str, rows: pa.Table, dirt: Dirt) -> pa.Table:
    """The rendered rows with what befalls them."""
    for place, (heading, value) in enumerate(_SPOILT[table]):
        rows = _put(rows, heading, dirt.spoilt == place, value)
    for place, heading in enumerate(_LOST[table]):
        rows = _put(rows, heading, dirt.lost == place, None)
    if dirt.differs.any():
        heading = _AMOUNT[table]
        column = rows.column(heading).combine_chunks()
        if pa.types.is_integer(column.type):
            column = pc.if_else(pa.array(dirt.differs), pc.add(column, 1000), column)
            rows = rows.set_column(rows.column_names.index(heading), heading, column)
    return rows


def _put(rows: pa.Table, heading: str, mask: NDArray[np.bool_], value: Any) -> pa.Table:
    place = rows.column_names.index(heading)
    column = rows.column(place).combine_chunks()
    if isinstance(column, pa.DictionaryArray):
        return rows.set_column(place, heading, _with_word(column, mask, value))
    if isinstance(value, str) and not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    elif not mask.any():
        return rows
    return rows.set_column(place, heading, pc.if_else(pa.array(mask), pa.scalar(value, column.type), column))


def _with_word(column: pa.DictionaryArray, mask: NDArray[np.bool_], value: str | None) -> pa.DictionaryArray:
    # the dictionary grows by the strange word even where no row has it, so that it is the same in all blocks
    words_known = column.dictionary
    if value is not None:
        words_known = pa.concat_arrays([words_known, pa.array([value])])
    code = None if value is None else len(words_known) - 1
    indices = pc.if_else(pa.array(mask), pa.scalar(code, column.indices.type), column.indices)
    return pa.DictionaryArray.from_arrays(indices, words_known)
