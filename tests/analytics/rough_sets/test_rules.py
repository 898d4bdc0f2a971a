"""Decision rules: true as counted, none with a condition too many, and together they cover what they can."""

import pyarrow as pa
import pytest
from hypothesis import given

from tests.analytics.rough_sets import reference
from yuelao.analytics.rough_sets import read_table
from yuelao.analytics.rough_sets.rules import rules
from yuelao.common.errors import Refused


def _matching(table, conditions):
    rows = range(len(table["d"]))
    return [row for row in rows if all(table[name][row] == value for name, value in conditions.items())]


def _counted(table, conditions, decision):
    matching = _matching(table, conditions)
    support = sum(table["w"][row] for row in matching)
    return support, sum(table["w"][row] for row in matching if table["d"][row] == decision) / support


@given(reference.tables(weighted=True))
def test_rules_are_true_and_cover_every_row(table):
    read = read_table(reference.arrow(table), "d", weights="w")
    found = rules(read, read.names, len(table["d"]))
    covered = set()
    for rule in found:
        assert (rule.support, rule.confidence) == pytest.approx(_counted(table, rule.conditions, rule.decision))
        covered.update(_matching(table, rule.conditions))
    assert covered == set(range(len(table["d"])))
    assert [rule.support for rule in found] == sorted((rule.support for rule in found), reverse=True)


@given(reference.tables(weighted=True))
def test_no_condition_can_go_without_loss(table):
    read = read_table(reference.arrow(table), "d", weights="w")
    for rule in rules(read, read.names, 5):
        for name in rule.conditions:
            rest = {other: value for other, value in rule.conditions.items() if other != name}
            assert _counted(table, rest, rule.decision)[1] < rule.confidence + 1e-9


def test_only_as_many_rules_as_asked_for():
    table = read_table(pa.table({"a": [1, 2, 3], "d": [1, 2, 3]}), "d")
    assert len(rules(table, ["a"], 2)) == 2
    assert rules(table, ["a"], 0) == []


def test_without_attributes_there_is_the_most_frequent_decision():
    (rule,) = rules(read_table(pa.table({"a": [1, 1, 1], "d": ["x", "y", "x"]}), "d"), [], 3)
    assert (rule.conditions, rule.decision, rule.support) == ({}, "x", 3.0)


def test_an_unknown_attribute_is_refused():
    with pytest.raises(Refused, match="no attribute b"):
        rules(read_table(pa.table({"a": [1], "d": [1]}), "d"), ["b"], 1)
