"""Costs and the threshold, sampling and the way back, nulls filled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelao.analytics.cost_sensitive import missing
from yuelao.analytics.cost_sensitive.binning import Bins, learn_bins
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.missing import learn_filling, read_filling
from yuelao.analytics.cost_sensitive.sampling import WAYS, draw
from yuelao.common.errors import Refused

COSTS = Costs(6, 60)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=40))
def test_no_threshold_costs_less(rows):
    happened = np.array([each for each, _ in rows], dtype=float)
    probability = np.array([each / 20 for _, each in rows])
    chosen = COSTS.of(happened, probability >= COSTS.best_threshold(happened, probability)).sum()
    every = [COSTS.of(happened, probability >= edge).sum() for edge in np.append(np.arange(-1, 22) / 20, np.inf)]
    assert chosen == pytest.approx(min(every))


@pytest.mark.parametrize(
    ("call", "margin"), [(0, 60), (60, 60), (61, 60), (-1, 60), (6, float("inf")), (float("nan"), 6)]
)
def test_costs_that_decide_nothing_are_refused(call, margin):
    with pytest.raises(Refused) as refused:
        Costs(call, margin)
    assert refused.value.code == "costs"


@pytest.mark.parametrize("way", WAYS)
def test_what_is_learned_from_balanced_rows_is_brought_back(way):
    """The rate among the drawn rows as they weigh, moved by the shift, is the rate of all rows."""
    happened = (np.arange(1000) % 40 == 0).astype(float)
    drawn = draw(happened, way, seed=3)
    weight, y = drawn.row_weights(happened), happened[drawn.rows]
    rate = (weight * y).sum() / weight.sum()
    assert np.log(rate / (1 - rate)) + drawn.shift == pytest.approx(np.log(0.025 / 0.975))
    assert (np.diff(drawn.rows) >= 0).all()
    assert (rate == pytest.approx(0.5)) == (way != "as_is")
    assert (draw(happened, way, seed=3).rows == drawn.rows).all()


def known_and_not(rows=800, seed=1):
    """Three columns: a number, twice that number, whether it is above 0 as a code; a third of the last two is null."""
    rng = np.random.default_rng(seed)
    number = rng.normal(size=rows)
    x = np.stack([number, 2 * number, (number > 0).astype(float)], axis=1)
    x[:, 1:][rng.random((rows, 2)) < 0.3] = np.nan
    return x


@pytest.mark.parametrize("way", missing.WAYS)
def test_nulls_are_filled_from_what_is_known(way):
    x = known_and_not()
    before = x.copy()
    filling = learn_filling(x, [2], way)
    filled = filling.fill(x)
    assert ((x == before) | np.isnan(before)).all()
    assert (np.isnan(filled) == (np.isnan(x) if way == "indicator" else False)).all()
    if way != "indicator":
        assert np.corrcoef(filled[:, 1], x[:, 0])[0, 1] > 0.97
        assert ((filled[:, 2] == 1) == (x[:, 0] > 0)).mean() > 0.95
        assert set(filled[:, 2].tolist()) == {0.0, 1.0}
    again = read_filling(filling.as_dict())
    np.testing.assert_array_equal(again.fill(x), filled)


@pytest.mark.parametrize("way", missing.WAYS)
def test_filling_does_not_mind_the_order_of_rows(way):
    x = known_and_not()
    order = np.random.default_rng(5).permutation(len(x))
    np.testing.assert_array_equal(learn_filling(x[order], [2], way).fill(x), learn_filling(x, [2], way).fill(x))


@pytest.mark.parametrize("way", missing.WAYS)
def test_what_nobody_knows_stays_unknown(way):
    x = known_and_not()
    x[:, 1] = np.nan
    filling = learn_filling(x, [2], way)
    assert np.isnan(filling.fill(x)[:, 1]).all()
    assert filling.fill(x[:0]).shape == (0, 3)
    assert np.isfinite(filling.fill(np.full((1, 3), np.nan))[:, 2]).all() == (way != "indicator")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=80), st.integers(2, 8))
def test_bins_keep_the_order_of_values(values, most):
    x = np.array([[np.nan if each is None else float(each)] for each in values])
    bins = learn_bins(x, [], most)
    codes = bins.codes(x)[0]
    known = ~np.isnan(x[:, 0])
    assert ((codes > 0) == known).all()
    assert codes.max(initial=0) < bins.sizes[0] <= most + 1
    order = np.argsort(x[known, 0], kind="stable")
    assert (np.diff(codes[known][order].astype(int)) >= 0).all()
    assert Bins.from_dict(bins.as_dict()) == bins


def test_a_category_not_seen_counts_as_null():
    bins = learn_bins(np.array([[0.0], [2.0], [np.nan]]), [0])
    assert bins.codes(np.array([[0.0], [2.0], [7.0], [np.nan]])).tolist() == [[1, 3, 0, 0]]


def test_nobody_is_called_where_that_costs_least():
    probability = np.array([0.2, 1.0])
    assert not (probability >= COSTS.best_threshold(np.zeros(2), probability)).any()
    assert not (probability >= COSTS.best_threshold(np.zeros(0), np.zeros(0))).any()
