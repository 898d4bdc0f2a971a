"""Validation: no row is ranked by a fit that saw it, a planted effect is evident, chance is called chance."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.analytics.uplift.trials import arrays
from yuelao.analytics.figures import Figure
from yuelao.analytics.uplift.dr_learner import fit_dr
from yuelao.analytics.uplift.effect import Effect, Term
from yuelao.analytics.uplift.regression import by_ridge
from yuelao.analytics.uplift.s_learner import fit_s
from yuelao.analytics.uplift.t_learner import fit_t
from yuelao.analytics.uplift.validation import LEARNERS, MEAN, Learner, choose, fit_chosen, split, validate, widening

QUICK: Mapping[str, Learner] = {"S": partial(fit_s, fit=by_ridge), "T": partial(fit_t, fit=by_ridge)}
"""Two learners of milliseconds."""


def nobody(seen):
    """A learner to whom all are alike."""
    return Effect(constant=float(seen.y.mean()))


def evident(trial, folds=5, learners=QUICK):
    return validate(trial, folds, 1, learners).recipe.qini.interval(widening(folds))[0] > 0


def test_a_planted_effect_is_evident_and_measured():
    trial, true = arrays("city", 4000, seed=1)
    found = validate(trial, 5, 2, QUICK)
    low, high = found.recipe.qini.interval(widening(5))
    assert 0 < low < 0.35 / 9 < high  # the Qini of a perfect ranking
    assert found.recipe.top.value == pytest.approx(0.35, abs=0.08)
    assert found.recipe.place[true > 0].mean() < 0.3 < 0.5 < found.recipe.place[true == 0].mean()


def test_where_nobody_differs_there_is_seldom_evidence():
    """At most 5 % false alarms are claimed (2.5 % meant): of 60 trials more than 7 would come once in 80 times."""
    assert sum(evident(arrays("same", 400, seed)[0]) for seed in range(60)) <= 7


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "same"])
def test_the_whole_recipe_seldom_calls_alarm(kind):
    """The same bound, with all four learners and their mean."""
    assert sum(evident(arrays(kind, 400, seed)[0], folds=3, learners=LEARNERS) for seed in range(60)) <= 7


def test_labels_in_another_order_say_nothing():
    trial, _ = arrays("city", 1500, seed=1)
    assert evident(trial)
    lots = np.random.default_rng(1)
    mixed = [replace(trial, y=trial.y[lots.permutation(len(trial.y))]) for _ in range(30)]
    assert sum(map(evident, mixed)) <= 4  # 5 % would exceed that once in 60 times


def test_the_arms_exchanged_turn_the_effect_and_keep_the_evidence():
    trial, _ = arrays("city", 3000, seed=1)
    turned = replace(trial, treated=1.0 - trial.treated)
    there, back = (validate(each, 3, 1, QUICK).recipe for each in (trial, turned))
    assert back.auuc.value < 0 < there.auuc.value
    assert back.qini.interval(widening(3))[0] > 0  # whom it harms least comes first
    assert np.corrcoef(there.place, back.place)[0, 1] < -0.5


def test_no_row_is_ranked_by_a_fit_that_saw_it():
    """A learner that remembers its rows by heart finds none of those it is asked about."""
    trial, _ = arrays("same", 300, seed=1)
    asked = []

    class Memory:
        def __init__(self, known):
            self.known = known

        def predict(self, x):
            asked.append(len(self.known & set(x[:, 0])))
            return np.zeros(len(x))

        def parts(self, x):
            return np.zeros(x.shape)

        def as_dict(self):
            return {}

    def by_heart(seen):
        return Effect((Term(1.0, Memory(set(seen.x[:, 0]))),))

    unique = replace(trial, x=np.arange(300.0)[:, None], codes=())
    validate(unique, 4, 2, {"memory": by_heart})
    assert len(asked) == 2 * (4 + 2 * 6)
    assert sum(asked) == 0


def test_folds_deal_out_each_arm_evenly():
    trial, _ = arrays("same", 1001, seed=1, share=0.1)
    fold = split(trial, 5, 0)
    for arm in (0.0, 1.0):
        sizes = np.bincount(fold[trial.treated == arm], minlength=5)
        assert sizes.max() - sizes.min() <= 1
    assert (fold != split(trial, 5, 1)).any()


def test_a_learner_must_be_ahead_of_the_mean_by_more_than_noise():
    noise = np.random.default_rng(1).normal(size=1000)
    noise -= noise.mean()
    mean = Figure(0.10, noise)
    lucky, better = Figure(0.12, noise + np.roll(noise, 1)), Figure(0.12, noise + 0.1 * np.roll(noise, 1))
    assert choose({"lucky": lucky, MEAN: mean}) == MEAN
    assert choose({"better": better, MEAN: mean}) == "better"


def test_the_mean_is_the_mean_of_the_learners():
    trial, _ = arrays("city", 600, seed=1)
    together = fit_chosen(trial, MEAN).predict(trial.x)
    each = [fit_chosen(trial, name).predict(trial.x) for name in ("S", "T", "X", "DR")]
    assert together == pytest.approx(np.mean(each, axis=0))


def test_the_learner_is_chosen_without_the_rows_it_ranks():
    """With all outcomes of one fold turned round, the choice for that fold stays as it was."""
    trial, _ = arrays("both", 1200, seed=2)
    learners: dict[str, Learner] = {**QUICK, "DR": partial(fit_dr, fit=by_ridge), "nobody": nobody}
    fold = split(trial, 3, 0)
    turned = replace(trial, y=np.where(fold == 0, 1.0 - trial.y, trial.y))
    there, back = (validate(each, 3, 1, learners).recipe.place[fold == 0] for each in (trial, turned))
    assert (there == back).all()
