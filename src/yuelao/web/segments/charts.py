"""The pictures of the segments as ECharts options. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from yuelao.common.language import number
from yuelao.workflows.compare_definition import LevelMoves

SHADES = ("#1f3a57", "#33587f", "#4b76a3", "#7b9bbd", "#a9bfd4", "#cfdbe7", "#9a948f")
"""From the top level to the last, then those without one."""


def sankey(moves: LevelMoves, now: str, then: str, nobody: str, language: str) -> Mapping[str, Any]:
    """The moves between levels: on the left as it is (`now`), on the right as proposed (`then`)."""
    sides = ((now, moves.before, "left"), (then, moves.after, "right"))
    nodes = [
        {
            "name": f"{side} {level}",
            "itemStyle": {"color": _shade(place, moves.levels)},
            "label": {"position": position, "formatter": f"{_named(level, nobody)}  {number(counts[place], language)}"},
        }
        for side, counts, position in sides
        for place, level in enumerate(moves.levels)
        if counts[place]
    ]
    links = [
        {"source": f"{now} {old}", "target": f"{then} {new}", "value": count,
         "lineStyle": {"opacity": 0.16 if old == new else 0.5}}
        for old, row in zip(moves.levels, moves.matrix, strict=True)
        for new, count in zip(moves.levels, row, strict=True)
        if count
    ]  # fmt: skip
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey",
                "left": 92,
                "right": 92,
                "top": 8,
                "bottom": 8,
                "nodeWidth": 14,
                "nodeGap": 7,
                "layoutIterations": 0,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "source", "curveness": 0.45},
                "data": nodes,
                "links": links,
            }
        ],
    }


def _shade(place: int, levels: Sequence[str]) -> str:
    return SHADES[-1] if levels[place] == "–" else SHADES[min(place, len(SHADES) - 2)]


def _named(level: str, nobody: str) -> str:
    return nobody if level == "–" else level
