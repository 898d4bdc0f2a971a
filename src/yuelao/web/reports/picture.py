"""The picture of an effect with its interval: places on an axis. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yuelao.workflows.measure_campaign import Measured

WIDTH = 1000.0
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_MOST_TICKS = 9


@dataclass(frozen=True)
class Picture:
    """Places from 0 to WIDTH: of zero, effect, low and high; ticks as (place, percentage points)."""

    places: Mapping[str, float]
    ticks: Sequence[tuple[float, float]]


def picture(measured: Measured) -> Picture | None:
    """The picture of the result; None without a control."""
    if measured.effect is None or measured.interval is None:
        return None
    low, high = min(0.0, measured.interval[0]), max(0.0, measured.interval[1])
    room = (high - low) * 0.12 or 0.01
    start, span = low - room, high - low + 2 * room
    values = {"zero": 0.0, "effect": measured.effect, "low": measured.interval[0], "high": measured.interval[1]}
    step = next((step for step in _STEPS if span / step <= _MOST_TICKS), _STEPS[-1])
    first, last = int(start / step) - 1, int((start + span) / step) + 1
    ticks = [n * step for n in range(first, last + 1) if start <= n * step <= start + span]
    return Picture(
        {name: _place(value, start, span) for name, value in values.items()},
        [(_place(tick, start, span), round(tick * 100, 1)) for tick in ticks],
    )


def _place(value: float, start: float, span: float) -> float:
    return round((value - start) / span * WIDTH, 1)
