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


def auc_gain(
    labels: ArrayLike, scores: ArrayLike, others: ArrayLike, groups: ArrayLike | None = None
) -> tuple[float, float]:
    """The AUC of one score less that of another on the same rows, and the standard error of the difference.

    Variance by placements: DeLong, DeLong, Clarke-Pearson 1988, "Comparing the areas under two or more correlated
    receiver operating characteristic curves"; with `groups` (one whole number a row), rows of a group may resemble
    each other: Obuchowski 1997, "Nonparametric analysis of clustered ROC curve data", eq. 6. Infinite for one group.

    >>> auc_gain([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], [0.1, 0.4, 0.3, 0.8])
    (0.0, 0.0)
    """
    difference = _placements(labels, scores) - _placements(labels, others)
    return _mean_and_error(np.asarray(labels, dtype=np.float64), difference, groups)


def auc_and_error(labels: ArrayLike, scores: ArrayLike) -> tuple[float, float]:
    """The AUC and its standard error by DeLong's variance (see `auc_gain`).

    >>> auc_and_error([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])[0]
    0.875
    """
    return _mean_and_error(np.asarray(labels, dtype=np.float64), _placements(labels, scores), None)


def auc_interval(labels: ArrayLike, scores: ArrayLike) -> tuple[float, float]:
    """The 95 % interval of the AUC by DeLong's variance (see `auc_gain`), on its log-odds so that it stays in 0…1.

    >>> low, high = auc_interval([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.3, 0.8, 0.2, 0.6])
    >>> bool(0 < low < 8 / 9 < high < 1)
    True
    """
    area, error = auc_and_error(labels, scores)
    if not 0 < area < 1:
        return area, area
    odds, spread = np.log(area / (1 - area)), 1.96 * error / (area * (1 - area))
    low, high = (float(1 / (1 + np.exp(-bound))) for bound in (odds - spread, odds + spread))
    return low, high


def _placements(labels: ArrayLike, scores: ArrayLike) -> Floats:
    """Of each positive the share of negatives below it, of each negative the share of positives above it, ties half."""
    happened, score = _checked(labels, scores)
    events = happened > 0
    if not 0 < events.sum() < len(events):
        raise Refused("An AUC needs both outcomes", hint="Give rows with and without the event", code="one_class")
    place = mid_ranks(score)
    place[events] = (place[events] - mid_ranks(score[events])) / (~events).sum()
    place[~events] = 1 - (place[~events] - mid_ranks(score[~events])) / events.sum()
    return place


def _mean_and_error(happened: Floats, placements: Floats, groups: ArrayLike | None) -> tuple[float, float]:
    """The mean placement of positives, and its standard error where rows of one group may resemble each other."""
    mean = float(placements[happened > 0].mean())
    share = np.where(happened > 0, 1 / happened.sum(), 1 / (len(happened) - happened.sum()))
    deviations = np.bincount(
        np.arange(len(share)) if groups is None else np.asarray(groups), share * (placements - mean)
    )
    independent = len(deviations)
    if independent < 2:
        return mean, float("inf")
    return mean, float(np.sqrt(independent / (independent - 1) * (deviations**2).sum()))


def reached(labels: ArrayLike, scores: ArrayLike, share: float = 0.5) -> float:
    """The share of events among the best `share` of the rows: what half of the calls reach. See `lift_top`.

    >>> reached([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1])
    0.5
    """
    return share * lift_top(labels, scores, share)


def alift(labels: ArrayLike, scores: ArrayLike) -> float:
    """The area under the share of events reached against the share of rows called, 0…1; ½ for a random order.

    With ties shared it is r ÷ 2 + (1 − r) · AUC, r the rate of the event: among themselves, events are reached evenly.

    >>> alift([1, 0], [0.9, 0.1])
    0.75
    """
    happened, _ = _checked(labels, scores)
    rate = float(happened.mean())
    return rate / 2 + (1 - rate) * auc(labels, scores)


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
    return float((part_at_top(score, share) * happened).mean() / share / happened.mean())


def part_at_top(scores: ArrayLike, share: float = 0.1) -> Floats:
    """How much of each row, 0…1, is among the best `share` of the rows: of rows tied at the edge the same part.

    >>> part_at_top([0.9, 0.5, 0.5, 0.1], share=0.5).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    score = np.asarray(scores, dtype=np.float64)
    wanted, place = share * len(score), len(score) - min(int(np.ceil(share * len(score))), len(score))
    edge = np.partition(score, place)[place]
    above, tied = score > edge, score == edge
    part: Floats = above + tied * ((wanted - above.sum()) / tied.sum())
    return part


def decile_table(labels: ArrayLike, probabilities: ArrayLike, slices: int = 10) -> list[Decile]:
    """The rows in slices of equal size from the highest probability down; equal probabilities stay together.

    >>> [d.rows for d in decile_table([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1], slices=2)]
    [2, 2]
    """
    happened, probability = _checked(labels, probabilities)
    which = slice_of(probability, slices)
    groups = [which == k for k in range(slices)]
    return [
        Decile(int(g.sum()), float(probability[g].mean()), float(happened[g].mean())) for g in groups if bool(g.any())
    ]


def slice_of(probabilities: ArrayLike, slices: int = 10) -> NDArray[np.int64]:
    """The slice of each row, from 0 for the highest probabilities; slices are of equal size, ties stay together."""
    probability = np.asarray(probabilities, dtype=np.float64)
    place = (mid_ranks(-probability) - 0.5) / max(len(probability), 1)
    return np.minimum((place * slices).astype(np.int64), slices - 1)


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
