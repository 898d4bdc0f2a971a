"""Offers: how the level of each product on each channel is put upon a score that ranks customers within it.

log-odds of a row in cell (product, channel) = level + slope · (score − base), where `base` is what the score says of
the cell for the same reference customers, whichever the cell. So all that is said of a cell as a whole is its level,
partially pooled (`analytics/pooling`): overall, channel, the product's attributes, the product, the cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.analytics.family import Floats
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.pooling import Kinds, Shared, expected
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.catalogue import PRODUCT, Catalogue

Codes = NDArray[np.int64]
CHANNEL = "channel"
CELL = "cell"
SHARED = "shared"
ATTRIBUTES_SPREAD = 0.1  # what attributes say is believed as far as products show it: a few prices extrapolate far


@dataclass(frozen=True)
class Grid:
    """Every product of a catalogue on every channel, and unknown ones of both (the last of each): the cells."""

    catalogue: Catalogue
    channels: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[str | None, str | None]]:
        """Product and channel of each cell; None: one that is not known."""
        return [(p, c) for p in (*self.catalogue.products, None) for c in (*self.channels, None)]

    def cells(self, table: pa.Table) -> Codes:
        """The cell of each row of a table with the columns `product` and `channel`."""
        products = _codes(table[PRODUCT], self.catalogue.products)
        return products * (len(self.channels) + 1) + _codes(table[CHANNEL], self.channels)

    def table(self) -> pa.Table:
        """The columns that tell of an offer, one row a cell."""
        products, channels = zip(*self.pairs, strict=True)
        cells = pa.table({PRODUCT: pa.array(products, pa.string()), CHANNEL: pa.array(channels, pa.string())})
        return self.catalogue.complete(cells)

    @property
    def columns(self) -> list[str]:
        """The columns that tell of an offer."""
        return [PRODUCT, CHANNEL, *self.catalogue.columns]

    @property
    def shared(self) -> list[str]:
        """The kinds of terms that say something of products to come."""
        return [CHANNEL, *self.catalogue.kinds]

    def designs(self) -> dict[str, Floats]:
        """The shared kinds of terms, by cell."""
        products, channels = zip(*self.pairs, strict=True)
        return {CHANNEL: one_hot(channels, self.channels)} | self.catalogue.designs(products)

    def kinds(self, cell: Codes) -> Kinds:
        """All kinds of terms, for rows in these cells; only products and cells with rows have terms of their own."""
        pairs = self.pairs
        present = np.unique(cell)
        products = sorted({pairs[place][0] or "" for place in present})
        own = np.zeros((len(pairs), len(present)))
        own[present, np.arange(len(present))] = 1.0
        levels = self.designs() | {PRODUCT: one_hot([product for product, _ in pairs], products), CELL: own}
        return Kinds(levels, own, dict.fromkeys(self.catalogue.kinds, ATTRIBUTES_SPREAD))


@dataclass(frozen=True, eq=False)
class Offers:
    """The fitted levels; arrays of shape (cells,). `reference` (rows, inputs): customers by whom `base` is told."""

    grid: Grid
    level: Floats
    error: Floats
    slope: Floats
    base: Floats
    shared: Shared
    reference: Floats
    _expected: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_expected", expected(self.level, self.error))

    def apply(self, raw: Floats, cell: Codes) -> Floats:
        """The log-odds of rows, from what the score says of them and the cell of each."""
        found: Floats = self._expected[cell] + self.slope[cell] * (raw - self.base[cell])
        return found

    def offering(self, products: pa.Table, score: Blend, inputs: Inputs) -> "Offers":
        """The same with products it was not trained with: their level is that of what they share with others."""
        grid = replace(self.grid, catalogue=self.grid.catalogue.with_others(products))
        if len(grid.catalogue.products) == len(self.grid.catalogue.products):
            return self
        level, error = self.shared.level(grid.designs())
        slope, base = np.full(len(level), self.shared.slope), base_levels(score, inputs, grid, self.reference)
        kept = _places(self.grid, grid)
        for new, old in ((level, self.level), (error, self.error), (slope, self.slope), (base, self.base)):
            new[kept] = old
        return Offers(grid, level, error, slope, base, self.shared, self.reference)

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        arrays = {name: getattr(self, name).tolist() for name in ("level", "error", "slope", "base")}
        told = [[None if np.isnan(value) else value for value in row] for row in self.reference.tolist()]
        grid = {"catalogue": self.grid.catalogue.as_dict(), "channels": list(self.grid.channels)}
        return arrays | {"grid": grid, SHARED: self.shared.as_dict(), "reference": told}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Offers":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        arrays = {name: np.array(saved[name], dtype=np.float64) for name in ("level", "error", "slope", "base")}
        grid = Grid(Catalogue.from_dict(saved["grid"]["catalogue"]), tuple(saved["grid"]["channels"]))
        reference = np.array(saved["reference"], dtype=np.float64)
        return cls(grid, **arrays, shared=Shared.from_dict(saved[SHARED]), reference=reference)


def base_levels(score: Blend, inputs: Inputs, grid: Grid, reference: Floats) -> Floats:
    """The mean score of the reference customers in every cell, shape (cells,)."""
    places = [place for place, name in enumerate(inputs.names) if name in grid.columns]
    told = inputs.only(places).matrix(grid.table())
    asked = np.repeat(reference[None], len(told), axis=0)
    asked[:, :, places] = told[:, None, :]
    found: Floats = score.log_odds(asked.reshape(-1, reference.shape[1])).reshape(len(told), -1).mean(axis=1)
    return found


def one_hot(values: Sequence[str | None], known: Sequence[str]) -> Floats:
    """1 where the value is the known one, shape (values, known)."""
    return np.array([[value == name for name in known] for value in values], dtype=np.float64).reshape(len(values), -1)


def _codes(column: Any, known: Sequence[str]) -> Codes:
    """The place of each value among the known ones, len(known) for the others and null."""
    places = pc.index_in(column.cast(pa.string()), value_set=pa.array(known, pa.string()))
    codes: Codes = np.asarray(pc.fill_null(places, len(known)), dtype=np.int64)
    return codes


def _places(old: Grid, new: Grid) -> Codes:
    """Where the cells of the old grid stand in the new one."""
    where = {pair: place for place, pair in enumerate(new.pairs)}
    return np.array([where[pair] for pair in old.pairs], dtype=np.int64)
