"""How good a score is: ranking (AUC, lift) and honesty of its probabilities (calibration), ties shared exactly.

Labels are 0/1 or boolean arrays of shape (n,), scores float arrays of shape (n,); neither holds nulls.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.ranks import mid_ranks
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Decile:
    """One slice of the scored rows: how many, what was predicted on average, what happened."""

    rows: int
    predicted: float
    observed: float


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """The probability that a random positive outranks a random negative, ties half (Mann–Whitney U ÷ pairs).

    Raises Refused where one class is missing.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    happened, score = _checked(labels, scores)
    positives = float(happened.sum())
    negatives = len(happened) - positives
    if not positives or not negatives:
        raise Refused("An AUC needs both outcomes", hint="Give rows with and without the event", code="one_class")
    rank_sum = float(mid_ranks(score)[happened > 0].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def rank_correlation(x: ArrayLike, y: ArrayLike) -> float:
    """Spearman's correlation of two arrays of numbers, ties sharing ranks, −1…1; NaN where either does not vary.

    >>> rank_correlation([1, 2, 3, 4], [10, 20, 40, 30])
    0.8
    """
    ranks = [mid_ranks(np.asarray(values, dtype=np.float64)) for values in (x, y)]
    first, second = (each - each.mean() for each in ranks)
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / spread if spread > 0 else float("nan")


def lift_top(labels: ArrayLike, scores: ArrayLike, share: float = 0.1) -> float:
    """The rate among the best `share` of the rows ÷ the rate among all; rows tied at the edge count in part.

    Raises Refused where nothing happened or the share is not in (0, 1].

    >>> lift_top([1, 0, 0, 0, 1, 0, 0, 0, 0, 0], [.9, .1, .2, .1, .3, .2, .1, .1, .2, .1], share=0.1)
    5.0
    """
    happened, score = _checked(labels, scores)
    if not 0 < share <= 1:
        raise Refused(f"A share lies in (0, 1], not {share}", code="share")
    if not happened.any():
        raise Refused("A lift needs at least one event", code="one_class")
    wanted = share * len(score)
    order = np.argsort(-score, kind="stable")
    edge = score[order[min(int(np.ceil(wanted)), len(score)) - 1]]
    above, tied = score > edge, score == edge
    part = (wanted - above.sum()) / tied.sum()
    found = happened[above].sum() + part * happened[tied].sum()
    return float(found / wanted / happened.mean())


def decile_table(labels: ArrayLike, probabilities: ArrayLike, slices: int = 10) -> list[Decile]:
    """The rows in slices of equal size from the highest probability down; equal probabilities stay together.

    >>> [d.rows for d in decile_table([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1], slices=2)]
    [2, 2]
    """
    happened, probability = _checked(labels, probabilities)
    if not len(probability):
        return []
    place = (mid_ranks(-probability) - 0.5) / len(probability)
    which = np.minimum((place * slices).astype(np.int64), slices - 1)
    groups = [which == k for k in range(slices)]
    return [
        Decile(int(g.sum()), float(probability[g].mean()), float(happened[g].mean())) for g in groups if bool(g.any())
    ]


def calibration_error(labels: ArrayLike, probabilities: ArrayLike, slices: int = 10) -> float:
    """The mean distance of predicted and observed rates over slices of equal size, weighted by rows (ECE).

    Naeini, Cooper, Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning"; slices of equal
    size instead of equal width.

    >>> calibration_error([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5])
    0.0
    """
    table = decile_table(labels, probabilities, slices)
    rows = sum(d.rows for d in table)
    return sum(d.rows * abs(d.predicted - d.observed) for d in table) / rows if rows else 0.0


def _checked(labels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    happened = np.asarray(labels, dtype=np.float64)
    score = np.asarray(scores, dtype=np.float64)
    if happened.shape != score.shape or happened.ndim != 1:
        raise Refused(f"{happened.shape} labels do not fit {score.shape} scores", code="shape")
    if np.isnan(happened).any() or np.isnan(score).any():
        raise Refused("Labels and scores may not be null", code="null")
    if not np.isin(happened, (0.0, 1.0)).all():
        raise Refused("Labels are 0 or 1", code="label")
    return happened, score
