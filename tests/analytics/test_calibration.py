"""Probabilities that mean what they say."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.calibration import Calibration, calibrate, logistic
from yuelao.analytics.evaluation import calibration_error


def world(rows, truth, seed=1):
    rng = np.random.default_rng(seed)
    raw = rng.normal(0, 2, rows)
    return raw, (rng.random(rows) < truth(raw)).astype(float)


@pytest.mark.parametrize(
    ("truth", "method"),
    [
        (lambda raw: logistic(0.5 * raw - 1), "sigmoid"),
        (lambda raw: np.where(raw > 1, 0.5, 0.02), "isotonic"),
    ],
)
def test_the_form_that_fits_is_chosen_and_corrects(truth, method):
    fitted = calibrate(*world(6000, truth))
    assert fitted.method == method
    raw, happened = world(20_000, truth, seed=2)
    assert calibration_error(happened, fitted.apply(raw)) < 0.012 < calibration_error(happened, logistic(raw))


@given(st.integers(0, 30), st.sampled_from([50, 400, 3000]), st.floats(-2, 2))
def test_a_higher_score_never_gets_a_lower_probability(seed, rows, slope):
    raw, happened = world(rows, lambda r: logistic(slope * r - 1), seed)
    fitted = calibrate(raw, happened)
    found = fitted.apply(np.linspace(-8, 8, 200))
    assert (np.diff(found) > 0).all()
    assert (found >= 0).all()
    assert (found <= 1).all()


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_one_outcome_only_is_no_certainty(outcome):
    found = calibrate(np.linspace(-1, 1, 300), np.full(300, outcome)).apply(np.array([0.0]))
    assert 0 < found[0] < 1
    assert abs(found[0] - outcome) < 0.02


def test_the_saved_form_is_read_back():
    for fitted in (calibrate(*world(5000, lambda r: (r > 0) * 0.5)), Calibration("sigmoid", (1.0,), (0.5,))):
        assert Calibration.from_dict(json.loads(json.dumps(fitted.as_dict()))) == fitted
