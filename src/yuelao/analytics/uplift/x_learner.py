"""The X-learner: each arm's outcomes against what the other arm's regression expects, regressed once more.

Künzel, Sekhon, Bickel and Yu 2019, PNAS 116(10), equations 7–9. Strong where one arm is much smaller.
"""

from yuelao.analytics.uplift.effect import Effect, Term
from yuelao.analytics.uplift.regression import Fit
from yuelao.analytics.uplift.t_learner import fit_arm
from yuelao.analytics.uplift.trial import Trial


def fit_x(trial: Trial, fit: Fit) -> Effect:
    """τ(x) = e·τ₀(x) + (1 − e)·τ₁(x), e the share of the treated."""
    treated, held_out = trial.arm(True), trial.arm(False)
    expected_untreated, expected_treated = fit_arm(trial, False, fit), fit_arm(trial, True, fit)
    gained = treated.y - expected_untreated.predict(treated.x)  # D̃¹
    forgone = expected_treated.predict(held_out.x) - held_out.y  # D̃⁰
    tau_1 = fit(treated.x, gained, trial.codes, trial.seed)
    tau_0 = fit(held_out.x, forgone, trial.codes, trial.seed)
    return Effect((Term(trial.share, tau_0), Term(1.0 - trial.share, tau_1)))
