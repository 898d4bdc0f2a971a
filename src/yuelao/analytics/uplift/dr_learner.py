"""The DR-learner: doubly robust effect scores of every customer, from regressions that never saw them, regressed.

Kennedy 2020, "Towards optimal doubly robust estimation of heterogeneous causal effects", algorithm 1 (arXiv
2004.14497).
"""

import numpy as np

from yuelao.analytics.uplift.effect import Effect, Term
from yuelao.analytics.uplift.regression import Fit
from yuelao.analytics.uplift.t_learner import fit_arm
from yuelao.analytics.uplift.trial import Trial

HALVES = 2


def fit_dr(trial: Trial, fit: Fit) -> Effect:
    """τ(x) = E[φ | x], φ = μ₁ − μ₀ + (A − e)·(Y − μ_A) ÷ (e·(1 − e)), each half by the regressions of the other."""
    half = _halves(trial)
    scores = np.empty(len(trial.y))
    for number in range(HALVES):
        learned, judged = trial.take(half != number), half == number
        scores[judged] = _scores(learned, trial.take(judged), fit)
    return Effect((Term(1.0, fit(trial.x, scores, trial.codes, trial.seed)),))


def _scores(learned: Trial, judged: Trial, fit: Fit) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    treated, untreated = (fit_arm(learned, arm, fit).predict(judged.x) for arm in (True, False))
    share, a = judged.share, judged.treated
    left = judged.y - np.where(a > 0, treated, untreated)
    return np.asarray(treated - untreated + (a - share) / (share * (1.0 - share)) * left)


def _halves(trial: Trial) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Each arm halved by lot."""
    half = np.empty(len(trial.y), dtype=np.int64)
    lots = np.random.default_rng([trial.seed, 2])
    for arm in (0.0, 1.0):
        rows = np.flatnonzero(trial.treated == arm)
        half[lots.permutation(rows)] = np.arange(len(rows)) % HALVES
    return half
