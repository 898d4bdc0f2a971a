"""Fitting offers: a score that ranks customers within a product and channel, and the levels of these put upon it.

Levels are learned from scores of rows by fits that did not know them: later rows by fits to earlier ones, those before
the first step by a fit to those after. Calibrated on later rows, with levels learned from earlier ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.calibration import AS_IT_IS, Calibration, calibrate
from yuelao.analytics.choosing import Choice
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.forward import HORIZON, steps
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.pooling import Observed, Pooled, expected, pool
from yuelao.analytics.propensity.card import OfferCell
from yuelao.analytics.propensity.fitting import CALIBRATION_STEPS, Fitted, blend
from yuelao.analytics.propensity.offers import Grid, Offers, base_levels

Codes = NDArray[np.int64]
REFERENCE = 50  # customers by whom cells are compared
_SURE = 1.96


@dataclass(frozen=True, eq=False)
class FittedOffers(Fitted):
    """Of rows whose last column is their cell. unseen: what fits that did not know a row said of it, less the base."""

    offers: Offers
    pooled: Pooled
    unseen: Floats

    def predict(self, x: Floats) -> Floats:
        """Probabilities, shape (rows,), for `x` with all the inputs there were to choose from, and the cell."""
        raw = self.score.log_odds(x[:, list(self.choice.inputs)])
        return self.calibration.apply(self.offers.apply(raw, cells_of(x)))


def cells_of(x: Floats) -> Codes:
    """The cell of each row."""
    return x[:, -1].astype(np.int64)


def fit_offers(rows: Rows, choice: Choice, inputs: Inputs, grid: Grid) -> FittedOffers:
    """Fit to all rows; `inputs` tells what their columns hold, all but the last, which is the cell in `grid`."""
    cell, rows, inputs = cells_of(rows.x), rows.only(choice.inputs), inputs.only(choice.inputs)
    reference = rows.x[np.linspace(0, len(rows) - 1, REFERENCE).astype(np.int64)]
    edges = steps(rows, HORIZON)[-CALIBRATION_STEPS:]

    def said(known: Rows, start: int, end: int) -> Floats:
        """By a fit to the known rows, of the rows from start to end."""
        score = blend(known, choice)
        base = base_levels(score, inputs, grid, reference)
        return score.log_odds(rows.x[start:end]) - base[cell[start:end]]

    unseen = np.zeros(len(rows))
    first = edges[0][0] if edges else 0
    if rows.part(first, len(rows)).both:
        unseen[:first] = said(rows.part(first, len(rows)), 0, first)
    for a, b in edges:
        unseen[a:b] = said(rows.part(0, a), a, b)
    score, pooled = blend(rows, choice), _pooled(grid, cell, unseen, rows.y, len(rows))
    base = base_levels(score, inputs, grid, reference)
    offers = Offers(grid, pooled.level, pooled.error, pooled.slope, base, pooled.shared, reference)
    calibration = _calibrated(grid, cell, unseen, rows.y, edges)
    return FittedOffers(choice, score, calibration, offers, pooled, unseen)


def _pooled(grid: Grid, cell: Codes, score: Floats, happened: Floats, rows: int) -> Pooled:
    """The levels by the first so many rows."""
    observed = Observed(cell[:rows], score[:rows], happened[:rows])
    return pool(observed, grid.kinds(observed.cell), shared=grid.shared)


def _calibrated(
    grid: Grid, cell: Codes, score: Floats, happened: Floats, edges: Sequence[tuple[int, int]]
) -> Calibration:
    """By the rows of each step, with levels of the rows before it."""
    if not edges:
        return AS_IT_IS
    later = []
    for a, b in edges:
        pooled = _pooled(grid, cell, score, happened, a)
        at = cell[a:b]
        later.append(expected(pooled.level, pooled.error)[at] + pooled.slope[at] * score[a:b])
    return calibrate(np.concatenate(later), np.concatenate([happened[a:b] for a, b in edges]))


def offer_cells(used: FittedOffers, rows: Rows) -> list[OfferCell]:
    """What is known of every product on every channel, the most contacts first; rates are of those contacted.

    Of a cell without contacts it is the rate of an average customer.
    """
    cell, pooled, pairs = cells_of(rows.x), used.pooled, used.offers.grid.pairs
    bounds = {
        "rate": expected(pooled.level, pooled.error),
        "low": pooled.level - _SURE * pooled.error,
        "high": pooled.level + _SURE * pooled.error,
    }
    contacts, sales = np.bincount(cell, minlength=len(pairs)), np.bincount(cell, rows.y, len(pairs))
    rates = {
        name: np.where(
            contacts > 0,
            np.bincount(cell, used.calibration.apply(level[cell] + pooled.slope[cell] * used.unseen), len(pairs))
            / np.maximum(contacts, 1),
            used.calibration.apply(level),
        )
        for name, level in bounds.items()
    }
    told = [
        OfferCell(
            product=product,
            channel=channel,
            contacts=int(contacts[place]),
            sales=int(sales[place]),
            raw_rate=float(sales[place] / contacts[place]) if contacts[place] else None,
            own_weight=float(pooled.weight[place]),
            **{name: float(values[place]) for name, values in rates.items()},
        )
        for place, (product, channel) in enumerate(pairs)
        if product is not None and channel is not None
    ]
    return sorted(told, key=lambda each: (-each.contacts, each.product, each.channel))
