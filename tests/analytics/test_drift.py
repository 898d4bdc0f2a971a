"""Columns that moved are found; columns that did not are left in peace."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.drift import DRIFTED, band, counts, deciles, population_stability, psi

SLICED = st.integers(1, 12).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 10**7), min_size=n, max_size=n)] * 2))
FLOATS = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=60).map(np.array)


@given(SLICED)
def test_psi_is_never_negative_and_the_same_both_ways_round(sliced):
    one, other = sliced
    assert psi(one, other) >= -1e-12
    assert psi(one, other) == pytest.approx(psi(other, one), abs=1e-12)
    assert psi(one, one) == 0


@given(SLICED, st.randoms(use_true_random=False))
def test_psi_does_not_ask_for_the_order_of_slices(sliced, order):
    pairs = list(zip(*sliced, strict=True))
    before = psi(*sliced)
    order.shuffle(pairs)
    assert psi(*zip(*pairs, strict=True)) == pytest.approx(before)


def test_psi_by_hand():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    by_hand = -0.1 * np.log(0.8) + 0.1 * np.log(1.5)
    assert psi(p * 1e9, q * 1e9) == pytest.approx(by_hand)


def test_slices_must_be_the_same():
    with pytest.raises(ValueError, match="3 slices are expected and 2 are given"):
        psi([1, 2, 3], [1, 2])


@given(FLOATS, FLOATS)
def test_every_value_is_in_one_slice_and_each_decile_holds_about_a_tenth_of_distinct_values(base, other):
    edges = deciles(base)
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= 9
    found = counts(other, edges)
    assert found.sum() == len(other)
    assert len(found) == len(edges) + 2
    assert found[-1] == np.isnan(other).sum()


def test_deciles_of_distinct_values_hold_a_tenth_each():
    column = np.arange(1000.0)
    assert counts(column, deciles(column)).tolist() == [100] * 10 + [0]


def test_bands():
    assert [band(index) for index in (0.0, 0.0999, 0.1, 0.25, 0.2501)] == [
        "steady",
        "steady",
        "watch",
        "watch",
        "shifted",
    ]


def test_a_moved_column_stands_out():
    rng = np.random.default_rng(1)
    earlier, later = rng.normal(size=3000), rng.normal(size=3000)
    assert population_stability(earlier, later, categorical=False) < 0.1
    assert population_stability(earlier, later + 1, categorical=False) > DRIFTED


def test_nulls_and_new_categories_count():
    codes = np.array([0.0, 1.0] * 500)
    assert population_stability(codes, codes, categorical=True) == 0
    assert population_stability(codes, codes + 1, categorical=True) > DRIFTED
    assert population_stability(codes, np.full(100, np.nan), categorical=False) > DRIFTED
    assert population_stability(np.full(100, np.nan), np.full(50, np.nan), categorical=False) < 0.1


def test_nothing_to_compare_is_no_drift():
    assert population_stability(np.array([]), np.array([]), categorical=False) == 0
