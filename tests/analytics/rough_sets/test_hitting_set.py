"""The smallest hitting set against trying all, and the clauses of a table against its pairs of rows."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.rough_sets import reference
from yuelao.analytics.rough_sets import read_table
from yuelao.analytics.rough_sets.clauses import clauses
from yuelao.analytics.rough_sets.hitting_set import smallest_hitting_set
from yuelao.analytics.rough_sets.target import set_target
from yuelao.common.errors import Refused


@given(st.lists(st.integers(1, 2**7 - 1), max_size=25))
def test_no_smaller_set_hits_every_clause(given_clauses):
    everything = 2**7 - 1
    found = smallest_hitting_set(given_clauses, everything)
    hitting = [mask for mask in range(everything + 1) if all(mask & clause for clause in given_clauses)]
    assert found in hitting
    assert found.bit_count() == min(mask.bit_count() for mask in hitting)


def test_a_search_that_takes_too_long_is_refused_and_says_what_it_has():
    pairs = [1 << a | 1 << b for a, b in combinations(range(20), 2)]
    with pytest.raises(Refused, match="20 attributes"):
        smallest_hitting_set(pairs, 2**20 - 1, most_visits=3)


@given(reference.tables())
def test_clauses_are_the_pairs_that_must_stay_apart(table):
    names = reference.names_of(table)
    region = reference.positive(table, names)
    label = [table["d"][row] if row in region else "undecided" for row in range(len(table["d"]))]
    pairs = {
        sum(1 << place for place, name in enumerate(names) if table[name][i] != table[name][j])
        for i in range(len(label))
        for j in range(i)
        if label[i] != label[j]
    }
    least = sorted(clause for clause in pairs if not any(other & clause == other != clause for other in pairs))
    assert clauses(set_target(read_table(reference.arrow(table), "d"))) == least
