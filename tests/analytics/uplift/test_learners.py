"""The four learners: each finds a planted effect, on either regression, and turns round with the arms."""

import numpy as np
import pytest

from tests.analytics.uplift.trials import arrays
from yuelao.analytics.evaluation import rank_correlation
from yuelao.analytics.uplift.dr_learner import fit_dr
from yuelao.analytics.uplift.effect import Effect
from yuelao.analytics.uplift.regression import by_ridge, by_trees
from yuelao.analytics.uplift.s_learner import fit_s
from yuelao.analytics.uplift.t_learner import fit_t
from yuelao.analytics.uplift.trial import Trial
from yuelao.analytics.uplift.x_learner import fit_x

LEARNERS = [fit_s, fit_t, fit_x, fit_dr]
REGRESSIONS = [by_ridge, by_trees]


@pytest.mark.parametrize("fit", REGRESSIONS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_a_planted_effect_is_found_in_size_and_order(learner, fit):
    trial, _ = arrays("city", 6000, seed=1)
    later, true = arrays("city", 6000, seed=2)
    found = learner(trial, fit).predict(later.x)
    assert rank_correlation(found, true) > 0.75
    assert found[true > 0].mean() == pytest.approx(0.35, abs=0.08)
    assert found[true == 0].mean() == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("learner", LEARNERS)
def test_trees_see_that_two_inputs_must_meet_and_slices_cannot(learner):
    """The effect needs much use and the north: use adds 0.45 in the north and nothing elsewhere."""
    trial, _ = arrays("both", 8000, seed=1)
    corners = np.array([[2.0, 0.0], [-2.0, 0.0], [2.0, 1.0], [-2.0, 1.0]])
    met = {}
    for fit in REGRESSIONS:
        north_much, north_little, south_much, south_little = learner(trial, fit).predict(corners)
        met[fit] = (north_much - north_little) - (south_much - south_little)
    assert met[by_trees] > 0.15
    assert abs(met[by_ridge]) < 1e-9


@pytest.mark.parametrize("learner", LEARNERS)
def test_an_uneven_draw_is_reckoned_with(learner):
    trial, _ = arrays("city", 8000, seed=3, share=0.15)
    later, true = arrays("city", 4000, seed=4)
    found = learner(trial, by_ridge).predict(later.x)
    assert found.mean() == pytest.approx(true.mean(), abs=0.05)
    assert rank_correlation(found, true) > 0.7


@pytest.mark.parametrize("learner", [fit_t, fit_x, fit_dr])
def test_the_arms_exchanged_turn_the_sign(learner):
    trial, _ = arrays("city", 2000, seed=5)
    turned = Trial(trial.x, 1.0 - trial.treated, trial.y, 1.0 - trial.share, trial.codes, trial.seed)
    there, back = (learner(each, by_ridge).predict(trial.x) for each in (trial, turned))
    tolerance = 0.04 if learner is fit_dr else 1e-9  # whose halves are drawn anew
    assert np.abs(there + back).mean() < tolerance
    assert np.abs(there).mean() > 0.1


def test_the_arms_exchanged_turn_the_order_of_the_s_learner():
    trial, _ = arrays("city", 4000, seed=5)
    turned = Trial(trial.x, 1.0 - trial.treated, trial.y, 1.0 - trial.share, trial.codes, trial.seed)
    there, back = (fit_s(each, by_ridge).predict(trial.x) for each in (trial, turned))
    assert rank_correlation(there, back) < -0.8
    assert there.mean() == pytest.approx(-back.mean(), abs=0.03)


@pytest.mark.parametrize("fit", REGRESSIONS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_it_comes_back_from_what_is_saved(learner, fit):
    trial, _ = arrays("both", 500, seed=6)
    found = learner(trial, fit)
    assert Effect.from_dict(found.as_dict()).predict(trial.x) == pytest.approx(found.predict(trial.x), abs=1e-12)
    assert found.predict(trial.x[:0]).shape == (0,)
