"""The dirt of real extracts: lost values, repeated rows, unknown codes, impossible dates, unreadable numbers."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_FLAWS: dict[str, tuple[tuple[str, Any], ...]] = {
    "customers": (
        ("客户编号", None),
        ("性别", "9"),
        ("出生日期", "19871345"),
        ("入网时间", "20991231"),
        ("星级", "四星"),
        ("VIP类型", "未知"),
    ),
    "usage_monthly": (("用户编号", None), ("账期", "209912"), ("账期", "2026-13"), ("账期", None)),
    "subscriptions": (("客户编号", None), ("类别", "XX"), ("生效日期", "00000000"), ("月费", "#N/A")),
    "devices": (("首次使用日期", "20260230"), ("上市价格", "暂无"), ("支持制式", "NR"), ("终端品牌", None)),
    "payments": (("用户编号", None), ("缴费渠道", "渠道99")),
    "interactions": (("接触时间", "2026-02-30 25:61:00"), ("接触渠道", "未知渠道"), ("时长(秒)", "--"), ("事由", None)),
    "transactions": (("办理时间", ""), ("业务类型", "#REF!"), ("客户编号", None)),
    "browsing": (("用户编号", None), ("栏目", "undefined")),
    "complaints": (("投诉时间", "昨天下午"), ("客户编号", None)),
    "contacts": (
        ("外呼结果", "99"),
        ("外呼时间", "2099-01-01 10:00:00"),
        ("通话秒数", "1:30"),
        ("推荐产品", "停售产品"),
    ),
    "orders": (("订单状态", "处理中?"), ("客户编号", None), ("下单时间", "0000-00-00 00:00:00")),
}
_REPEATED = 0.3  # rows written twice, as a share of the flawed ones


def soil(table: str, rows: pa.Table, share: float, rng: np.random.Generator) -> tuple[pa.Table, np.ndarray]:
    """Spoil `share` of the rows, each in one way. Returns them and the order in which to write them (some twice)."""
    flaws = _FLAWS[table]
    flaw = np.where(rng.random(rows.num_rows) < share, rng.integers(0, len(flaws), rows.num_rows), -1)
    for index, (heading, value) in enumerate(flaws):
        place = rows.column_names.index(heading)
        column = rows.column(place)
        mask = pa.array(flaw == index)
        spoilt = pc.if_else(mask, pa.scalar(value, column.type), column)
        rows = rows.set_column(place, heading, spoilt)
    times = 1 + (rng.random(rows.num_rows) < share * _REPEATED)
    return rows, np.repeat(np.arange(rows.num_rows), times)
