"""What the language accepts, what it refuses and how it says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conditions.strategies import FIELDS, conditions
from yuelao.common.errors import Refused
from yuelao.conditions import Field, Kind, parse


@given(conditions)
def test_the_printed_tree_reads_back_as_the_same_tree(text):
    tree = parse(text, FIELDS).tree
    assert parse(str(tree), FIELDS).tree == tree


SCRAPS = st.sampled_from([
    *FIELDS, *"()+-*/=<>,;.?$@'\"[]{}|&%!~^:\\`#（，²ß\n\0",
    "not", "and", "or", "in", "is", "null", "between", "like", "true", "date", "1", "1e", "0x1", "'a'", "as_of()",
    "select", "from", "case", "when", "end", "interval", "::int", "--", "/*", "*/", "->", "escape", "any(", "exists(",
    "days_ago(", "cast(", "count(*)", "distinct", "collate", "over",
])  # fmt: skip


@given(st.text(max_size=60) | st.lists(SCRAPS, max_size=14).map(" ".join) | st.lists(SCRAPS, max_size=14).map("".join))
def test_any_text_is_read_or_refused_with_its_place(text):
    try:
        tree = parse(text, FIELDS).tree
    except Refused as refusal:
        said = refusal.as_dict()
    else:
        said = {"code": "condition", "where": f"position 1: {parse(str(tree), FIELDS).text}"}
    assert said["code"] == "condition"
    assert said["where"].startswith("position ")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("calls>=80 AND value_level IN ('A1','A2')", "calls >= 80 and value_level in ('A1', 'A2')"),
        ("not is_staff or is_staff is null", "not is_staff or is_staff is null"),
        ("职业 like '%师' and \"default\" <> -1", "职业 like '%师' and default <> -1"),
        ("職業 = '教師'", "職業 = '教師'"),
        ("calls not in (1) and calls is not null", "not calls in (1) and not calls is null"),
        ("seen >= '2026-01-31'", "seen >= date '2026-01-31'"),
        ("(calls + 1) * 2 - (charge - 1) > 0", "(calls + 1) * 2 - (charge - 1) > 0"),
        ("(is_staff and (true and calls = 1)) or false", "is_staff and true and calls = 1 or false"),
        ('"born on" between months_ago(12) and as_of()', '"born on" between months_ago(12) and as_of()'),
        ("city not like 'a''b' -- a remark\n and calls = 1", "not city like 'a''b' and calls = 1"),
        ("value_level = old_level", "value_level = old_level"),
    ],
)
def test_reads_and_prints_plainly(text, printed):
    assert str(parse(text, FIELDS | {"職業": Field(Kind.TEXT)}).tree) == printed


@pytest.mark.parametrize(
    ("text", "message", "position", "hint"),
    [
        ("", "empty", 1, "TRUE"),
        ("is_staff and chargs > 1", "no field 'chargs'", 14, "Did you mean charge"),
        ("is_staff and\n CHARGE > 1", "no field 'CHARGE'", 15, "Did you mean charge"),
        ('city = "Beijing"', "no field 'Beijing'", 8, "single quotes: 'Beijing'"),
        ("day_ago(3) < seen", "no function 'day_ago'", 1, "Did you mean days_ago"),
        ("read_csv('/etc/passwd') = 1", "no function 'read_csv'", 1, "as_of, days_ago, months_ago"),
        ("calls in (select 1)", "'select'", 11, ""),
        ("calls = 1; drop table x", "';' is not of the condition language", 10, ""),
        ("calls > 'many'", "calls is a number and 'many' is text", 9, ""),
        ("city > 3", "city is text and 3 is a number", 8, ""),
        ("seen > 20260101", "seen is a date and 20260101 is a number", 8, ""),
        ("seen = '31.12.2026'", "'31.12.2026' is not a date", 8, "'2026-01-31'"),
        ("value_level > 'B3'", "'B3' is no level of value_level", 15, "D < C < B2 < B1 < A2 < A1"),
        ("value_level like 'A%'", "only text can be like something", 1, ""),
        ("city like city", "text in single quotes", 11, "like '北京%'"),
        ("calls = null", "NULL is equal to nothing", 1, "is null"),
        ("is_staff is true", "After is comes null", 1, "stands alone"),
        ("is_staff < true", "have no order", 1, "="),
        ("is_staff between false and true", "have no order", 1, "="),
        ("calls", "calls alone is no condition", 1, "Compare"),
        ("1 < calls < 3", "where a value belongs", 1, "and, or, not"),
        ("city + 1 > 2", "city is text, no number", 1, ""),
        ("seen - 3 > as_of()", "seen is a date, no number", 1, "days_ago(n)"),
        ("-city = 1", "only a number can be negative", 2, ""),
        ("1/(1/(1/(1/(1/calls)))) > 1", "within one another's divisor", 4, ""),
        ("calls in (1, charge)", "constants only", 14, "or"),
        ("calls in ()", "empty list", 1, ""),
        ("days_ago(1.5) < seen", "one whole number", 1, ""),
        ("days_ago(99999) < seen", "at most 36500", 1, ""),
        ("as_of(1) < seen", "takes nothing", 1, ""),
        ("calls = 1e999", "not a number that can be reckoned with", 9, ""),
        ("calls between symmetric 2 and 1", "'symmetric'", 15, ""),
        ("is_staff and", "missing or out of place", 10, ""),
        ("(calls = 1", "missing or out of place", 10, ""),
        ("city = 'x' and city = 'y", "not closed", 23, ""),
        ("city ＝ 'x'", "This sign", 6, "half width"),
        ("(" * 17 + "true" + ")" * 17, "at most 16 deep", 17, ""),
        ("not " * 500 + "true", "nested too deeply", 1, ""),
        ("calls" + " + 1" * 200 + " > 1", "nested too deeply", 1, ""),
        ("true or " * 600 + "true", "at most 4000 characters", 1, ""),
    ],
)
def test_refuses_with_the_place_and_a_way_out(text, message, position, hint):
    with pytest.raises(Refused) as refusal:
        parse(text, FIELDS)
    assert message in refusal.value.message
    assert refusal.value.where.startswith(f"position {position}: ")
    assert hint in refusal.value.hint


def test_levels_of_another_order_do_not_compare():
    fields = FIELDS | {"risk": Field(Kind.LEVEL, ("low", "high"))}
    with pytest.raises(Refused, match="do not have the same levels"):
        parse("risk > value_level", fields)


@pytest.mark.parametrize(
    "name", ["left", "date", "interval", "select", "order", "and", "客户 编号", 'a"b', "days_ago", "1st"]
)
def test_a_field_may_be_called_anything_when_quoted(name):
    quoted = '"' + name.replace('"', '""') + '"'
    condition = parse(f"{quoted} = 'x' or {quoted} is null", {name: Field(Kind.TEXT)})
    assert condition.names == {name}
    assert parse(str(condition.tree), {name: Field(Kind.TEXT)}).tree == condition.tree


def test_a_long_list_of_alternatives_is_read():
    text = " or ".join(f"calls={n}" for n in range(300))
    assert parse(text, FIELDS).names == {"calls"}


def test_conditions_are_equal_by_their_text():
    assert parse("calls > 1", FIELDS) == parse("calls > 1", FIELDS)
    assert len({parse("calls > 1", FIELDS), parse("calls > 1", FIELDS), parse("calls>1", FIELDS)}) == 2
