"""Scaling: how the values of one feature are brought to 0–100, the same on every engine.

By exact percentile, by min–max between two quantiles, by a curve, or by points for named values. What is unknown gets
no value here; the leaf says what that counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.common.errors import Refused

NEUTRAL = 50.0
KINDS = ("percentile", "minmax", "curve", "points")


@dataclass(frozen=True)
class Percentile:
    """The share of customers with a lower value, those with the same counted half."""


@dataclass(frozen=True)
class MinMax:
    """Linear between the values at two quantiles; values beyond them count as those (winsorising)."""

    low: float = 0.01
    high: float = 0.99


@dataclass(frozen=True)
class Curve:
    """Linear between points (x, y), x rising, level beyond the first and the last."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Points:
    """A number of 0–100 for each named value, `other` for the rest; for text, booleans and small numbers."""

    values: tuple[tuple[str, float], ...]
    other: float


Scale = Percentile | MinMax | Curve | Points
Formula = Callable[[ir.Value], ir.Value]


def read_scale(raw: object, place: str) -> Scale:
    """Read `percentile`, `minmax`, `{by: minmax, low: 0.01, high: 0.99}`, `{by: curve, points: [[x, y], …]}` or
    `{by: points, values: {gold: 100, …}, other: 0}`. Refused, its `where` the path of the place.

    >>> read_scale({"by": "curve", "points": [[0, 0], [10, 100]]}, "scale")
    Curve(points=((0.0, 0.0), (10.0, 100.0)))
    """
    content = {"by": raw} if isinstance(raw, str) else reading.mapping(raw, place)
    by = reading.choice(content, "by", place, KINDS)
    if by == "percentile":
        reading.mapping(content, place, ["by"])
        return Percentile()
    if by == "minmax":
        return _minmax(reading.mapping(content, place, ["by", "low", "high"]), place)
    if by == "curve":
        return _curve(reading.mapping(content, place, ["by", "points"], ["points"]), place)
    return _points(reading.mapping(content, place, ["by", "values", "other"], ["values"]), place)


def as_number(view: ir.Table, feature: str) -> ir.FloatingValue:
    """A feature as a float, null where it is none. Refused where the column holds no numbers."""
    column = view[feature]
    kind = column.type()
    if not isinstance(kind, dt.Numeric | dt.Boolean | dt.Null):
        hint = "Scale it by points: scale: {by: points, values: {…}}"
        raise Refused(f"The tree needs numbers, and {feature} has none", where=feature, hint=hint, code="type")
    number: ir.FloatingValue = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number) if isinstance(kind, dt.Floating) else number


def curve_formula(points: tuple[tuple[float, float], ...]) -> Formula:
    """Linear between the points, level beyond them; null stays null."""

    def scaled(x: ir.Value) -> ir.Value:
        pieces = [(x <= points[0][0], ibis.literal(points[0][1]))]
        for (x0, y0), (x1, y1) in pairwise(points):
            pieces.append((x <= x1, y0 + (x - x0) * ((y1 - y0) / (x1 - x0))))
        return ibis.cases(*pieces, (x.notnull(), ibis.literal(points[-1][1])), else_=ibis.null("float64"))

    return scaled


def points_formula(scale: Points) -> Formula:
    """The points of each value; null stays null."""

    def scaled(x: ir.Value) -> ir.Value:
        matches = [(equals(x, value), ibis.literal(y)) for value, y in scale.values]
        found = [(match, y) for match, y in matches if match is not None]
        return ibis.cases(*found, (x.notnull(), ibis.literal(scale.other)), else_=ibis.null("float64"))

    return scaled


def distribution(numbers: ir.Table) -> ir.Table:
    """Each value of a table's column `value` once: value, rows, upto (rows with it or a smaller one); no nulls."""
    counted = numbers.filter(numbers.value.notnull()).group_by("value").aggregate(rows=ibis._.count())
    return accumulated(counted)


def accumulated(counted: ir.Table) -> ir.Table:
    """The table (value, rows) with `upto`: the rows of this value and of all smaller ones."""
    window = ibis.window(order_by="value", preceding=None, following=0)
    return counted.mutate(upto=counted.rows.sum().over(window).cast("int64"))


def ranked(distributed: ir.Table, known: int, down: bool) -> ir.FloatingValue:
    """The percentile 0–100 of each value of a distribution of `known` rows: exact, for it is made of whole numbers."""
    below = distributed.upto.cast("float64") - distributed.rows.cast("float64") / 2.0
    return 100.0 * ((float(known) - below) if down else below) / float(known)


def quantile(distributed: ir.Table, known: int, share: float) -> ir.Scalar:
    """The smallest value that at least `share` of the known rows do not exceed: a quantile that occurs."""
    return distributed.value.min(where=distributed.upto.cast("float64") >= share * known)


def equals(x: ir.Value, value: str) -> ir.BooleanValue | None:
    """Whether a column of whatever type has the value; None where it never can."""
    kind = x.type()
    if isinstance(kind, dt.Boolean):
        return {"true": x, "false": ~x}.get(value)
    if isinstance(kind, dt.Numeric):
        try:
            return x == float(value)
        except ValueError:
            return None
    return x.cast("string") == value


def _minmax(content: Mapping[str, object], place: str) -> MinMax:
    low = reading.number(content, "low", place, 0.01, 0, 1)
    high = reading.number(content, "high", place, 0.99, 0, 1)
    if low >= high:
        raise reading.wrong(f"The quantile low ({low:g}) must lie below high ({high:g})", place, "As in 0.01 and 0.99")
    return MinMax(low, high)


def _curve(content: Mapping[str, object], place: str) -> Curve:
    points = []
    for i, raw in enumerate(reading.items(content["points"], f"{place}.points", 2)):
        at = f"{place}.points[{i}]"
        pair = reading.items(raw, at, 2)
        if len(pair) > 2:
            raise reading.wrong("A point is a pair", at, "As in [50, 60]: 50 of the feature counts 60")
        points.append((reading.as_number(pair[0], at), reading.as_number(pair[1], at, 0, 100)))
        if i and points[i][0] <= points[i - 1][0]:
            raise reading.wrong("The points of a curve go from left to right", at, "Let the first numbers rise")
    return Curve(tuple(points))


def _points(content: Mapping[str, object], place: str) -> Points:
    values = reading.mapping(content["values"], f"{place}.values")
    if not values:
        raise reading.wrong("No value has points", f"{place}.values", "As in gold: 100")
    named = tuple(
        (key.lower() if key in ("True", "False") else key, reading.as_number(y, f"{place}.values.{key}", 0, 100))
        for key, y in sorted(values.items())
    )
    return Points(named, reading.number(content, "other", place, 0.0, 0, 100))
