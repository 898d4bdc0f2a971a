"""Partial pooling: the level and slope of each cell of a table, drawn towards what cells like it say, by their data.

A logistic model with random effects. Row i of cell c: log-odds = level[c] + slope[c] · score[i]; a cell's level is a
sum of terms it shares with others (its channel, its product's attributes, its product) and one of its own. Every kind
of term has mean 0 and a spread of its own, learned from the cells: where cells of a kind hardly differ, they are drawn
together. Gelman and Hill 2007, "Data analysis using regression and multilevel/hierarchical models", chapters 12–14.

Terms given spreads: the mode, by Newton's method, and the normal law of the curvature there (Laplace; Breslow and
Clayton 1993, "Approximate inference in generalized linear mixed models", section 2). Spreads: empirical Bayes by EM,
τ² = (Σ (mode² + variance) + WEIGHT · before²) ÷ (count + WEIGHT); the second summand keeps a spread learned from few
terms off 0 (Chung and others 2013, "A nondegenerate penalized likelihood estimator for variance parameters in
multilevel models", do so for the same reason by another prior).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.calibration import FLATTEST, logistic

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
SPREAD, SLOPE_SPREAD = 0.5, 0.3
"""Spreads assumed before there are data: terms differ by factors of about e½ in odds, a score means nearly the same."""
WEIGHT = 1.0  # terms that this is worth
OVERALL, SLOPE, SLOPES = "overall", "slope", "slopes"
_OVERALL_SPREAD, _MIDDLE_SLOPE = 10.0, 1.0
_ROUNDS, _NEWTON, _STILL = 200, 50, 1e-3
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True, eq=False)
class Observed:
    """Rows: the cell of each (0…), its score (log-odds around 0) and whether it happened (0/1); all shape (rows,)."""

    cell: Codes
    score: Floats
    happened: Floats


@dataclass(frozen=True, eq=False)
class Kinds:
    """What cells share: kind of term → its design, shape (cells, terms of the kind). Slopes differ by `slopes`.

    A row of zeros: the cell has a term of this kind that no rows tell of; its level may differ by the kind's spread.
    assumed: the spread of a kind before there are data, where it is not SPREAD.
    """

    levels: Mapping[str, Floats]
    slopes: Floats
    assumed: Mapping[str, float] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.slopes)

    @property
    def before(self) -> dict[str, float]:
        """The spread of every kind before there are data."""
        return {kind: self.assumed.get(kind, SPREAD) for kind in self.levels} | {SLOPES: SLOPE_SPREAD}


@dataclass(frozen=True, eq=False)
class Pooled:
    """level, error: of each cell and its standard error; slope; weight: the share of a cell's own rows in its level.

    All of shape (cells,), the weight 0…1. spread: of each kind. shared: what is known of cells there were none of.
    """

    level: Floats
    error: Floats
    slope: Floats
    weight: Floats
    spread: dict[str, float]
    shared: "Shared"


@dataclass(frozen=True, eq=False)
class Shared:
    """The terms that say something of new cells: of each kind kept, with their joint covariance; the slope of all.

    beyond: the variance of the kinds not kept, of which a new cell has terms that nothing tells of.
    """

    terms: dict[str, Floats]
    covariance: Floats
    spread: dict[str, float]
    beyond: float
    slope: float

    def level(self, designs: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """Level and standard error of new cells by their designs, kind → (cells, terms); a row of zeros is unknown."""
        cells = len(next(iter(designs.values())))
        every = np.concatenate([np.ones((cells, 1)), *(designs[kind] for kind in self.spread)], axis=1)
        level = every @ np.concatenate([self.terms[OVERALL], *(self.terms[kind] for kind in self.spread)])
        variance = np.einsum("ct,tu,cu->c", every, self.covariance, every) + self.beyond
        variance += sum(_unheard(designs[kind], spread) for kind, spread in self.spread.items())
        return level, np.sqrt(variance)

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        lists = {kind: terms.tolist() for kind, terms in self.terms.items()}
        return vars(self) | {"terms": lists, "covariance": self.covariance.tolist()}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Shared":
        """The inverse of `as_dict`."""
        arrays = {kind: np.array(terms, dtype=np.float64) for kind, terms in saved["terms"].items()}
        return cls(**saved | {"terms": arrays, "covariance": np.array(saved["covariance"], dtype=np.float64)})


def pool(rows: Observed, kinds: Kinds, spread: Mapping[str, float] | None = None, shared: Sequence[str] = ()) -> Pooled:
    """Learn levels and slopes of the cells; `spread` of each kind and of `slopes`, learned from the rows if not given.

    shared: the kinds that say something of cells to come.

    >>> cell = np.repeat([0, 1, 2], [2000, 2000, 10])
    >>> happened = np.r_[np.arange(2000) % 10 < 2, np.arange(2000) % 10 < 3, np.arange(10) < 9].astype(float)
    >>> pooled = pool(Observed(cell, np.zeros(4010), happened), Kinds({"own": np.eye(3)}, np.zeros((3, 0))))
    >>> logistic(pooled.level).round(1).tolist(), pooled.weight.round(1).tolist()
    ([0.2, 0.3, 0.8], [1.0, 1.0, 0.8])
    """
    model = _Model.of(kinds)
    before = kinds.before
    known = dict(spread) if spread is not None else {kind: max(SPREAD, value) for kind, value in before.items()}
    mode, covariance = model.fit(rows, known, model.start())
    for _ in range(_ROUNDS if spread is None else 0):
        learned = {kind: model.spread(kind, before[kind], mode, covariance) for kind in known}
        moved = max(abs(np.log(learned[kind] / known[kind])) for kind in known)
        known = learned
        mode, covariance = model.fit(rows, known, mode)
        if moved < _STILL:
            break
    return model.pooled(rows, kinds, known, shared, mode, covariance)


def expected(level: Floats, error: Floats) -> Floats:
    """The log-odds of the mean chance of cells whose level is normal about `level`; any shape. With no error, `level`.

    >>> expected(np.array([-3.0, -3.0]), np.array([0.0, 1.0])).round(2).tolist()
    [-3.0, -2.6]
    """
    nodes = level[..., None] + error[..., None] * _NODES
    chance = np.clip(logistic(nodes) @ (_NODE_WEIGHTS / _NODE_WEIGHTS.sum()), 1e-12, 1 - 1e-12)
    return np.asarray(np.log(chance) - np.log1p(-chance), dtype=np.float64)


def _unheard(design: Floats, spread: float) -> Floats:
    """The variance of a term that no rows tell of, where the design has a row of zeros; shape (cells,)."""
    found: Floats = np.where(design.any(axis=1), 0.0, spread**2)
    return found


@dataclass(frozen=True, eq=False)
class _Model:
    """Designs side by side: `level` (cells, terms), `slope` (cells, terms); `places` of each kind's terms."""

    level: Floats
    slope: Floats
    places: dict[str, slice]

    @classmethod
    def of(cls, kinds: Kinds) -> "_Model":
        ones = np.ones((kinds.cells, 1))
        designs = {OVERALL: ones} | dict(kinds.levels) | {SLOPE: ones, SLOPES: kinds.slopes}
        ends = np.cumsum([design.shape[1] for design in designs.values()])
        places = {
            kind: slice(int(end) - design.shape[1], int(end))
            for (kind, design), end in zip(designs.items(), ends, strict=True)
        }
        every = np.concatenate(list(designs.values()), axis=1)
        of_slope = np.arange(every.shape[1]) >= places[SLOPE].start
        return cls(every * ~of_slope, every * of_slope, places)

    def start(self) -> Floats:
        """No differences: slopes of one."""
        terms = np.zeros(self.level.shape[1])
        terms[self.places[SLOPE]] = _MIDDLE_SLOPE
        return terms

    def precision(self, spread: Mapping[str, float]) -> Floats:
        """1 ÷ variance of each term before the rows are seen."""
        found = np.empty(self.level.shape[1])
        for kind, place in self.places.items():
            found[place] = {OVERALL: _OVERALL_SPREAD, SLOPE: 1.0}.get(kind, spread.get(kind, 1.0)) ** -2.0
        return found

    def fit(self, rows: Observed, spread: Mapping[str, float], terms: Floats) -> tuple[Floats, Floats]:
        """The mode of the terms, from a first guess, and their covariance."""
        precision, centre = self.precision(spread), self.start()
        worth = self._worth(rows, terms, precision, centre)
        for _ in range(_NEWTON):
            gradient, curvature = self._slopes(rows, terms, precision, centre)
            step = np.linalg.solve(curvature, gradient)
            better, worth_there = terms + step, -np.inf
            while (worth_there := self._worth(rows, better, precision, centre)) < worth and np.abs(step).max() > 1e-9:
                step = step / 2
                better = terms + step
            terms, worth = better, worth_there
            if np.abs(step).max() < 1e-7:
                break
        return terms, np.asarray(np.linalg.inv(self._slopes(rows, terms, precision, centre)[1]), dtype=np.float64)

    def spread(self, kind: str, before: float, mode: Floats, covariance: Floats) -> float:
        """The M step of one kind."""
        place = self.places[kind]
        squares = float((mode[place] ** 2).sum() + np.diag(covariance)[place].sum())
        return float(np.sqrt((squares + WEIGHT * before**2) / (place.stop - place.start + WEIGHT)))

    def pooled(
        self,
        rows: Observed,
        kinds: Kinds,
        spread: dict[str, float],
        shared: Sequence[str],
        mode: Floats,
        covariance: Floats,
    ) -> Pooled:
        level, slope = self.level @ mode, np.maximum(self.slope @ mode, FLATTEST)  # no cell turns a ranking round
        variance = np.einsum("ct,tu,cu->c", self.level, covariance, self.level)
        variance += sum(_unheard(design, spread[kind]) for kind, design in kinds.levels.items())
        # by Bayes' rule 1 ÷ variance is what others tell plus what own rows tell
        weight = np.clip(self.told(rows, level, slope, spread) * variance, 0.0, 1.0)
        known = self.shared(spread, [kind for kind in kinds.levels if kind in shared], mode, covariance)
        return Pooled(level, np.sqrt(variance), slope, weight, spread, known)

    def told(self, rows: Observed, level: Floats, slope: Floats, spread: dict[str, float]) -> Floats:
        """What a cell's own rows tell of its level, as 1 ÷ variance, the slope being as little known as it is."""
        chance = logistic(level[rows.cell] + slope[rows.cell] * rows.score)
        weight = chance * (1 - chance)
        flat, crossed, steep = (np.bincount(rows.cell, weight * rows.score**power, len(level)) for power in (0, 1, 2))
        found: Floats = flat - crossed**2 / (steep + spread[SLOPES] ** -2.0)
        return found

    def shared(self, spread: dict[str, float], kept: Sequence[str], mode: Floats, covariance: Floats) -> Shared:
        terms = {kind: mode[self.places[kind]] for kind in (OVERALL, *kept)}
        places = np.concatenate([np.arange(len(mode))[self.places[kind]] for kind in terms])
        beyond = sum(spread[kind] ** 2 for kind in spread if kind not in (*kept, SLOPES))
        slope = max(float(mode[self.places[SLOPE]][0]), FLATTEST)
        return Shared(terms, covariance[np.ix_(places, places)], {kind: spread[kind] for kind in kept}, beyond, slope)

    def _worth(self, rows: Observed, terms: Floats, precision: Floats, centre: Floats) -> float:
        odds = (self.level @ terms)[rows.cell] + (self.slope @ terms)[rows.cell] * rows.score
        likelihood = float((rows.happened * odds - np.logaddexp(0.0, odds)).sum())
        return likelihood - float((precision * (terms - centre) ** 2).sum()) / 2

    def _slopes(self, rows: Observed, terms: Floats, precision: Floats, centre: Floats) -> tuple[Floats, Floats]:
        """Gradient and negative curvature of the penalised likelihood."""
        cells = len(self.level)
        chance = logistic((self.level @ terms)[rows.cell] + (self.slope @ terms)[rows.cell] * rows.score)
        left, told = rows.happened - chance, chance * (1 - chance)

        def by_cell(values: Floats) -> Floats:
            return np.asarray(np.bincount(rows.cell, values, cells), dtype=np.float64)

        gradient = self.level.T @ by_cell(left) + self.slope.T @ by_cell(left * rows.score)
        crossed = (self.level.T * by_cell(told * rows.score)) @ self.slope
        curvature = (self.level.T * by_cell(told)) @ self.level + crossed + crossed.T
        curvature += (self.slope.T * by_cell(told * rows.score**2)) @ self.slope
        return gradient - precision * (terms - centre), curvature + np.diag(precision)
