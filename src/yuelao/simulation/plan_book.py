"""The plan catalogue as the operator's product department keeps it: a sheet of Excel with Chinese headings."""

from datetime import datetime
from pathlib import Path

import xlsxwriter

from yuelao.simulation import catalogue, words
from yuelao.simulation.catalogue import Plan

_HEADINGS = (
    "套餐编码",
    "生效日期",
    "套餐名称",
    "月费(元)",
    "含通话(分钟)",
    "含流量(GB)",
    "含短信",
    "套外通话(元/分钟)",
    "套外流量(元/MB)",
    "套外短信(元/条)",
    "通话阶梯",
    "流量阶梯",
    "通话计费单元(秒)",
    "流量计费单元(KB)",
    "套外封顶(元)",
    "网内免费",
    "共享号码数",
    "在售",
    "制式",
)
_SINCE = {4: "20140601", 5: "20191101"}


def write(path: Path) -> int:
    """Write the catalogue to the Excel file `path`. Returns the number of plans."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})
        sheet = book.add_worksheet("套餐目录")
        sheet.write_row(0, 0, _HEADINGS)
        for row, plan in enumerate(catalogue.PLANS, start=1):
            sheet.write_row(row, 0, _row(plan))
    return len(catalogue.PLANS)


def _row(plan: Plan) -> tuple[object, ...]:
    return (
        plan.code,
        _SINCE[plan.generation],
        plan.name,
        plan.fee,
        plan.minutes,
        plan.data_mb / 1024,
        plan.sms,
        plan.minute_fen / 100,
        plan.mb_fen / 100,
        plan.message_fen / 100,
        _tiers(plan.first_minutes, plan.minute_fen),
        _tiers(plan.first_mb, plan.mb_fen),
        60,
        1024 * plan.step_mb,
        plan.cap,
        words.YES_NO[plan.on_net_free],
        1,
        words.YES_NO[plan.on_sale],
        plan.generation,
    )


def _tiers(first: tuple[int, int], then: int) -> str | None:
    amount, fen = first
    return f"{amount}:{fen / 100}, {then / 100}" if amount else None
