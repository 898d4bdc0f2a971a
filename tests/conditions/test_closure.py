"""A condition asked of one row: SQL's three answers."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conditions.strategies import FIELDS
from yuelao.common.errors import Refused
from yuelao.conditions import parse
from yuelao.conditions.closure import like_pattern

AS_OF = date(2026, 3, 31)


def ask(text, **row):
    return parse(text, FIELDS).closure(AS_OF)(row)


@pytest.mark.parametrize(
    ("text", "row", "answer"),
    [
        ("calls > 1", {}, None),
        ("calls > 1", {"calls": None}, None),
        ("calls is null", {}, True),
        ("calls > 1 or true", {}, True),
        ("calls > 1 and false", {}, False),
        ("calls > 1 and true", {}, None),
        ("not calls > 1", {}, None),
        ("calls not in (1, 2)", {}, None),
        ("calls in (1, 2)", {"calls": 2.0}, True),
        ("calls between 1 and charge", {"calls": 0}, False),
        ("calls between 1 and charge", {"calls": 2}, None),
        ("calls / charge > 1", {"calls": 1, "charge": 0}, None),
        ("charge * 10 > 1", {"charge": 1e308}, None),
        ("charge is null", {"charge": float("nan")}, True),
        ("charge = 0.1", {"charge": Decimal("0.1")}, True),
        ("city like '北_市%'", {"city": "北京市朝阳区"}, True),
        ("city like '北_市'", {"city": "北市"}, False),
        ("city like 'a%'", {"city": "Abc"}, False),
        ("city like '%'", {}, None),
        ("is_staff", {"is_staff": 1}, True),
        ("not is_staff", {"is_staff": False}, True),
        ("value_level >= 'B1'", {"value_level": "A1"}, True),
        ("value_level >= 'B1'", {"value_level": "B2"}, False),
        ("value_level is null", {"value_level": "unheard of"}, True),
        ("value_level > old_level", {"value_level": "B1", "old_level": "C"}, True),
        ("seen < days_ago(30)", {"seen": date(2026, 2, 28)}, True),
        ("seen = months_ago(1)", {"seen": "2026-02-28"}, True),
        ("seen = months_ago(13)", {"seen": date(2025, 2, 28)}, True),
        ("seen = months_ago(-8)", {"seen": date(2026, 11, 30)}, True),
        ("seen <= '2026-03-30'", {"seen": datetime(2026, 3, 30, 23, 59)}, True),
        ("as_of() - seen = 1", {"seen": "2026-03-30T08:00:00"}, True),
    ],
)
def test_answers_as_sql_does(text, row, answer):
    assert ask(text, **row) is answer


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("calls > 1", {"calls": "3"}),
        ("calls > 1", {"calls": 10**400}),
        ("city = 'x'", {"city": 3}),
        ("is_staff", {"is_staff": "no"}),
        ("seen = as_of()", {"seen": "yesterday"}),
        ("seen = as_of()", {"seen": 3}),
        ("value_level = 'A1'", {"value_level": ["A1"]}),
    ],
)
def test_a_value_of_another_kind_is_refused_not_guessed(text, row):
    with pytest.raises(Refused, match="is not") as refusal:
        ask(text, **row)
    assert refusal.value.code == "condition_value"
    assert refusal.value.where == f"field {next(iter(row))}"


def test_tells_the_values_it_looked_at():
    condition = parse("calls > 1 and (city = 'x' or calls is null)", FIELDS)
    assert condition.names == {"calls", "city"}
    assert condition.values({"calls": 3, "charge": 1}) == {"calls": 3, "city": None}


@given(st.text("ab%_", max_size=8), st.text("ab\n", max_size=12))
def test_like_means_the_plain_regular_expression(pattern, text):
    plain = "".join({"%": ".*", "_": "."}.get(mark, mark) for mark in pattern)
    assert bool(like_pattern(pattern).fullmatch(text)) is bool(re.fullmatch(plain, text, re.DOTALL))


def test_no_pattern_is_slow():
    assert not like_pattern("%a" * 1000 + "b").fullmatch("a" * 10_000)
