"""Honest validation of the learners: every customer is ranked by fits that never saw them, in repeated folds.

The learner itself is chosen inside the training rows: of the rows outside a fold, each is ranked by a fit without the
fold and without the row's own. A fit without two folds serves both, so K folds cost K + K·(K − 1)/2 fits a learner.
It is the mean of all learners, unless one of them is better by more than its noise: on trials with a known effect that
ranks better than the learner that looked best, which is often only lucky.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, count
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.figures import Figure, average
from yuelao.analytics.uplift.dr_learner import fit_dr
from yuelao.analytics.uplift.effect import Effect
from yuelao.analytics.uplift.gain import auuc, best, effect_scores, places, qini, top_effect
from yuelao.analytics.uplift.regression import by_ridge, by_trees
from yuelao.analytics.uplift.s_learner import fit_s
from yuelao.analytics.uplift.t_learner import fit_t
from yuelao.analytics.uplift.trial import Trial
from yuelao.analytics.uplift.x_learner import fit_x

Floats = NDArray[np.float64]
Folds = NDArray[np.int64]
Learner = Callable[[Trial], Effect]
Progress = Callable[[int, int], None]
"""Hears of the training sets done, and of all there are."""
LEARNERS: Mapping[str, Learner] = {
    "S": partial(fit_s, fit=by_trees),
    "T": partial(fit_t, fit=by_trees),
    "X": partial(fit_x, fit=by_trees),
    "DR": partial(fit_dr, fit=by_ridge),
}
MEAN = "mean"
TOP = 0.3


def widening(folds: int) -> float:
    """By how much an interval over folds must be wider than one over customers: their fits share training rows.

    Nadeau and Bengio 2003, "Inference for the generalization error": variance × (1 + K·(test ÷ training rows)).

    >>> widening(5)
    1.5
    """
    return sqrt(1.0 + folds / (folds - 1.0))


@dataclass(frozen=True, eq=False)
class Validated:
    """One ranking's figures over all repeats; of each repeat the folds and places, 0 the best … 1 the worst."""

    qini: Figure
    auuc: Figure
    top: Figure
    folds: Sequence[Folds]
    places: Sequence[Floats]

    @property
    def place(self) -> Floats:
        """Each row's mean place."""
        mean: Floats = np.mean(self.places, axis=0)
        return mean


@dataclass(frozen=True, eq=False)
class Validation:
    """The learners and their mean, the recipe that chooses inside training rows, and what it chooses on all rows."""

    learners: Mapping[str, Validated]
    recipe: Validated
    chosen: str


def validate(
    trial: Trial, folds: int, repeats: int, learners: Mapping[str, Learner] = LEARNERS,
    progress: Progress | None = None,
) -> Validation:  # fmt: skip
    """Rank every row `repeats` times by fits to the other folds."""
    total, ticks = repeats * (folds + folds * (folds - 1) // 2), count(1)

    def tick() -> None:
        if progress is not None:
            progress(next(ticks), total)

    splits = [split(trial, folds, repeat) for repeat in range(repeats)]
    rounds = [_round(trial, fold, folds, learners, tick) for fold in splits]
    judged = {name: judge(trial, splits, [ranked[name] for ranked, _ in rounds]) for name in (*learners, MEAN)}
    recipe = judge(trial, splits, [chosen for _, chosen in rounds])
    return Validation(judged, recipe, choose({name: found.qini for name, found in judged.items()}))


def choose(qinis: Mapping[str, Figure]) -> str:
    """The mean of the learners, or the best one where it is ahead of the mean by more than noise (95 %, paired)."""
    name = max(qinis, key=lambda name: qinis[name].value)
    return name if qinis[name].minus(qinis[MEAN]).interval()[0] > 0 else MEAN


def fit_chosen(trial: Trial, name: str) -> Effect:
    """The learner of the name, or the mean of all, fitted to all rows."""
    if name != MEAN:
        return LEARNERS[name](trial)
    terms = [term for learner in LEARNERS.values() for term in learner(trial).terms]
    return Effect(tuple(replace(term, weight=term.weight / len(LEARNERS)) for term in terms))


def split(trial: Trial, folds: int, repeat: int) -> Folds:
    """The fold of every row, each arm dealt out evenly by lot."""
    fold = np.empty(len(trial.y), dtype=np.int64)
    lots = np.random.default_rng([trial.seed, 1, repeat])
    for arm in (0.0, 1.0):
        rows = np.flatnonzero(trial.treated == arm)
        fold[lots.permutation(rows)] = np.arange(len(rows)) % folds
    return fold


def judge(trial: Trial, folds: Sequence[Folds], ranked: Sequence[Floats]) -> Validated:
    """The figures of a ranking: for every repeat the fold and the place of each row."""
    scores = effect_scores(trial.treated, trial.y, trial.share)
    tops = [best(place, fold, TOP) for fold, place in zip(folds, ranked, strict=True)]
    return Validated(
        average([qini(place, scores) for place in ranked]),
        average([auuc(place, scores) for place in ranked]),
        average([top_effect(top, trial.treated, trial.y) for top in tops]),
        folds,
        ranked,
    )


def _round(
    trial: Trial, fold: Folds, folds: int, learners: Mapping[str, Learner], tick: Callable[[], None]
) -> tuple[dict[str, Floats], Floats]:
    """One repeat: the places that each learner gives, and those of the one chosen without the row's fold."""
    outer = {name: np.empty(len(trial.y)) for name in (*learners, MEAN)}
    inner = {name: np.full((folds, len(trial.y)), np.nan) for name in outer}
    left_out = [(k,) for k in range(folds)] + list(combinations(range(folds), 2))
    for out in left_out:
        training = trial.take(~np.isin(fold, out))
        effects = [learner(training) for learner in learners.values()]
        for k in out:
            rows = fold == k
            found = [effect.predict(trial.x[rows]) for effect in effects]
            for name, scores in zip(outer, [*found, np.mean(found, axis=0)], strict=True):
                into = outer[name] if len(out) == 1 else inner[name][sum(out) - k]
                into[rows] = places(scores, fold[rows])
        tick()
    return outer, _chosen_inside(trial, fold, outer, inner)


def _chosen_inside(trial: Trial, fold: Folds, outer: Mapping[str, Floats], inner: Mapping[str, Floats]) -> Floats:
    """For each fold the places by the learner chosen on the rows outside it."""
    found = np.empty(len(fold))
    for k in np.unique(fold):
        others, rows = fold != k, fold == k
        scores = effect_scores(trial.treated[others], trial.y[others], trial.share)
        name = choose({name: qini(place[k, others], scores) for name, place in inner.items()})
        found[rows] = outer[name][rows]
    return found
