"""Partial pooling: a cell lies between its own rate and what others say, by how many rows it has."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.calibration import logistic
from yuelao.analytics.pooling import SLOPES, Kinds, Observed, Shared, expected, pool

SPREAD = {"own": 0.7, SLOPES: 0.3}
rates = st.floats(0.02, 0.98)


def observed(cells, scores=None):
    """Cells as (rows, sales): a row each, sales first."""
    cell = np.repeat(np.arange(len(cells)), [rows for rows, _ in cells])
    happened = np.concatenate([np.arange(rows) < sales for rows, sales in cells]).astype(np.float64)
    return Observed(cell, np.zeros(len(cell)) if scores is None else scores, happened)


def alone(cells):
    """Cells that share nothing but the overall level."""
    return Kinds({"own": np.eye(len(cells))}, np.zeros((len(cells), 0)))


def of_cells(cells, spread=SPREAD):
    return pool(observed(cells), alone(cells), spread)


@given(st.integers(1, 400), rates)
def test_a_level_lies_between_its_own_rate_and_that_of_the_others(rows, rate):
    sales = round(rate * rows)
    many = (3000, 600)
    own = np.log(sales / (rows - sales)) if 0 < sales < rows else np.inf * (1 if sales else -1)
    others = of_cells([many, many, (0, 0)]).level[2]
    found = of_cells([many, many, (rows, sales)]).level[2]
    assert min(own, others) - 0.05 <= found <= max(own, others) + 0.05


@given(st.sampled_from([0.05, 0.5, 0.8]))
def test_the_more_rows_the_nearer_to_its_own_rate_and_the_surer(rate):
    many = (20_000, 4000)
    found = [of_cells([many, many, (rows, round(rate * rows))]) for rows in (0, 20, 100, 500, 20_000)]
    far = [abs(each.level[2] - np.log(rate / (1 - rate))) for each in found]
    assert all(a > b for a, b in pairwise(far))
    assert all(a.error[2] > b.error[2] for a, b in pairwise(found))
    assert all(a.weight[2] < b.weight[2] for a, b in pairwise(found))
    assert found[0].weight[2] == 0
    assert found[-1].weight[2] > 0.99
    assert logistic(found[-1].level[2]) == pytest.approx(rate, abs=0.01)


@given(st.integers(0, 50))
def test_neither_the_order_of_rows_nor_that_of_cells_matters(seed):
    rng = np.random.default_rng(seed)
    cells = [(int(rows), int(rng.integers(0, rows + 1))) for rows in rng.integers(1, 60, 5)]
    rows, order, turn = observed(cells), rng.permutation(sum(r for r, _ in cells)), rng.permutation(5)
    shuffled = Observed(rows.cell[order], rows.score[order], rows.happened[order])
    found = pool(rows, alone(cells)).level
    np.testing.assert_allclose(pool(shuffled, alone(cells)).level, found, atol=1e-6)
    np.testing.assert_allclose(pool(observed([cells[t] for t in turn]), alone(cells)).level, found[turn], atol=1e-3)


def test_the_spread_that_was_planted_is_found():
    rng = np.random.default_rng(3)
    for planted in (0.2, 1.0):
        level = -1.5 + planted * rng.normal(size=60)
        cells = [(1500, int(rng.binomial(1500, logistic(each)))) for each in level]
        assert pool(observed(cells), alone(cells)).spread["own"] == pytest.approx(planted, rel=0.3)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(20):
        level = -2 + 0.8 * rng.normal(size=30)
        cells = [
            (rows, int(rng.binomial(rows, logistic(each))))
            for rows, each in zip([10, 40, 200] * 10, level, strict=True)
        ]
        found = pool(observed(cells), alone(cells))
        held.append(np.abs(found.level - level) < 1.96 * found.error)
    assert 0.91 < np.mean(held) < 0.98


def test_a_new_cell_is_told_by_what_it_shares_and_is_less_sure_than_any_other():
    group = np.repeat(np.eye(2), [5, 5], axis=0)
    cells = [(2000, 100)] * 5 + [(2000, 600)] * 5
    kinds = Kinds({"group": group, "own": np.eye(10)}, np.zeros((10, 0)))
    found = pool(observed(cells), kinds, shared=["group"])
    shared = Shared.from_dict(json.loads(json.dumps(found.shared.as_dict())))
    level, error = shared.level({"group": np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])})
    assert logistic(level) == pytest.approx([0.05, 0.3, 0.13], abs=0.03)
    assert error.min() > found.error.max()
    assert error[2] > error[1]


def test_a_score_that_says_less_in_one_cell_gets_a_flatter_slope_there():
    rng = np.random.default_rng(2)
    score = rng.normal(size=8000)
    cell = np.repeat([0, 1], 4000)
    happened = (rng.random(8000) < logistic(np.where(cell == 0, 1.2, 0.3) * score - 1)).astype(np.float64)
    found = pool(Observed(cell, score, happened), Kinds({"own": np.eye(2)}, np.eye(2)))
    assert found.slope == pytest.approx([1.2, 0.3], abs=0.12)


def test_without_any_rows_everything_is_as_assumed():
    found = pool(Observed(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)), alone([(0, 0)] * 2))
    assert (found.level == 0).all()
    assert (found.slope == 1).all()
    assert (found.weight == 0).all()


@given(st.floats(-6, 2), st.floats(0, 2))
def test_the_mean_chance_of_a_level_that_is_not_sure_is_nearer_to_one_half(level, error):
    [found] = expected(np.array([level]), np.array([error]))
    assert (found - level) * np.sign(-level) >= -1e-9
    draws = logistic(level + error * np.random.default_rng(0).normal(size=20_000))
    assert logistic(np.array([found]))[0] == pytest.approx(draws.mean(), abs=0.02)
