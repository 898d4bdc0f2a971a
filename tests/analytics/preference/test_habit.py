"""The estimate of habits: its rules for any counts, and that it finds the strengths touches were drawn with."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yuelao.analytics.channels import BUSINESSES, CHANNELS
from yuelao.analytics.preference.definition import Touches
from yuelao.analytics.preference.habit import Base, learn_base, learn_strengths, nothing_known

TABLES = arrays(np.int64, (len(BUSINESSES), len(CHANNELS)), elements=st.integers(0, 100_000))
COUNTS = arrays(np.float64, (3, 4), elements=st.floats(0, 500))
SAID = arrays(np.float64, (3, 4), elements=st.floats(-3, 3))
STRENGTHS = st.floats(0.2, 1000)


@given(TABLES, STRENGTHS, SAID, COUNTS)
def test_a_habit_is_shares_that_sum_to_one(table, strength, said, counts):
    base = replace(learn_base(table), strength=strength)

    habit = base.habit(said, counts)

    assert (habit >= 0).all()
    np.testing.assert_allclose(habit.sum(axis=1), 1)
    np.testing.assert_allclose(base.usual.sum(axis=1), 1)


@given(TABLES, STRENGTHS, SAID, COUNTS, st.integers(0, 3), st.integers(0, 10))
def test_one_more_touch_never_lowers_its_channel(table, strength, said, counts, channel, business):
    base = replace(learn_base(table), strength=strength)
    more = counts.copy()
    more[:, channel] += base.weight[business, channel] / 1000

    assert (base.habit(said, more)[:, channel] >= base.habit(said, counts)[:, channel] - 1e-12).all()


@given(SAID, COUNTS, st.integers(0, 3), st.floats(0, 2))
def test_a_factor_that_speaks_for_a_channel_never_lowers_it(said, counts, channel, louder):
    base = nothing_known()
    more = said.copy()
    more[:, channel] += louder

    assert (base.habit(more, counts)[:, channel] >= base.habit(said, counts)[:, channel] - 1e-12).all()


def test_without_touches_the_factors_speak_and_with_many_the_touches_do():
    base = Base(np.array([0.4, 0.1, 0.3, 0.2]), *_plain())
    said, none = np.array([[0.0, 2.0, 0.0, 0.0]]), np.zeros((1, 4))

    assert base.habit(said, none)[0, 1] > 0.4
    assert base.habit(said, np.array([[1000.0, 0, 0, 0]]))[0, 0] > 0.99


def test_a_touch_counts_less_by_the_channel_everybody_uses_for_that_business():
    table = np.full((len(BUSINESSES), len(CHANNELS)), 1000)
    table[0] = [100, 100, 3000, 100]

    weight = learn_base(table).weight

    assert weight[0, 2] < 500 < 1000 < weight[0, 0]


@given(st.sampled_from([1.0, 3.0, 10.0]), st.sampled_from([2.0, 30.0]))
def test_the_strengths_touches_were_drawn_with_are_found(strength, business_strength):
    rng = np.random.default_rng(0)
    share = np.array([0.3, 0.2, 0.3, 0.2])
    n, each = 3000, 4
    habit = np.clip(rng.dirichlet(strength * share, n), 1e-6, None)
    rows: dict[str, list[np.ndarray]] = {"customer": [], "business": [], "channel": [], "n": []}
    for business in range(3):
        law = rng.gamma(business_strength * habit) + 1e-12
        counts = rng.multinomial(each, law / law.sum(axis=1, keepdims=True))
        customer, channel = np.nonzero(counts)
        for name, values in zip(rows, (customer, np.full(len(customer), business), channel), strict=False):
            rows[name].append(values)
        rows["n"].append(counts[customer, channel])
    base = Base(share, *_plain())

    found = learn_strengths(base, Touches(), {name: np.concatenate(values) for name, values in rows.items()})

    assert 0.8 < found.strength / strength < 1.25
    assert 0.7 < found.business_strength / business_strength < 1.6


def test_touches_that_say_nothing_of_each_other_leave_everybody_like_the_base():
    rng = np.random.default_rng(0)
    channel = rng.choice(4, 20_000)
    rows = {"customer": np.arange(20_000) // 5, "business": np.arange(20_000) % 5, "channel": channel}
    base = Base(np.full(4, 0.25), *_plain())

    found = learn_strengths(base, Touches(), rows | {"n": np.ones(20_000, dtype=np.int64)})

    assert found.strength > 50


def test_a_strength_of_the_definition_is_kept():
    rows = {name: np.zeros(0, dtype=np.int64) for name in ("customer", "business", "channel", "n")}

    found = learn_strengths(nothing_known(), Touches(strength=7.0, business_strength=3.0), rows)

    assert (found.strength, found.business_strength) == (7.0, 3.0)


def _plain():
    many = (len(BUSINESSES), len(CHANNELS))
    return np.full(many, 0.25), np.full(many, 1000)
