"""Ranks and hashes that do not care where a row stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yuelao.analytics.ranks import mid_ranks, row_hash


@given(st.lists(st.integers(-5, 5)))
def test_ties_share_the_mean_of_their_ranks(values):
    ordered = sorted(values)
    expected = [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]
    assert mid_ranks(np.array(values, dtype=float)).tolist() == expected


@given(st.lists(st.tuples(st.sampled_from([0.0, -0.0, 1.5, np.nan]), st.integers(0, 3)), min_size=1), st.randoms())
def test_a_row_keeps_its_hash_wherever_it_stands(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    first, second = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert (row_hash([first, second])[order] == row_hash([first[order], second[order]])).all()


def test_different_rows_and_seeds_have_different_hashes():
    column = np.arange(10_000.0)
    assert len(np.unique(row_hash([column]))) == 10_000
    assert not (row_hash([column], seed=1) == row_hash([column], seed=2)).any()
    assert (row_hash([column, -column]) != row_hash([-column, column]))[1:].all()
