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
STEPS = (0.6, 0.7, 0.8, 0.9, 1.0)  # fitted on the rows before each step, tried on those up to the next
ROUNDS = (20, 40, 80)
CANDIDATES = (Recipe(leaves=12), Recipe(half_life=0.3), Recipe(leaves=8, additive=False))
FEWEST_ROWS, FEWEST_POSITIVES, MOST_ROWS = 2000, 100, 12_000
GAIN = 0.002  # in AUC; less is noise


def choose_recipe(x: Floats, y: Floats, categorical: Sequence[int], seed: int) -> Recipe:
    """The recipe with the best mean AUC over the forward steps; `x` (rows, inputs), rows in time order.

    A change from the plain recipe must earn 0.002 of AUC and twice its own standard error over the steps. A small
    table gets the plain recipe: its steps would be noise. A large one is thinned to about 12,000 rows first.

    >>> choose_recipe(np.zeros((10, 1)), np.zeros(10), [], seed=1)
    Recipe(leaves=4, rounds=40, half_life=None, additive=True)
    """
    every = max(1, round(len(y) / MOST_ROWS))
    x, y = x[::every], y[::every]
    if len(y) < FEWEST_ROWS or min(y.sum(), len(y) - y.sum()) < FEWEST_POSITIVES:
        return Recipe()
    steps = _steps(y)
    best = plain = _tried(x, y, categorical, Recipe(), seed, steps)
    for candidate in CANDIDATES:
        tried = _tried(x, y, categorical, candidate, seed, steps)
        gain = tried[1] - plain[1]
        noise = 2 * gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
        if gain.mean() >= max(GAIN, noise) and tried[1].mean() > best[1].mean():
            best = tried
    return best[0]


def _tried(
    x: Floats, y: Floats, categorical: Sequence[int], recipe: Recipe, seed: int, steps: list[tuple[int, int]]
) -> tuple[Recipe, Floats]:
    """The recipe with its best number of rounds, and its AUC in every step."""
    found = np.empty((len(steps), len(ROUNDS)))
    for i, (start, end) in enumerate(steps):
        model = boost(x[:start], y[:start], categorical, replace(recipe, rounds=ROUNDS[-1]), seed)
        found[i] = [auc(y[start:end], model.log_odds(x[start:end], rounds)) for rounds in ROUNDS]
    best = int(found.mean(axis=0).argmax())
    return replace(recipe, rounds=ROUNDS[best]), found[:, best]


def _steps(y: Floats) -> list[tuple[int, int]]:
    """The steps that have both outcomes before and after."""
    pairs = pairwise(int(step * len(y)) for step in STEPS)
    return [(a, b) for a, b in pairs if 0 < y[:a].sum() < a and 0 < y[a:b].sum() < b - a]
