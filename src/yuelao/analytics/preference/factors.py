"""Factors on one scale: every feature of the view that speaks for a channel, brought to 0–1.

A `linear` or `log` factor runs from its 1 % point (0) to its 99 % point (1) over the sampled customers, an `order`
from the first to the last of its values; what lies beyond is taken as the end. The same state scales a column of the
engine and an array of numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.preference.definition import Factor

Floats = NDArray[np.float64]
ENDS = (0.01, 0.99)


@dataclass(frozen=True)
class Scaled:
    """A factor with its fitted scale: the raw values that are 0 and 1, and the mean of the scaled value."""

    factor: Factor
    low: float
    high: float
    mean: float

    def column(self, view: ir.Table) -> ir.Value:
        """How far each customer lies above the mean, −1…1, in the engine; 0 where the value is unknown."""
        raw = raw_column(view, self.factor)
        inside = ibis.greatest(ibis.least(raw, self.high), self.low)
        return ibis.ifelse(raw.notnull(), (inside - self.low) / (self.high - self.low) - self.mean, 0.0)

    def array(self, raw: Floats) -> Floats:
        """The same in numpy, NaN where unknown being 0."""
        inside: Floats = (np.clip(raw, self.low, self.high) - self.low) / (self.high - self.low) - self.mean
        return np.where(np.isnan(raw), 0.0, inside)


def raw_column(view: ir.Table, factor: Factor) -> ir.Value:
    """The factor's number before it is scaled, in the engine; null where the feature is, or is none of the values."""
    column = view[factor.feature]
    if factor.scale == "order":
        places = [(column == value, float(place)) for place, value in enumerate(factor.values)]
        return ibis.cases(*places, else_=ibis.null("float64"))
    if column.type().is_boolean():
        return ibis.ifelse(column, 1.0, ibis.ifelse(column.isnull(), ibis.null("float64"), 0.0))
    number = column.cast("float64")
    if factor.scale == "log":
        return (ibis.ifelse(number > 0, number, number * 0.0) + 1.0).ln()
    return number


def fit_scale(factor: Factor, raw: Floats) -> Scaled | None:
    """The scale of a factor from sampled raw values (NaN: unknown); None where they do not differ."""
    known = raw[~np.isnan(raw)]
    if not len(known) or known.min() == known.max():
        return None
    if factor.scale == "order":
        low, high = 0.0, float(len(factor.values) - 1)
    else:
        low, high = (float(end) for end in np.quantile(known, ENDS))
        if high <= low:  # nearly everybody alike: the few others make the scale
            low, high = float(known.min()), float(known.max())
    mean = float(((np.clip(known, low, high) - low) / (high - low)).mean())
    return Scaled(factor, low, high, mean)


def usable(view: ir.Table, factors: Sequence[Factor]) -> tuple[list[Factor], list[str]]:
    """The factors whose feature the view has, in a type that makes a number, and a note for each of another type."""
    there = [factor for factor in factors if factor.feature in view.columns]
    found = [factor for factor in there if _fits(view[factor.feature].type(), factor)]
    notes = [
        f"{f.channel}: {f.feature} was dropped: it is {view[f.feature].type()}, which the scale {f.scale} cannot take"
        for f in there
        if f not in found
    ]
    return found, notes


def _fits(kind: Any, factor: Factor) -> bool:
    if factor.scale == "order":
        return bool(kind.is_string())
    return bool(kind.is_numeric() or kind.is_boolean())
