"""The analyst's pictures: charts as ECharts options, and the small histograms of the list as bars. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from yuelao.analytics.evaluation import Decile
from yuelao.common.language import number
from yuelao.warehouse.profile import NULL, RANGE
from yuelao.workflows.describe_features import Profile

_GRID = {"left": 8, "right": 16, "top": 34, "bottom": 4, "containLabel": True}
_LEFT = {"align": "left"}
_MANY = 6
_BEFORE = "#a49db0"
_LABELLED = 4
_WIDEST = 2.0


@dataclass(frozen=True)
class Bar:
    """A bar of a small histogram: where it begins, how wide and how high it is, each 0–1 of the picture."""

    x: float
    width: float
    height: float


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


def calibration(curve: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Mapping[str, Any]:
    """What happened against what was predicted, in per cent, with its interval; the straight line were all right.

    curve: bins as `analytics/assessment` keeps them. names: predicted, observed, interval, right, axis.
    """
    points = [tuple(round(each[key] * 100, 2) for key in ("predicted", "observed", "low", "high")) for each in curve]
    most = max(max(high, predicted) for predicted, _observed, _low, high in points)
    said = [
        f"{names['predicted']} {x}%\n{names['observed']} {y}%\n{names['interval']} {low} … {high}%"
        for x, y, low, high in points
    ]
    ends = [[{"coord": [x, low]}, {"coord": [x, high]}] for x, _observed, low, high in points]
    axis = {"type": "value", "min": 0, "nameTextStyle": _LEFT, "splitNumber": 4, "axisLabel": {"formatter": "{value}%"}}
    return {
        "grid": _GRID | {"bottom": 24, "right": 24},
        "tooltip": {"trigger": "item"},
        "legend": {"top": 0, "right": 0, "data": [names["observed"], names["right"]]},
        "xAxis": axis | {"name": names["predicted"], "nameLocation": "middle", "nameGap": 26},
        "yAxis": axis,
        "series": [
            {
                "type": "scatter",
                "name": names["observed"],
                "symbolSize": 9,
                "data": [
                    {"value": [x, y], "tooltip": {"formatter": text}}
                    for (x, y, *_), text in zip(points, said, strict=True)
                ],
                "markLine": {"symbol": "none", "silent": True, "label": {"show": False}, "data": ends,
                             "lineStyle": {"type": "solid", "width": 2, "opacity": 0.55}},
            },
            {"type": "line", "name": names["right"], "data": [[0, 0], [most, most]], "symbol": "none", "silent": True,
             "lineStyle": {"type": "dashed", "width": 1.5, "color": _BEFORE}, "itemStyle": {"color": _BEFORE}},
        ],
    }  # fmt: skip


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


def histogram(
    bins: Sequence[tuple[str, str]], shares: Sequence[float], before: Sequence[float] | None, names: tuple[str, str]
) -> Mapping[str, Any]:
    """Shares of equally wide bins in per cent, as bars without gaps; the view before as a line of steps over them."""
    now: dict[str, Any] = {"type": "bar", "name": names[0], "data": _percents(shares), "barCategoryGap": "6%"}
    then: dict[str, Any] = {"type": "line", "name": names[1], "data": _percents(before or ()), "step": "middle",
            "symbol": "none", "lineStyle": {"width": 2, "color": _BEFORE}, "itemStyle": {"color": _BEFORE}}  # fmt: skip
    series = [now, then] if before is not None else [now]
    return {
        "grid": _GRID,
        "legend": {"top": 0, "right": 0, "data": [each["name"] for each in series]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [f"{low} – {high}" for low, high in bins],
            "axisTick": {"show": False},
            "axisLabel": {"interval": max(0, len(bins) // _LABELLED - 1), "hideOverlap": True},
        },
        "yAxis": {"type": "value", "splitNumber": 3, "axisLabel": {"formatter": "{value}%"}},
        "series": series,
    }


def bars(profile: Profile) -> list[Bar]:
    """The known values of a column as bars: codes by their share; of tenths of numbers the narrower are the higher.

    The first and the last tenth, which may be very wide, are cut at twice the usual width.
    """
    known = [each for each in profile.bins if each.holds != NULL]
    if not known:
        return []
    widths, heights = [1.0] * len(known), [each.share for each in known]
    if len(known) > 1 and all(each.holds == RANGE for each in known):
        least, most = profile.least or 0.0, profile.most or 0.0
        true = [
            (most if each.upper is None else each.upper) - (least if each.lower is None else each.lower)
            for each in known
        ]
        narrowest = min((width for width in true if width > 0), default=1.0)
        true = [max(width, narrowest) for width in true]
        widths = [min(width, _WIDEST * median(true)) for width in true]
        heights = [height / width for height, width in zip(heights, true, strict=True)]
    whole, highest = sum(widths), max(heights) or 1.0
    starts = [sum(widths[:place]) / whole for place in range(len(widths))]
    return [
        Bar(start, width / whole, height / highest)
        for start, width, height in zip(starts, widths, heights, strict=True)
    ]


def _percents(shares: Sequence[float]) -> list[float]:
    return [round(share * 100, 2) for share in shares]
