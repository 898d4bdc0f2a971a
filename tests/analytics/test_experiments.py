"""The interval of an effect, against published figures and against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.experiments import effect, wilson
from yuelao.common.errors import Refused


@pytest.mark.parametrize(  # Newcombe 1998, Table II, method 10
    ("treated", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_published_examples(treated, control, low, high):
    found = effect(treated[1], treated[0], control[1], control[0])
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def ends(found):
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(counts, counts)
def test_the_difference_lies_inside_and_turns_with_the_groups(one, other):
    found, turned = effect(*one, *other), effect(*other, *one)
    low, high = ends(found)
    assert -1 <= low <= (found.difference or 0.0) <= high <= 1
    assert ends(turned) == pytest.approx((-high, -low))
    assert found.evident == turned.evident


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    treated, control = rng.binomial(900, 0.12, 600), rng.binomial(100, 0.08, 600)
    found = [effect(900, int(t), 100, int(c)) for t, c in zip(treated, control, strict=True)]
    assert 0.93 <= np.mean([low <= 0.04 <= high for low, high in map(ends, found)]) <= 0.98


@pytest.mark.parametrize(("treated", "control", "who"), [(0, 10, "assigned"), (10, 0, "held out"), (0, 0, "assigned")])
def test_an_empty_group_gives_no_difference_and_says_why(treated, control, who):
    found = effect(treated, 0, control, 0)
    assert (found.difference, found.low, found.high, found.evident) == (None, None, None, False)
    assert who in found.why


def test_a_rate_without_trials_can_be_anything():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("counts", [(10, 11, 5, 1), (10, -1, 5, 1), (-1, 0, 5, 1)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(Refused, match="no rate"):
        effect(*counts)


def test_an_impossible_confidence_is_refused():
    with pytest.raises(Refused, match="confidence"):
        effect(10, 1, 10, 1, confidence=95)
