"""Measures of a ranking: by hand, by what they must satisfy, and by how often their intervals hold the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.uplift.trials import arrays
from yuelao.analytics.figures import Figure, average
from yuelao.analytics.uplift.gain import (
    auuc,
    average_effect,
    best,
    effect_scores,
    places,
    qini,
    top_effect,
)

ONE = np.zeros


def ranked(scores):
    scores = np.asarray(scores, dtype=float)
    return places(scores, ONE(len(scores), dtype=np.int64))


def curve_by_hand(place, scores):
    """The area between the curve of gains and the straight line, by the trapezoids of its steps."""
    order = np.argsort(place, kind="stable")
    gains = np.concatenate([[0.0], np.cumsum(scores[order])]) / len(scores)
    shares = np.arange(len(scores) + 1) / len(scores)
    return float(np.trapezoid(gains - shares * gains[-1], shares))


@given(st.integers(2, 200), st.integers(0, 10_000))
def test_qini_is_the_area_between_the_curve_and_the_line(rows, seed):
    rng = np.random.default_rng(seed)
    place, scores = ranked(rng.permutation(rows)), rng.normal(size=rows)
    assert qini(place, scores).value == pytest.approx(curve_by_hand(place, scores), abs=1e-12)


@given(st.integers(2, 100), st.integers(0, 10_000))
def test_qini_turns_round_with_the_ranking_and_auuc_adds_half_the_effect(rows, seed):
    rng = np.random.default_rng(seed)
    scores, gains = rng.integers(0, 5, rows), rng.normal(size=rows)
    there, back = qini(ranked(scores), gains), qini(ranked(-scores), gains)
    assert there.value == pytest.approx(-back.value, abs=1e-12)
    assert auuc(ranked(scores), gains).value == pytest.approx(there.value + gains.mean() / 2, abs=1e-12)
    assert qini(ranked(np.zeros(rows)), gains).value == pytest.approx(0.0, abs=1e-12)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_the_best_share_is_as_large_as_asked_and_shares_ties(scores, share):
    fold = ONE(len(scores), dtype=np.int64)
    place = places(np.array(scores, dtype=float), fold)
    kept = best(place, fold, share)
    assert kept.sum() == pytest.approx(share * len(scores))
    assert all(len(set(kept[place == tie])) == 1 for tie in set(place))
    assert (np.diff(kept[np.argsort(place, kind="stable")]) <= 1e-12).all()


def test_the_effect_among_the_best_by_hand():
    treated = np.array([1.0, 1, 0, 0, 1, 0])
    y = np.array([1.0, 0, 0, 1, 1, 0])
    assert average_effect(treated, y).value == pytest.approx(2 / 3 - 1 / 3)
    assert top_effect(np.array([1.0, 0, 1, 0, 0.5, 0]), treated, y).value == pytest.approx(1.0)
    assert top_effect(np.array([0.0, 1, 0, 1, 0, 0]), treated, y).value == pytest.approx(-1.0)


def test_places_are_within_the_fold():
    scores, folds = np.array([1.0, 2.0, 100.0, 50.0]), np.array([0, 0, 1, 1])
    assert places(scores, folds).tolist() == places(scores - 1000 * folds, folds).tolist() == [0.75, 0.25, 0.25, 0.75]


def test_errors_are_those_of_repeated_trials():
    """Over 300 trials the spread of each figure is what a single one says, and 95 % intervals hold the truth."""
    found: dict[str, list[Figure]] = {"ate": [], "qini": [], "top": []}
    for seed in range(300):
        trial, true = arrays("city", 1000, seed)
        fold = np.zeros(len(true), dtype=np.int64)
        place = places(true + 1e-9 * trial.x[:, 1], fold)
        found["ate"].append(average_effect(trial.treated, trial.y))
        found["qini"].append(qini(place, effect_scores(trial.treated, trial.y, trial.share)))
        found["top"].append(top_effect(best(place, fold, 0.3), trial.treated, trial.y))
    # a third of the customers gain 0.35, so a perfect ranking's Qini is 0.35 · (1/3) · (2/3) / 2
    for name, truth in {"ate": 0.35 / 3, "qini": 0.35 / 9, "top": 0.35}.items():
        values = np.array([figure.value for figure in found[name]])
        errors = np.array([figure.error for figure in found[name]])
        inside = np.mean([low <= truth <= high for low, high in (figure.interval() for figure in found[name])])
        assert values.mean() == pytest.approx(truth, abs=4 * values.std() / np.sqrt(300)), name
        assert errors.mean() == pytest.approx(values.std(), rel=0.12), name
        assert inside > 0.91, name  # three standard errors of 300 draws below 0.95


def test_paired_differences_know_what_two_rankings_share():
    trial, true = arrays("city", 3000, seed=1)
    scores = effect_scores(trial.treated, trial.y, trial.share)
    lots = np.random.default_rng(1)
    one, two = (qini(ranked(true + lots.normal(0, 0.1, len(true))), scores) for _ in range(2))
    apart = one.minus(two)
    assert apart.value == pytest.approx(one.value - two.value)
    assert apart.error < 0.6 * np.hypot(one.error, two.error)
    assert one.minus(one).error == 0.0
    both = average([one, two])
    assert both.value == pytest.approx((one.value + two.value) / 2)
    assert both.error <= max(one.error, two.error)
