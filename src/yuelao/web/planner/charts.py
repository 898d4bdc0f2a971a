"""The planner's pictures as ECharts options. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from yuelao.common.language import number, pick
from yuelao.workflows.screen_targets import StepCount

_SHADES = ("#33506f", "#45658a", "#5d7ba0", "#7b94b3", "#9bafc6", "#bccad9")
_LAST = "#c8102e"


def funnel(steps: Sequence[StepCount], everyone: str, language: str) -> Mapping[str, Any]:
    """Left after each step, from all customers (called `everyone`) down to the targets."""
    start = steps[0].left + steps[0].dropped if steps else 0
    rows = [(everyone, start), *((pick(step.title, language), step.left) for step in steps)]
    return {
        "grid": {"left": 8, "right": 76, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "show": False, "max": start or 1},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [name for name, _left in rows],
            "axisLine": {"show": False},
            "axisTick": {"show": False},
            "axisLabel": {"color": "#231f29", "width": 190, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "barWidth": "68%",
                "showBackground": True,
                "backgroundStyle": {"color": "#f5f4f6", "borderRadius": 3},
                "label": {"show": True, "position": "right", "formatter": "{b|{@[1]}}", "rich": {"b": {}}},
                "data": [_bar(place, left, len(rows), language) for place, (_name, left) in enumerate(rows)],
            }
        ],
    }


def _bar(place: int, left: int, count: int, language: str) -> Mapping[str, Any]:
    last = place == count - 1
    return {
        "value": left,
        "itemStyle": {"color": _LAST if last else _SHADES[min(place, len(_SHADES) - 1)], "borderRadius": 3},
        "label": {"formatter": number(left, language), "fontWeight": "bold" if last else "normal"},
    }
