"""The S-learner: one regression of the outcome on inputs and treatment; the effect is what turning the treatment adds.

Künzel, Sekhon, Bickel and Yu 2019, "Metalearners for estimating heterogeneous treatment effects using machine
learning", PNAS 116(10), section "Meta-algorithms". One penalty for all draws the effect towards being alike.
"""

import numpy as np

from yuelao.analytics.uplift.effect import Effect, Term, seen
from yuelao.analytics.uplift.regression import Fit
from yuelao.analytics.uplift.trial import Trial


def fit_s(trial: Trial, fit: Fit) -> Effect:
    """τ(x) = μ(x, 1) − μ(x, 0); the inputs of the treated stand in columns of their own, so that μ can bend by arm."""
    rows = np.where(trial.treated[:, None] > 0, seen(trial.x, "treated"), seen(trial.x, "held_out"))
    width = trial.x.shape[1]
    codes = (*trial.codes, *(width + 1 + code for code in trial.codes))
    mean = fit(rows, trial.y, codes, trial.seed)
    return Effect((Term(1.0, mean, "treated"), Term(-1.0, mean, "held_out")))
