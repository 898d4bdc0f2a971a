"""The analyst's pictures as ECharts options. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from yuelao.analytics.evaluation import Decile
from yuelao.common.language import number

_GRID = {"left": 8, "right": 16, "top": 34, "bottom": 4, "containLabel": True}
_LEFT = {"align": "left"}
_MANY = 6


def levels(counts: Mapping[str, int], order: Sequence[str], axis: str, language: str) -> Mapping[str, Any]:
    """Customers by value level, from the lowest level to the highest."""
    return {
        "grid": _GRID,
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(order), "axisTick": {"show": False}},
        "yAxis": {"type": "value", "name": axis, "nameTextStyle": _LEFT, "splitNumber": 3},
        "series": [
            {"type": "bar", "barWidth": "56%", "label": {"show": True, "position": "top"}}
            | {"data": [_bar(counts.get(level, 0), language) for level in order]}
        ],
    }


def _bar(count: int, language: str) -> Mapping[str, Any]:
    return {"value": count, "label": {"formatter": number(count, language)}}


def deciles(table: Sequence[Decile], predicted: str, observed: str, axis: str) -> Mapping[str, Any]:
    """Predicted and observed share of buyers in each tenth, the best tenth first; in per cent."""
    return {
        "grid": _GRID,
        "legend": {"top": 0, "right": 0, "data": [observed, predicted]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(n) for n in range(1, len(table) + 1)], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "name": axis, "nameTextStyle": _LEFT, "splitNumber": 4},
        "series": [
            {"type": "bar", "name": observed, "data": [round(each.observed * 100, 2) for each in table]},
            {
                "type": "line",
                "name": predicted,
                "symbolSize": 8,
                "lineStyle": {"width": 3},
                "data": [round(each.predicted * 100, 2) for each in table],
            },
        ],
    }


def distribution(
    titles: Sequence[str], shares: Sequence[float], before: Sequence[float] | None, names: tuple[str, str]
) -> Mapping[str, Any]:
    """A column's shares by bin in per cent; with `before` the view before beside it; `names` of both."""
    now = {"type": "bar", "name": names[0], "data": _percents(shares), "barMaxWidth": 36}
    then = {"type": "bar", "name": names[1], "data": _percents(before or ()), "barMaxWidth": 36}
    series = [then | {"itemStyle": {"color": "#cbc6d0"}}, now] if before is not None else [now]
    return {
        "grid": _GRID,
        "legend": {"top": 0, "right": 0, "data": [each["name"] for each in series]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": list(titles),
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0, "rotate": 35 if len(titles) > _MANY else 0},
        },
        "yAxis": {"type": "value", "splitNumber": 3, "axisLabel": {"formatter": "{value}%"}},
        "series": series,
    }


def _percents(shares: Sequence[float]) -> list[float]:
    return [round(share * 100, 2) for share in shares]
