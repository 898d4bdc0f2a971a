"""Positive and unlabelled: a planted share is found, its interval holds it, and a draw that is not random is seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.calibration import logistic
from yuelao.analytics.positive_unlabelled import estimate_kind, measure_selection
from yuelao.common.errors import Refused


def customers(share, frequency, rows=20_000, seed=1, apart=8.0):
    """(probability to have bought, bought, of the kind), with kinds as far apart as said; the score is the true one."""
    rng = np.random.default_rng(seed)
    kind = rng.random(rows) < share
    x = rng.normal(size=rows) + apart * kind
    likely = logistic(apart * x - apart**2 / 2 + np.log(share / (1 - share)))
    return likely * frequency, kind & (rng.random(rows) < frequency), kind


@given(st.sampled_from([0.05, 0.2, 0.5]), st.sampled_from([0.1, 0.3, 0.8]), st.integers(0, 10))
def test_a_planted_share_is_found(share, frequency, seed):
    said, bought, kind = customers(share, frequency, seed=seed)
    found = estimate_kind(said, bought)
    assert found.share.low <= kind.mean() <= found.share.high
    if found.buyers > 1000:  # with fewer, chance is larger
        assert found.share.value == pytest.approx(kind.mean(), rel=0.15)
        assert found.frequency.value == pytest.approx(frequency, rel=0.15)
    assert found.elkan_noto == pytest.approx(frequency, rel=0.1)


def test_where_kinds_overlap_the_interval_still_holds_the_share_and_the_best_part_is_nearer_than_the_mean_score():
    held = []
    for seed in range(20):
        said, bought, kind = customers(0.3, 0.4, seed=seed, apart=2.0)
        found = estimate_kind(said, bought)
        held.append(found.share.low <= kind.mean() <= found.share.high)
        assert found.elkan_noto < found.frequency.value < 0.46
    assert np.mean(held) >= 0.95


def test_the_corrected_probability_is_that_of_the_kind():
    said, bought, kind = customers(0.3, 0.4, apart=3.0)
    found = estimate_kind(said, bought)
    corrected = found.corrected(said)
    assert corrected.max() <= 1
    assert corrected.mean() == pytest.approx(kind.mean(), abs=0.03)
    assert (np.argsort(corrected, kind="stable")[:100] == np.argsort(said, kind="stable")[:100]).all()


@given(st.integers(0, 20))
def test_the_order_of_rows_changes_nothing(seed):
    said, bought, _ = customers(0.2, 0.3, rows=2000)
    order = np.random.default_rng(seed).permutation(2000)
    assert estimate_kind(said[order], bought[order]).share == estimate_kind(said, bought).share


def test_a_draw_by_offers_is_seen_and_a_random_one_is_not():
    rng = np.random.default_rng(4)
    said, _, kind = customers(0.3, 0.4, apart=3.0)
    offered = rng.random(len(kind)) < 0.3
    by_offer = kind & (rng.random(len(kind)) < np.where(offered, 0.6, 0.2))
    found = measure_selection(said, by_offer, offered)
    assert found
    assert found.evident
    assert found.odds.low > 2
    assert found.among_offered == pytest.approx(0.6, abs=0.06)
    assert found.among_others == pytest.approx(0.2, abs=0.04)
    low, high = found.share_if
    assert low < kind.mean() < high
    random = measure_selection(said, kind & (rng.random(len(kind)) < 0.3), offered)
    assert random
    assert not random.evident
    assert measure_selection(said, by_offer, np.ones(len(kind))) is None


def test_offers_nobody_bought_from_give_no_frequency_and_a_finite_interval():
    said, bought, _ = customers(0.2, 0.3, rows=2000)
    found = measure_selection(said, bought, ~bought & (np.arange(2000) % 2 == 0))
    assert found
    assert found.among_offered is None
    assert found.share_if[0] is None
    assert found.odds.value < 1
    assert np.isfinite([found.odds.low, found.odds.high]).all()


def test_too_few_buyers_are_refused():
    with pytest.raises(Refused, match="3 buyers of 100 customers"):
        estimate_kind(np.full(100, 0.1), np.arange(100) < 3)
    with pytest.raises(Refused, match="do not fit"):
        estimate_kind(np.full(100, 0.1), np.ones(99))
