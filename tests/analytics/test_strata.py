"""Areas and odds within periods: equal to peers where there is one period, indifferent to a world that moves."""

from datetime import date, datetime
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from yuelao.analytics.evaluation import auc
from yuelao.analytics.strata import auc_error, days, odds_beyond, periods, score_auc, slice_auc, tally
from yuelao.common.errors import Refused

CELLS = st.lists(st.integers(1, 400), min_size=4, max_size=4)


def table(cells):
    """Marked and all rows of one period, from (marked, other) without and (marked, other) with the event."""
    a, b, c, d = cells
    return np.array([[a, c]]), np.array([[a + b, c + d]])


@given(CELLS, st.floats(0.05, 20))
def test_marks_and_the_other_rows_say_the_opposite(cells, odds):
    marked, rows = table(cells)
    assert odds_beyond(marked, rows, odds) == pytest.approx(-odds_beyond(rows - marked, rows, 1 / odds), abs=1e-6)


@given(CELLS)
def test_the_odds_of_the_rows_are_neither_above_nor_below_themselves(cells):
    marked, rows = table(cells)
    a, b, c, d = cells
    assert odds_beyond(marked, rows, c * b / (a * d)) == pytest.approx(0, abs=1e-4)


def test_the_limit_is_kept_as_often_as_it_says():
    """Rows whose true odds are 25 seem to lie three standard errors beyond that in about 0.13 % of draws."""
    rng = np.random.default_rng(1)
    happens = 25 * 0.05 / (1 + 24 * 0.05)
    found = []
    for _ in range(4000):
        marked, others = rng.binomial(300, happens), rng.binomial(2700, 0.05)
        cells = np.array([[300 - marked, marked]])
        found.append(odds_beyond(cells, cells + np.array([[2700 - others, others]]), 25))
    assert np.mean(np.array(found) > NormalDist().inv_cdf(0.95)) == pytest.approx(0.05, abs=0.015)
    assert np.mean(np.array(found) > 3) < 0.005


def test_rows_are_compared_within_their_period_only():
    """In the second period all is marked and all happens more often; within each the mark says nothing."""
    marked, rows = np.array([[90, 10], [500, 500]]), np.array([[900, 100], [510, 510]])
    assert odds_beyond(marked, rows, 1) == pytest.approx(0, abs=1e-9)
    assert odds_beyond(marked.sum(0, keepdims=True), rows.sum(0, keepdims=True), 1) > 10


def test_periods_hold_whole_times_and_enough_of_both_outcomes():
    time, y = np.repeat(np.arange(10.0), 100), (np.arange(1000) % 2).astype(float)
    period = periods(time, y)
    assert np.bincount(period).tolist() == [200] * 5
    assert all(len(set(period[time == moment])) == 1 for moment in range(10))
    assert periods(time, (np.arange(1000) % 5 == 0).astype(float)).max() == 1
    assert periods(time, np.zeros(1000)).max() == 0
    assert periods(np.zeros(1000), y).max() == 0


def test_a_tally_counts_marks_by_period_and_label():
    mark, y, period = np.array([True, True, False, True]), np.array([1.0, 0, 1, 1]), np.array([0, 0, 0, 1])
    assert tally(mark, y, period).tolist() == [[1, 1], [0, 1]]


def test_the_error_of_an_area_is_what_it_varies_by():
    rng = np.random.default_rng(2)
    y = np.repeat([1.0, 0.0], [60, 300])
    areas = [auc(y, rng.normal(size=360) + 1.2 * y) for _ in range(1500)]
    assert float(auc_error(float(np.mean(areas)), 60, 300)) == pytest.approx(np.std(areas), rel=0.15)
    assert 0 < float(auc_error(1.0, 60, 300)) < 0.02


def test_the_area_of_slices_is_that_of_the_score_and_of_noise_a_half():
    rng = np.random.default_rng(3)
    y = (rng.random(20_000) < 0.3).astype(float)
    level, noise = rng.integers(0, 10, 20_000) + 4 * y.astype(int), rng.integers(0, 100, 20_000)
    always, fold = np.zeros(20_000, np.int64), np.arange(20_000) % 2
    area, lower = slice_auc(level, y, always, fold)
    assert area == pytest.approx(roc_auc_score(y, level), abs=0.01)
    assert 0.01 < area - lower < 0.03
    assert slice_auc(noise, y, always, fold)[0] == pytest.approx(0.5, abs=0.01)
    assert score_auc(level.astype(float), y, always)[0] == pytest.approx(roc_auc_score(y, level))


def test_one_outcome_has_no_area():
    none = np.zeros(10, np.int64)
    assert slice_auc(none, none.astype(float), none, none) == score_auc(none.astype(float), none.astype(float), none)


def test_times_become_days():
    moments = pa.chunked_array([[datetime(1970, 1, 2, 12), None]])
    assert days(moments)[0] == 1.5
    assert np.isnan(days(moments)[1])
    assert days(pa.chunked_array([[date(1970, 1, 3)]])).tolist() == [2.0]
    assert days(pa.chunked_array([[7]])).tolist() == [7.0]
    with pytest.raises(Refused, match="holds no times"):
        days(pa.chunked_array([["May"]]))
