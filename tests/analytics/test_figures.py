"""Figures: errors, paired differences, and intervals that are right for what is rare."""

import numpy as np
import pytest

from yuelao.analytics.figures import Figure, average, mean_of


def test_a_mean_has_the_error_of_a_mean():
    values = np.random.default_rng(1).normal(3.0, 2.0, 10_000)
    figure = mean_of(values)
    assert figure.error == pytest.approx(0.02, rel=0.05)
    low, high = figure.interval()
    assert (figure.value - low, high - figure.value) == pytest.approx((1.96 * figure.error,) * 2, rel=1e-3)
    assert figure.interval(widening=2.0)[0] == pytest.approx(figure.value - 3.92 * figure.error, rel=1e-3)


def test_what_is_even_needs_no_correction_and_what_is_alike_has_no_error():
    even = mean_of(np.array([1.0, -1.0] * 50))
    assert even.skewed_interval() == even.interval()
    assert mean_of(np.ones(9)).skewed_interval() == (1.0, 1.0)


def test_intervals_of_rare_events_miss_as_often_on_either_side():
    """2,000 samples of 1,500 rows with 15 events each: the normal interval misses above three times as often."""
    rng = np.random.default_rng(1)
    missed = {"normal": [0, 0], "skewed": [0, 0]}
    for _ in range(2000):
        figure = mean_of((rng.random(1500) < 0.01).astype(float))
        for name, (low, high) in {"normal": figure.interval(), "skewed": figure.skewed_interval()}.items():
            missed[name][0] += low > 0.01
            missed[name][1] += high < 0.01
    assert missed["normal"][1] > 3 * missed["normal"][0]
    assert sum(missed["skewed"]) < 0.065 * 2000
    assert max(missed["skewed"]) < 2.5 * min(missed["skewed"])


def test_differences_are_paired_and_averages_are_steadier():
    rng = np.random.default_rng(2)
    shared = rng.normal(size=1000)
    one, two = (mean_of(shared + 0.1 * rng.normal(size=1000)) for _ in range(2))
    assert one.minus(two).error < 0.2 * one.error
    assert isinstance(average([one, two]), Figure)
    assert average([one, two]).value == pytest.approx((one.value + two.value) / 2)
