"""Columns that moved are found; columns that did not are left in peace."""

import numpy as np

from yuelao.analytics.drift import DRIFTED, population_stability


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
