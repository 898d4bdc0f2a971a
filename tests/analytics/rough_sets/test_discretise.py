"""Intervals: where the cuts fall, what weights and null do, and what is left as it is."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yuelao.analytics.rough_sets.discretise import discretise
from yuelao.analytics.rough_sets.equal_frequency import equal_frequency
from yuelao.analytics.rough_sets.mdlp import mdlp
from yuelao.analytics.rough_sets.supervised_tree import supervised_tree
from yuelao.common.errors import Refused

NUMBERS = st.lists(st.integers(-50, 50), min_size=1, max_size=60).map(lambda values: np.array(values, float))
METHODS = ["frequency", "mdlp", "tree"]


def _cuts(method, values, labels, weights, intervals):
    if method == "frequency":
        return equal_frequency(values, weights, intervals)
    if method == "mdlp":
        return mdlp(values, labels, weights)
    return supervised_tree(values, labels, weights, intervals)


@pytest.mark.parametrize("method", METHODS)
@given(values=NUMBERS, intervals=st.integers(2, 6), seed=st.integers(0, 9))
def test_cuts_are_values_above_the_least_and_weights_are_repeated_rows(method, values, intervals, seed):
    rng = np.random.default_rng(seed)
    labels = ((values > 7) ^ (rng.random(len(values)) < 0.1)).astype(np.uint16)
    times = rng.integers(1, 4, len(values))
    found = _cuts(method, values, labels, times.astype(float), intervals)
    repeated = _cuts(method, values.repeat(times), labels.repeat(times), np.ones(times.sum()), intervals)
    assert found.tolist() == repeated.tolist() == sorted(set(found))
    assert set(found) <= set(values) - {values.min()}
    assert method == "mdlp" or len(found) < intervals


@pytest.mark.parametrize("method", METHODS)
@given(values=NUMBERS)
def test_cuts_move_with_the_scale(method, values):
    labels = (values > 7).astype(np.uint16)
    ones = np.ones(len(values))
    assert (_cuts(method, values, labels, ones, 4) * 8 == _cuts(method, values * 8, labels, ones, 4)).all()


@given(st.lists(st.integers(0, 10**6), min_size=30, max_size=80, unique=True), st.integers(2, 6))
def test_equal_frequency_is_even_where_values_are_all_different(values, intervals):
    numbers = np.array(values, float)
    sizes = np.bincount(np.searchsorted(equal_frequency(numbers, np.ones(len(values)), intervals), numbers, "right"))
    assert len(sizes) == intervals
    assert sizes.max() - sizes.min() <= 1


def test_mdlp_cuts_at_every_step_of_the_decision_and_nowhere_in_noise():
    values = np.arange(600.0)
    steps = np.searchsorted([100, 350], values, "right").astype(np.uint16)
    assert mdlp(values, steps, np.ones(600)).tolist() == [100, 350]
    noise = np.random.default_rng(1).integers(0, 2, 600).astype(np.uint16)
    assert mdlp(values, noise, np.ones(600)).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=2, max_size=40))
def test_mdlp_takes_the_first_cut_by_the_criterion_of_the_paper(rows):
    values, labels = np.array([v for v, _ in rows], float), np.array([c for _, c in rows], np.uint16)
    cuts = {cut: _gain_and_price(values, labels, cut) for cut in sorted(set(values))[1:]}
    assume(cuts)
    best = max(gain for gain, _ in cuts.values())
    paying = {cut for cut, (gain, price) in cuts.items() if gain > price + 1e-12 and gain > best - 1e-12}
    found = set(mdlp(values, labels, np.ones(len(values))))
    assert bool(found) == bool(paying)
    assert not found or found & paying


def _gain_and_price(values, labels, cut):
    """The information gain of a cut, and what it has to exceed (Fayyad and Irani, section 3)."""
    whole, left, right = labels, labels[values < cut], labels[values >= cut]
    parts = sum(len(part) / len(whole) * _entropy(part) for part in (left, right))
    kinds = [len(set(part)) for part in (whole, left, right)]
    entropies = [_entropy(part) for part in (whole, left, right)]
    delta = np.log2(3 ** kinds[0] - 2) - (kinds[0] * entropies[0] - kinds[1] * entropies[1] - kinds[2] * entropies[2])
    return _entropy(whole) - parts, (np.log2(len(whole) - 1) + delta) / len(whole)


def _entropy(labels):
    shares = np.bincount(labels)[np.bincount(labels) > 0] / len(labels)
    return -(shares * np.log2(shares)).sum()


def test_a_tree_cuts_where_the_decision_changes_most():
    values = np.arange(1000.0)
    labels = ((values >= 300) & (values < 500)).astype(np.uint16)
    assert supervised_tree(values, labels, np.ones(1000), 3).tolist() == [300, 500]
    assert supervised_tree(values, labels, np.ones(1000), 2).tolist() in ([300], [500])


def test_only_attributes_of_many_numbers_become_intervals():
    table = pa.table({
        "age": [20, 30, 40, None, 60, 70], "few": [1, 2, 1, 2, 1, 2], "city": list("abcdef"),
        "d": [0, 0, 0, 1, 1, 1], "id": [1, 2, 3, 4, 5, 6],
    })  # fmt: skip
    made = discretise(table, "d", "frequency", intervals=2, exclude=["id"])
    assert made["age"].to_pylist() == ["< 60", "< 60", "< 60", None, "≥ 60", "≥ 60"]
    assert made.drop_columns(["age"]) == table.drop_columns(["age"])


@pytest.mark.parametrize("method", METHODS)
def test_an_attribute_without_values_or_cuts_is_one_interval(method):
    table = pa.table({"a": pa.array([None, None], pa.float64()), "d": ["x", "y"]})
    assert discretise(table, "d", method)["a"].to_pylist() == [None, None]


def test_a_row_without_weight_has_no_say():
    table = pa.table({"a": [1, 2, 3, 4, 90, 91], "d": [0] * 6, "w": [1, 1, 1, 1, 0, 0]})
    made = discretise(table, "d", "frequency", intervals=2, weights="w")
    assert made["a"].to_pylist() == ["< 3", "< 3", "≥ 3", "≥ 3", "≥ 3", "≥ 3"]


def test_what_makes_no_sense_is_refused():
    table = pa.table({"a": range(300), "d": range(300)})
    with pytest.raises(Refused, match="Did you mean mdlp"):
        discretise(table, "d", "mdl")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="two intervals"):
        discretise(table, "d", "tree", intervals=1)
    with pytest.raises(Refused, match="300 different values"):
        discretise(table, "d", "mdlp")
    with pytest.raises(Refused, match="no column"):
        discretise(table, "e", "mdlp")
