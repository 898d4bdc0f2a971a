"""Expressions of a mapping: what they compute over text columns, and what they may not do."""

import duckdb
import pytest

from yuelao.common.errors import Refused
from yuelao.warehouse.expressions import parse_expression

ROW = {"a": "2", "b": "3.5", "城市 名": "海州", "t": "abc", "d": "20261031", "空": None}


def value(text: str) -> object:
    """What the expression gives for ROW, on line 7."""
    expression = parse_expression(text, "here")
    columns = ", ".join(f"?::VARCHAR AS c{place}" for place in range(len(ROW)))
    places = {name: f"c{place}" for place, name in enumerate(ROW)}
    sql = f"SELECT {expression.sql(places)} FROM (SELECT 7 AS source_line, {columns})"
    found = duckdb.execute(sql, list(ROW.values())).fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", 5.5),
        ("-a * 2", -4),
        ("a > 10", False),
        ("a < '10'", False),  # text against text
        ("10 > a", True),
        ("a in (1, 2)", True),
        ("b between 3 and 4", True),
        ("coalesce(空, 0) + 1", 1),
        ("coalesce(空, 5)", 5),
        ("case when a >= 2 then 'much' else 'little' end", "much"),
        ("case when t = 'abc' then a else 0 end", 2),
        ("round(b)", 4),
        ("\"城市 名\" || '-' || t", "海州-abc"),
        ("upper(left(t, 2))", "AB"),
        ("source_line <= 7", True),
        ("t + 1", None),
        ("a / 0", float("inf")),
        ("strftime(strptime(d, '%Y%m%d'), '%Y-%m')", "2026-10"),
        ("strftime(DATE '2008-05-01' + CAST(source_line / 2 AS INTEGER), '%d')", "05"),
        ("nullif(t, 'abc')", None),
    ],
)
def test_what_an_expression_gives(text, expected):
    assert value(text) == expected


def test_it_knows_its_columns_and_which_of_them_are_numbers():
    expression = parse_expression("case when a > 1 then t else 'x' end", "here")
    assert expression.columns == {"a", "t"}
    assert expression.numbers == {"a"}


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)",
        "a in (select 1)",
        "exists (select 1)",
        "sum(a)",
        "row_number() over ()",
        "read_csv('x')",
        "read_text('x')",
        "getenv('HOME')",
        "getvariable('pseudonym_key')",
        "a; drop table x",
        "select 1",
        "*",
        "t.a",
        "list_transform([1], x -> x)",
        "$1",
        "?",
        "",
        "a +",
        "a a a",
        "'x",
        "(" * 3_000 + "a" + ")" * 900,
        "a" * 5_000,
        "current_setting('x')",
        "a collate nocase",
    ],
)
def test_what_an_expression_may_not_do(text):
    with pytest.raises(Refused) as caught:
        parse_expression(text, "mapping.yaml, line 3")
    assert caught.value.where == "mapping.yaml, line 3"
    assert "\n" not in str(caught.value)
