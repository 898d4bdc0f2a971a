"""Forward validation: the recipe is chosen by what would have worked, fitted on earlier rows and tried on later ones.

Never shuffled folds: rows of one day resemble each other, and the world moves between training and use.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.boosting import Recipe, boost
from yuelao.analytics.evaluation import auc

Floats = NDArray[np.float64]
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # fitted on the rows before each step, tried on those up to the next
ROUNDS = (40, 80, 150)
FEWEST_ROWS, FEWEST_POSITIVES, MOST_ROWS = 2000, 100, 50_000
DRIFTED = 0.25  # the usual reading of PSI: above it, a column has changed
MOST_DRIFTED = 6
GAIN = 0.002  # in AUC; less is noise


def choose_recipe(x: Floats, y: Floats, names: Sequence[str], categorical: Sequence[int], seed: int) -> Recipe:
    """The recipe with the best mean AUC over the forward steps; `x` (rows, inputs), rows in time order.

    Leaves out inputs that drift and mislead (the most drifted first, then each of them tried back in), then tries larger
    trees and a fading memory. A change must earn 0.002 of AUC. A small table gets the plain recipe: its steps would be noise.

    >>> choose_recipe(np.zeros((10, 1)), np.zeros(10), ["age"], [], seed=1)
    Recipe(leaves=4, rounds=100, half_life=None, left_out=())
    """
    x, y = _thinned(x, y)
    plain = Recipe()
    if len(y) < FEWEST_ROWS or min(y.sum(), len(y) - y.sum()) < FEWEST_POSITIVES:
        return plain
    trial = _Trial(x, y, names, categorical, seed)
    best, best_auc = trial.run(plain)
    drifted = _drifted(x, names, categorical)
    for most in range(len(drifted)):
        best, best_auc = trial.better(replace(plain, left_out=tuple(drifted[: most + 1])), best, best_auc)
    for name in best.left_out:
        best, best_auc = trial.better(
            replace(best, left_out=tuple(n for n in best.left_out if n != name)), best, best_auc
        )
    for change in ({"leaves": 8}, {"leaves": 16}, {"half_life": 0.3}, {"half_life": 0.1}):
        best, best_auc = trial.better(replace(best, **change), best, best_auc)
    return best


class _Trial:
    """The forward steps of one table, each candidate tried on the same."""

    def __init__(self, x: Floats, y: Floats, names: Sequence[str], categorical: Sequence[int], seed: int) -> None:
        self.x, self.y, self.names, self.seed = x, y, list(names), seed
        self.categorical = set(categorical)

    def run(self, recipe: Recipe) -> tuple[Recipe, float]:
        """The recipe with the best number of rounds, and its mean AUC."""
        keep = [i for i, name in enumerate(self.names) if name not in recipe.left_out]
        codes = [place for place, i in enumerate(keep) if i in self.categorical]
        x, most = self.x[:, keep], replace(recipe, rounds=ROUNDS[-1])
        found: list[list[float]] = []
        for start, end in self._steps():
            model = boost(x[:start], self.y[:start], codes, most, self.seed)
            scores = (model.predict(x[start:end], num_iteration=rounds) for rounds in ROUNDS)
            found.append([auc(self.y[start:end], np.asarray(score)) for score in scores])
        mean = np.mean(found, axis=0)
        return replace(recipe, rounds=ROUNDS[int(mean.argmax())]), float(mean.max())

    def better(self, candidate: Recipe, best: Recipe, best_auc: float) -> tuple[Recipe, float]:
        """The candidate if it earns its keep, else the best so far."""
        tried, tried_auc = self.run(candidate)
        return (tried, tried_auc) if tried_auc >= best_auc + GAIN else (best, best_auc)

    def _steps(self) -> list[tuple[int, int]]:
        edges = [int(step * len(self.y)) for step in STEPS]
        return [(a, b) for a, b in pairwise(edges) if 0 < self.y[:a].sum() < a and 0 < self.y[a:b].sum() < b - a]


def population_stability(earlier: Floats, later: Floats, categorical: bool, slices: int = 10) -> float:
    """How far a column has moved (PSI): Σ (q − p) ln(q ÷ p) over slices of the earlier values; NaN is one of them.

    >>> population_stability(np.arange(100.0), np.arange(100.0), categorical=False)
    0.0
    """
    known = earlier[~np.isnan(earlier)]
    values = np.unique(known) if categorical or not len(known) else np.quantile(known, np.arange(1, slices) / slices)
    edges = np.unique(values)
    p, q = _shares(earlier, edges), _shares(later, edges)
    return float(((q - p) * np.log(q / p)).sum())


def _shares(column: Floats, edges: Floats) -> Floats:
    slices = np.where(np.isnan(column), len(edges) + 1, np.searchsorted(edges, column))
    counts = np.bincount(slices, minlength=len(edges) + 2)
    shares: Floats = (counts + 0.5) / (len(column) + 0.5 * len(counts))
    return shares


def _drifted(x: Floats, names: Sequence[str], categorical: Sequence[int]) -> list[str]:
    half = len(x) // 2
    moved = {
        name: population_stability(x[:half, i], x[half:, i], categorical=i in categorical)
        for i, name in enumerate(names)
    }
    ranked = sorted((name for name in moved if moved[name] > DRIFTED), key=lambda name: -moved[name])
    return ranked[: min(MOST_DRIFTED, len(names) - 1)]


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    every = -(-len(y) // MOST_ROWS)
    return x[::every], y[::every]
