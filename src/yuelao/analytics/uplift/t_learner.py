"""The T-learner: one regression for each arm; the effect is their difference.

Künzel, Sekhon, Bickel and Yu 2019, PNAS 116(10), section "Meta-algorithms".
"""

from yuelao.analytics.uplift.effect import Effect, Term
from yuelao.analytics.uplift.regression import Fit, Regression
from yuelao.analytics.uplift.trial import Trial


def fit_t(trial: Trial, fit: Fit) -> Effect:
    """τ(x) = μ₁(x) − μ₀(x)."""
    return Effect((Term(1.0, fit_arm(trial, True, fit)), Term(-1.0, fit_arm(trial, False, fit))))


def fit_arm(trial: Trial, treated: bool, fit: Fit) -> Regression:
    """The outcome of one arm, from its rows alone."""
    arm = trial.arm(treated)
    return fit(arm.x, arm.y, trial.codes, trial.seed)
