"""Weights: comparisons give back the weights they were made of, entropy and learning stay within their bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.segmentation.weights import entropy_weights, learned_weights, pairwise_weights, read_weighing
from yuelao.common.errors import Refused

IMPORTANCE = st.lists(st.floats(0.05, 20), min_size=2, max_size=10)


@given(IMPORTANCE)
def test_comparisons_that_follow_from_weights_give_them_back(importance):
    weights = np.array(importance) / np.sum(importance)
    found, ratio = pairwise_weights(weights[:, None] / weights[None, :])
    np.testing.assert_allclose(found, weights, rtol=1e-6)
    assert ratio == pytest.approx(0, abs=1e-9)


@given(st.lists(st.integers(1, 9), min_size=3, max_size=3), st.lists(st.booleans(), min_size=3, max_size=3))
def test_any_three_are_compared_with_a_ratio_as_the_root_tells(numbers, turned):
    a, b, c = (1 / n if t else float(n) for n, t in zip(numbers, turned, strict=True))
    weights, ratio = pairwise_weights([[1, a, b], [1 / a, 1, c], [1 / b, 1 / c, 1]])
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
    root = np.cbrt(a * c / b)  # of three, λmax = 1 + r + 1/r in closed form
    assert ratio == pytest.approx((root + 1 / root - 2) / 2 / 0.58, abs=1e-6)


def test_comparisons_that_contradict_each_other_are_refused_unless_forced():
    raw = {"by": "ahp", "matrix": [[1, 3, "1/5"], ["1/3", 1, 3], [5, "1/3", 1]]}
    with pytest.raises(Refused, match=r"consistency ratio \d\.\d\d > 0.1"):
        read_weighing(raw, "weights", 3)
    assert read_weighing({**raw, "force": True}, "weights", 3) is not None


@pytest.mark.parametrize(
    ("matrix", "where"),
    [
        ([[1, 2]], "weights.matrix"),
        ([[1, 2], [2, 1]], "weights.matrix[1][0]"),
        ([[2, 1], [1, 1]], "weights.matrix[0][0]"),
        ([[1, "two"], [1, 1]], "weights.matrix[0][1]"),
        ([[1, -2], [-0.5, 1]], "weights.matrix[0][1]"),
        ("none", "weights.matrix"),
    ],
)
def test_a_wrong_matrix_is_refused_with_its_place(matrix, where):
    with pytest.raises(Refused) as refused:
        read_weighing({"by": "ahp", "matrix": matrix}, "weights", 2)
    assert refused.value.where == where


def test_more_than_ten_are_not_compared():
    matrix = [[1] * 11 for _ in range(11)]
    with pytest.raises(Refused, match="More than 10"):
        read_weighing({"by": "ahp", "matrix": matrix}, "weights", 11)


@given(st.integers(2, 40), st.integers(1, 5), st.integers(0, 1000))
def test_entropy_weights_are_those_of_the_formula(rows, leaves, seed):
    scaled = np.random.default_rng(seed).integers(0, 101, (rows, leaves)).astype(float)
    logs = np.where(scaled > 0, scaled * np.log(np.maximum(scaled, 1)), 0).sum(axis=0)
    found = entropy_weights(scaled.sum(axis=0).tolist(), logs.tolist(), rows)
    assert (found >= 0).all()
    some = scaled[:, scaled.sum(axis=0) > 0]
    p = some / some.sum(axis=0)
    spread = 1 + np.where(p > 0, p * np.log(np.maximum(p, 1e-300)), 0).sum(axis=0) / np.log(rows)
    if spread.sum() > 1e-6:
        assert found.sum() == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(found[scaled.sum(axis=0) > 0], spread / spread.sum(), atol=2e-6)


def test_learning_gives_back_the_weights_an_outcome_was_made_of():
    leaves = np.random.default_rng(1).random((500, 3)) * 100
    outcome = leaves @ np.array([0.6, 0.4, 0.0]) + 7
    np.testing.assert_allclose(learned_weights(leaves, outcome, "linear"), [0.6, 0.4, 0], atol=1e-5)
    assert not learned_weights(leaves, -outcome, "linear").any()


def test_a_leaf_that_tells_an_outcome_perfectly_has_all_the_weight():
    leaves = np.column_stack([np.repeat([0.0, 100.0], 100), np.tile([0.0, 100.0], 100)])
    found = learned_weights(leaves, (leaves[:, 0] > 50).astype(float), "logistic")
    np.testing.assert_allclose(found, [1, 0], atol=1e-3)
