"""Dropping poor factors: which, and that both figures are told."""

import numpy as np
import pytest

from yuelao.analytics.preference.definition import Factor, Quality
from yuelao.analytics.preference.factors import fit_scale
from yuelao.analytics.preference.quality import examine, keep_good

RNG = np.random.default_rng(0)
SHARE = RNG.random(1000)
MANY = np.full(1000, 8.0)
FACTOR = Factor("phone", "hotline_calls_6m")
NOISE = RNG.random(1000)
MOSTLY_NULL = np.where(np.arange(1000) < 750, np.nan, SHARE)


@pytest.mark.parametrize(
    ("raw", "direction", "figures"),
    [
        (MOSTLY_NULL, "up", ["75.0%", "60.0%"]),
        (np.ones(1000), "up", ["1 different value", "at least 2"]),
        (np.full(1000, np.nan), "up", ["100.0%", "60.0%"]),
        (-SHARE, "up", ["correlation -1.000", "-0.063"]),
        (SHARE, "down", ["correlation +1.000", "+0.063"]),
    ],
)
def test_a_poor_factor_is_dropped_with_its_figures(raw, direction, figures):
    found = examine(Factor("phone", "hotline_calls_6m", direction=direction), raw, SHARE, MANY, Quality())

    assert found.dropped
    assert all(figure in found.note() for figure in [*figures, "phone", "hotline_calls_6m"])


@pytest.mark.parametrize("raw", [SHARE, NOISE, np.where(np.arange(1000) < 400, np.nan, SHARE)])
def test_a_factor_that_speaks_or_merely_says_little_is_kept(raw):
    assert not examine(FACTOR, raw, SHARE, MANY, Quality()).dropped


def test_only_customers_with_touches_enough_tell_the_signal():
    found = examine(FACTOR, -SHARE, SHARE, np.full(1000, 4.0), Quality(touches=5))

    assert np.isnan(found.signal)
    assert not found.dropped


def test_a_factor_is_judged_by_the_share_of_its_own_channel():
    counts = np.column_stack([SHARE, 1 - SHARE, np.zeros(1000), np.zeros(1000)]) * 8
    factors = [Factor("phone", "a"), Factor("sms", "a")]

    kept, findings = keep_good(factors, [SHARE, SHARE], counts, Quality())

    assert [scaled.factor.channel for scaled in kept] == ["phone"]
    assert findings[1].dropped


def test_a_scale_runs_between_its_ends_and_leaves_the_unknown_at_the_mean():
    scaled = fit_scale(FACTOR, np.arange(101.0))

    assert scaled is not None
    values = scaled.array(np.array([-5.0, 1.0, 50.0, 99.0, 1e9, np.nan]))
    np.testing.assert_allclose(values, [-0.5, -0.5, 0.0, 0.5, 0.5, 0.0], atol=1e-9)


def test_what_few_have_still_has_a_scale():
    raw = np.zeros(1000)
    raw[:5] = 4.0

    scaled = fit_scale(FACTOR, raw)

    assert scaled is not None
    assert scaled.array(np.array([4.0]))[0] > 0.9
