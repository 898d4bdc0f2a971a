"""The chooser forgets where the world turned, puts aside what misleads, lets equals vote; families keep a protocol."""

import json

import numpy as np
import pytest

from yuelao.analytics.choosing import choose
from yuelao.analytics.evaluation import auc
from yuelao.analytics.family import Rows
from yuelao.analytics.forward import Recipe, Trial, steps
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.recipes import FAMILIES, OFFER, SETTINGS


def world(rows=4000, seed=4, turn=0, wheel=0.0):
    """`x0` drives the event, from row `turn` on the other way; what the code `x2` means turns as history grows."""
    rng = np.random.default_rng(seed)
    x = np.c_[rng.normal(size=(rows, 2)), rng.integers(0, 6, rows)]
    x[rng.random(rows) < 0.1, 1] = np.nan
    way = np.where(np.arange(rows) < turn, -1.0, 1.0)
    said = wheel * np.cos(4 * np.log(1 + np.arange(rows)) + x[:, 2] * np.pi / 3)
    odds = -1 + way * 1.5 * x[:, 0] + said
    return Rows(x, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float), (2,), seed=1)


def test_a_changing_world_shortens_the_memory():
    turned = choose(world(turn=1800), OFFER)
    assert all(recipe.half_life is not None for recipe in turned.recipes)
    assert any(recipe.half_life is None for recipe in choose(world(), OFFER).recipes)


def test_an_input_whose_meaning_changes_is_put_aside():
    assert choose(world(wheel=1.5), OFFER).inputs == (0, 1)


def test_the_best_first_and_the_chosen_among_them():
    choice = choose(world(), OFFER)
    metrics = [tried.metric for tried in choice.tried]
    assert metrics == sorted(metrics, reverse=True)
    assert set(choice.recipes) <= {tried.recipe for tried in choice.tried}
    assert {recipe.family.name for recipe in choice.recipes} <= set(FAMILIES)


@pytest.mark.parametrize("rows", [world(rows=1500), Rows(np.zeros((3000, 1)), np.r_[np.ones(50), np.zeros(2950)])])
def test_a_table_too_small_to_choose_on_gets_the_fallback(rows):
    choice = choose(rows, OFFER)
    assert choice.recipes == (OFFER.fallback,)
    assert choice.inputs == tuple(range(rows.x.shape[1]))


def test_the_choice_sees_no_row_after_those_given():
    rows = world()
    later = Rows(np.r_[rows.x, rows.x], np.r_[rows.y, 1 - rows.y], rows.categorical, seed=1)
    assert choose(later.part(0, len(rows)), OFFER) == choose(rows, OFFER)


def test_steps_reach_as_far_as_the_use_and_have_both_outcomes():
    rows = world()
    for horizon in (0.05, 0.25, 0.5):
        found = steps(rows, horizon)
        assert found[-1][1] == len(rows)
        assert all((b - a) / a == pytest.approx(horizon, abs=0.01) for a, b in found)
    assert steps(Rows(rows.x, np.zeros(len(rows))), 0.25) == []


def test_of_two_scores_only_the_surely_better_one_is():
    rows = world()
    trial = Trial(rows, steps(rows, 0.25))
    good, noise = trial.of(Recipe(SETTINGS[0])), np.random.default_rng(1).normal(size=len(trial.labels))
    assert trial.better(good, noise, 2.0)
    assert not trial.better(noise, good, 2.0)
    assert not trial.better(good, good, 0.0)


@pytest.mark.parametrize("family", SETTINGS, ids=str)
def test_every_family_ranks_explains_and_is_saved(family):
    rows, later = world(), world(seed=5)
    scorer = family.fit(rows)
    score = scorer.log_odds(later.x)
    assert auc(later.y, score) > 0.75
    assert np.ptp(score - scorer.parts(later.x).sum(axis=1)) < 1e-9
    unknown = np.full((1, 3), np.nan), np.array([[0.0, 0.0, 77.0]])
    assert all(np.isfinite(scorer.log_odds(x)).all() for x in unknown)
    again = Blend.from_dict(json.loads(json.dumps(Blend(((family.name, scorer),)).as_dict())))
    assert (again.log_odds(later.x) == score).all()
    assert again.log_odds(later.x[:0]).shape == (0,)
    weighted = family.fit(world(turn=2200).weighted(0.1))
    assert auc(later.y, weighted.log_odds(later.x)) > 0.7
