"""Sums of terms: what one row is given, looked up by hand, is what all rows are given at once."""

import bisect
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.additive import Additive
from yuelao.analytics.linear import Levels, Linear, Number

VALUES = st.lists(st.sampled_from([math.nan, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 7.0, 1e9]), min_size=1, max_size=20)
EDGES = (-1.0, 0.5, 2.0)
TERMS = (0.3, -0.7, 0.11, 1.9, -0.05)
LEVELS = (0.25, -0.5, 1.5)
SLOPE = Number(-1.0, 3.0, 0.4, 0.2, -0.9)


def places(values: list[float]) -> tuple[np.ndarray, list[int]]:
    """Codes of categories, the last of them never seen, beside what a dictionary of them would say."""
    codes = [math.nan if math.isnan(value) else float(abs(int(value)) % 4) for value in values]
    return np.array(codes), [0 if math.isnan(code) or code > 1 else int(code) + 1 for code in codes]


@given(VALUES)
def test_an_additive_model_adds_the_terms_of_the_slices(values):
    codes, levels = places(values)
    x = np.stack([np.array(values), codes, np.array(values)], axis=1)
    model = Additive((EDGES, None, ()), (TERMS, LEVELS, (0.0, 0.0)), -1.25)
    slices = [0 if math.isnan(value) else bisect.bisect_left(EDGES, value) + 1 for value in values]
    expected = [-1.25 + TERMS[here] + LEVELS[level] for here, level in zip(slices, levels, strict=True)]
    np.testing.assert_allclose(model.log_odds(x), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(-1.25 + model.parts(np.asfortranarray(x)).sum(axis=1), expected, rtol=0, atol=1e-12)


@given(VALUES)
def test_a_linear_model_adds_slopes_and_levels(values):
    codes, levels = places(values)
    model = Linear((SLOPE, Levels(LEVELS)), 0.5)
    numbers = [-0.9 if math.isnan(value) else 0.2 + 0.4 * min(max(value, -1.0), 3.0) for value in values]
    expected = [0.5 + number + LEVELS[level] for number, level in zip(numbers, levels, strict=True)]
    np.testing.assert_allclose(
        model.log_odds(np.stack([np.array(values), codes], axis=1)), expected, rtol=0, atol=1e-12
    )
