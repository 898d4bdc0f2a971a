"""Inputs that cannot have been known before a randomised treatment: a ranking by them would look good and be useless.

Two marks: the arms differ in it, which a draw rules out; or it departs from its usual value only where one outcome
came, as an amount spent does only where somebody bought.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.inputs import Input, Inputs

Floats = NDArray[np.float64]
BY_CHANCE = 1e-3  # how often, over all inputs of a table together, a draw marks an innocent one
BY_OUTCOME = 1e-6
DIFFERS = "the arms differ in it, so it was not known before the treatment, or who was treated was not drawn"
FOLLOWS = "it departs from its usual value only where one outcome came: known only afterwards"


def suspects(x: Floats, inputs: Inputs, treated: Floats, y: Floats) -> dict[str, str]:
    """Name → reason; `x` (rows, inputs), `treated` 0/1, `y` (rows,).

    >>> treated, bought = np.arange(400) % 2.0, (np.arange(400) % 5 == 0).astype(float)
    >>> list(suspects(np.stack([bought * 30, treated], 1), Inputs((Input("paid"), Input("sent"))), treated, bought))
    ['paid', 'sent']
    """
    looks = {column.name: _looks(x[:, i], column) for i, column in enumerate(inputs.columns)}
    limit = NormalDist().inv_cdf(1 - BY_CHANCE / (2 * sum(map(len, looks.values()))))
    found = {}
    for i, (name, parts) in enumerate(looks.items()):
        if _follows(x[:, i], y):
            found[name] = FOLLOWS
        elif max(_distance(part, treated) for part in parts) > limit:
            found[name] = DIFFERS
    return found


def _looks(values: Floats, column: Input) -> list[Floats]:
    """What the arms are compared in: how much is unknown, and the mean, or the share of each category."""
    missing = np.isnan(values)
    if column.categories is None:
        return [missing.astype(float), values]
    return [missing.astype(float), *((values == code).astype(float) for code in np.unique(values[~missing]))]


def _distance(values: Floats, treated: Floats) -> float:
    """How many standard errors the arms' means are apart, NaN left out, the variance that of both together."""
    known = ~np.isnan(values)
    values, arm = values[known], treated[known] > 0
    if not 0 < arm.sum() < len(arm):
        return 0.0
    error = values.std() * np.sqrt(1 / arm.sum() + 1 / (~arm).sum())
    return float(abs(values[arm].mean() - values[~arm].mean()) / error) if error > 0 else 0.0


def _follows(values: Floats, y: Floats) -> bool:
    """Whether all rows with an unusual value share one side of the outcome, and too many for chance."""
    plain = np.where(np.isnan(values), np.inf, values)
    kinds, counts = np.unique(plain, return_counts=True)
    happened = y > y.min()
    unusual = plain != kinds[counts.argmax()]
    rate = float(happened.mean())
    alike = rate if happened[unusual].all() else 1 - rate if not happened[unusual].any() else 1.0
    return bool(alike ** int(unusual.sum()) < BY_OUTCOME)
