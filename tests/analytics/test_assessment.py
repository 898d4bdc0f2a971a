"""Figures with intervals, against independent computations and against a world whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest  # type: ignore[import-untyped]
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from yuelao.analytics.assessment import assess, curve, lift_estimate
from yuelao.analytics.evaluation import auc_and_error, lift_top
from yuelao.common.errors import Refused


def world(rows, seed, sharpness=1.0, level=-2.0):
    """What happened, and probabilities that are right where `sharpness` is 1."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=rows)
    happened = rng.random(rows) < 1 / (1 + np.exp(-(level + score)))
    return happened, 1 / (1 + np.exp(-(level + sharpness * score)))


def test_the_area_and_its_error_are_those_of_all_pairs():
    y, p = world(300, 1)
    p = p.round(2)  # ties
    wins = (p[y][:, None] > p[~y][None, :]) + 0.5 * (p[y][:, None] == p[~y][None, :])
    of_positives, of_negatives = wins.mean(axis=1), wins.mean(axis=0)
    variance = of_positives.var(ddof=1) / y.sum() + of_negatives.var(ddof=1) / (~y).sum()
    area, error = auc_and_error(y, p)
    assert area == pytest.approx(roc_auc_score(y, p)) == pytest.approx(wins.mean())
    assert error == pytest.approx(np.sqrt(variance), rel=0.02)


def test_the_interval_of_the_lift_is_as_wide_as_drawing_the_rows_anew_makes_it():
    y, p = world(4000, 2)
    rng = np.random.default_rng(0)
    drawn = [lift_top(y[rows], p[rows]) for rows in rng.integers(0, len(y), (300, len(y)))]
    found = lift_estimate(y, p)
    assert np.log(found.high / found.low) == pytest.approx(2 * 1.96 * np.log(drawn).std(), rel=0.15)
    assert found.value == lift_top(y, p)


def test_the_curve_is_the_peers_with_wilsons_intervals():
    y, p = world(2000, 3)
    found = curve(y, p)
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert [bin.predicted for bin in found] == pytest.approx(predicted.tolist(), abs=1e-3)
    assert [bin.observed for bin in found] == pytest.approx(observed.tolist(), abs=0.01)
    for bin in found:
        exact = binomtest(round(bin.observed * bin.rows), bin.rows).proportion_ci(method="wilson")
        assert (bin.low, bin.high) == pytest.approx((exact.low, exact.high))


@pytest.mark.parametrize("sharpness", [1.0, 2.0])
def test_the_intervals_hold_the_truth_as_often_as_they_say(sharpness):
    """Of 200 samples about 190: fewer than 178 would come about once in 3,000 times."""
    truth = assess(*world(300_000, 0, sharpness))
    held = dict.fromkeys(("auc", "lift_top_decile", "calibration_error"), 0)
    for seed in range(1, 201):
        found = assess(*world(1500, seed, sharpness))
        for name in held:
            estimate = getattr(found, name)
            held[name] += estimate.low <= getattr(truth, name).value <= estimate.high
    assert min(held.values()) >= 178, held


def test_chance_explains_the_calibration_error_of_right_probabilities_only():
    within = [assess(*world(1000, seed)) for seed in range(100)]
    assert sum(found.calibration_error.value < found.by_chance for found in within) >= 88
    assert assess(*world(1000, 1, sharpness=2)).calibration_error.low > 0


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=5))
def test_every_figure_lies_in_its_interval_and_every_row_in_one_bin(rows):
    y, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows]) / 20
    if y.all() or not y.any():
        with pytest.raises(Refused, match="both outcomes"):
            assess(y, p)
        return
    found = assess(y, p)
    for estimate in (found.auc, found.lift_top_decile, found.calibration_error):
        assert 0 <= estimate.low <= estimate.value <= estimate.high
    assert sum(bin.rows for bin in found.curve) == found.rows == len(rows)
    assert [bin.predicted for bin in found.curve] == sorted(bin.predicted for bin in found.curve)
    turned = assess(y[::-1], p[::-1])
    assert turned.by_chance == pytest.approx(found.by_chance)
    assert (turned.auc.low, turned.auc.high) == pytest.approx((found.auc.low, found.auc.high))


def test_a_tenth_without_an_event_has_a_lift_of_nought_and_says_how_large_it_may_be():
    y, p = np.arange(200) >= 180, np.linspace(1, 0, 200)
    found = lift_estimate(y, p)
    assert (found.value, found.low) == (0, 0)
    assert 1 < found.high < 2
