"""Reducing the attributes of a file from the command line: the figures, the sentences, and what bad input gets."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.running import yuelao
from yuelao.workflows.reduce_attributes import Wish, reduce_attributes

PHONES = """id,plan,months,city,bill,buys
1,small,2,Jinan,30.5,yes
2,small,2,Weihai,31,yes
3,small,20,Jinan,35,no
4,large,2,Jinan,88,no
5,large,20,Weihai,90.5,no
6,large,20,Jinan,,no
7,,20,Weihai,91,yes
"""


@pytest.fixture
def phones(tmp_path):
    file = tmp_path / "phones.csv"
    file.write_text(PHONES, encoding="utf-8")
    return file


def test_the_reduct_core_and_dependency_of_a_csv(capsys, phones):
    found = yuelao(capsys, "reduct", phones, "--decision", "buys", "--exclude", "id,bill", "--json").json
    assert sorted(found["reduct"]) == found["core"] == ["months", "plan"]
    assert found["dependency"] == found["kept"] == 1.0
    assert found["smallest"]
    assert found["seconds"] > 0
    assert (found["rows"], found["attributes"], found["notes"]) == (7, 3, [])


def test_parquet_and_csv_give_the_same(tmp_path):
    table = pa.table({"plan": ["small", "small", "large", None], "d": [1, 1, 0, 1], "id": [1, 2, 3, 4]})
    pq.write_table(table, tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("plan,d,id\nsmall,1,1\nsmall,1,2\nlarge,0,3\n,1,4\n", encoding="utf-8")
    wish = Wish("d", ["id"], rules=4)
    timeless = {"seconds", "seconds_reading"}
    one, other = (
        reduce_attributes(tmp_path / f"t.{kind}", wish).model_dump(exclude=timeless) for kind in ("parquet", "csv")
    )
    assert one == other


def test_rules_are_told_in_both_languages(capsys, phones):
    found = yuelao(capsys, "reduct", phones, "--decision", "buys", "--exclude", "id,bill", "--rules", 9, "--json").json
    told = {rule["en"]: rule for rule in found["rules"]}
    assert "If plan is large, buys is no: true of 100.0% of 3 rows" in told
    assert told["If plan is missing, buys is yes: true of 100.0% of 1 rows"]["zh"] == (
        "若plan 缺失，则buys 为 yes：1 行中 100.0% 如此"
    )
    rule = told["If plan is large, buys is no: true of 100.0% of 3 rows"]
    assert (rule["conditions"], rule["decision"], rule["support"], rule["confidence"]) == (
        {"plan": "large"},
        "no",
        3,
        1,
    )


def test_weights_decide_how_often_a_row_counts(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("a,d,w\n1,x,3\n1,y,1\n2,x,4\n", encoding="utf-8")
    found = reduce_attributes(file, Wish("d", weights="w", rules=1))
    assert found.dependency == 0.5
    assert (found.rules[0].conditions, found.rules[0].support, found.rules[0].confidence) == ({}, 8, 7 / 8)


def test_numbers_become_intervals(tmp_path):
    rng = np.random.default_rng(2)
    age, luck = rng.uniform(18, 80, 400), rng.random(400)
    pq.write_table(pa.table({"age": age, "luck": luck, "buys": age < 40}), tmp_path / "t.parquet")
    found = reduce_attributes(tmp_path / "t.parquet", Wish("buys", discretisation="mdlp", exact=True, rules=2))
    assert (found.reduct, found.dependency) == (["age"], 1.0)
    first = age[age >= 40].min()
    assert {json.dumps(rule.conditions, ensure_ascii=False) for rule in found.rules} == {
        json.dumps({"age": text}, ensure_ascii=False) for text in (f"< {first:.15g}", f"≥ {first:.15g}")
    }


def test_a_person_gets_a_table_and_is_warned_of_ids_and_of_undecided_rows(capsys, phones, tmp_path):
    told = yuelao(capsys, "reduct", phones, "--decision", "buys", "--exclude", "bill", "--rules", 2)
    assert told.status == 0
    assert "1 of 4 attributes" in told.out
    assert "id is different in every row" in told.err
    file = tmp_path / "open.csv"
    file.write_text("a,d\n1,x\n1,y\n2,x\n2,y\n", encoding="utf-8")
    assert "--tolerance" in yuelao(capsys, "reduct", file, "--decision", "d").err


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (["--decision", "buy"], "no column 'buy'", "buys"),
        (["--decision", "buys", "--exclude", "ids"], "no column 'ids'", "id"),
        (["--decision", "buys", "--weights", "plan"], "A weight is a number", ""),
        (["--decision", "buys", "--tolerance", "2"], "tolerance is a share", ""),
        (["--decision", "buys", "--tolerance", "0.1", "--exact"], "without a tolerance", ""),
        (["--decision", "buys", "--discretise", "tree", "--intervals", "1"], "two intervals", ""),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys, phones, options, message, hint):
    error = yuelao(capsys, "reduct", phones, *options, "--json").error
    assert message in error["message"]
    assert hint in error["hint"]


def test_a_file_that_is_not_there_or_empty_is_refused(capsys, tmp_path):
    assert yuelao(capsys, "reduct", tmp_path / "no.csv", "--decision", "d", "--json").error["code"] == "not_found"
    (tmp_path / "header.csv").write_text("a,d\n", encoding="utf-8")
    assert "no rows" in yuelao(capsys, "reduct", tmp_path / "header.csv", "--decision", "d", "--json").error["message"]
