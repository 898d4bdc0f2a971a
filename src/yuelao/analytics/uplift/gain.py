"""How well a ranking by uplift did on a randomised trial: Qini, AUUC and the effect among the best, with intervals.

All are in units of the outcome per customer, and paired: two rankings of the same customers can be told apart finely.
Sources: Radcliffe 2007, "Using control groups to target on predicted lift"; Yadlowsky, Fleming, Shah, Brunskill and
Wager 2021, "Evaluating treatment prioritization rules via rank-weighted average treatment effects" (arXiv 2111.07966).
"""

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.figures import Figure, mean_of
from yuelao.analytics.ranks import mid_ranks

Floats = NDArray[np.float64]


def places(scores: Floats, folds: NDArray[np.int64]) -> Floats:
    """Each row's place among its fold, 0 the best … 1 the worst, ties sharing theirs; scores of folds do not compare.

    >>> places(np.array([3.0, 1.0, 9.0, 9.0]), np.array([0, 0, 1, 1])).tolist()
    [0.25, 0.75, 0.5, 0.5]
    """
    found = np.empty(len(scores))
    for fold in np.unique(folds):
        rows = folds == fold
        found[rows] = (mid_ranks(-scores[rows]) - 0.5) / rows.sum()
    return found


def average_effect(treated: Floats, y: Floats) -> Figure:
    """The difference of the arms' means: what treating everybody changes."""
    return top_effect(np.ones(len(y)), treated, y)


def top_effect(included: Floats, treated: Floats, y: Floats) -> Figure:
    """The difference of the arms' means among the `included` (shape (rows,), 0…1: how far a row counts).

    >>> top_effect(np.array([1.0, 1, 0, 0]), np.array([1.0, 0, 1, 0]), np.array([1.0, 0, 0, 0])).value
    1.0
    """
    mean, influence = [], np.zeros(len(y))
    for sign, arm in ((1.0, included * treated), (-1.0, included * (1.0 - treated))):
        mean.append(sign * float(arm @ y / arm.sum()))
        influence += sign * arm * (y - arm @ y / arm.sum()) / arm.mean()
    return Figure(sum(mean), influence)


def best(place: Floats, folds: NDArray[np.int64], share: float) -> Floats:
    """How far each row counts among the best `share` of its fold: 1, 0, or in part where the edge is tied.

    >>> best(np.array([0.25, 0.75, 0.5, 0.5]), np.array([0, 0, 1, 1]), 0.5).tolist()
    [1.0, 0.0, 0.5, 0.5]
    """
    found = np.empty(len(place))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        _, tie, size = np.unique(place[rows], return_inverse=True, return_counts=True)
        before = np.cumsum(size) - size
        found[rows] = np.clip((share * len(rows) - before) / size, 0.0, 1.0)[tie]
    return found


def effect_scores(treated: Floats, y: Floats, share: float) -> Floats:
    """Γ, shape (rows,): of mean the average effect, and in any group chosen before the draw of mean its effect."""
    means = [float(y[treated == arm].mean()) for arm in (0.0, 1.0)]
    left = y - np.where(treated > 0, means[1], means[0])
    return np.asarray(means[1] - means[0] + (treated - share) / (share * (1.0 - share)) * left)


def qini(place: Floats, scores: Floats) -> Figure:
    """The area between the curve of gains (outcomes gained per customer, by share treated from the best down) and the
    straight line of treating at random: ∫ (G(q) − q·G(1)) dq = mean((½ − place)·Γ). `scores`: `effect_scores`.

    >>> round(qini(np.array([0.25, 0.75]), np.array([0.2, 0.0])).value, 3)
    0.025
    """
    return mean_of((0.5 - place) * (scores - scores.mean()))


def qini_gain(scores: Floats, others: Floats, treated: Floats, y: Floats) -> Figure:
    """The Qini of one ranking (the larger the score the better) less that of another on the same rows of a trial.

    >>> sent, bought = np.array([1.0, 0, 1, 0]), np.array([1.0, 0, 0, 0])
    >>> round(qini_gain(np.array([4.0, 3, 2, 1]), np.array([1.0, 2, 3, 4]), sent, bought).value, 2)
    0.25
    """
    effects, one = effect_scores(treated, y, float(treated.mean())), np.zeros(len(y), dtype=np.int64)
    return qini(places(scores, one), effects).minus(qini(places(others, one), effects))


def auuc(place: Floats, scores: Floats) -> Figure:
    """The area under the curve of gains: Qini and half the average effect."""
    return mean_of((1.0 - place) * scores)
