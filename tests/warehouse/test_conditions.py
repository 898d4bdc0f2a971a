"""The bulk form of a condition agrees with its closure, value by value."""

from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conditions.strategies import FIELDS, conditions, rows
from yuelao.common.errors import Refused
from yuelao.conditions import parse
from yuelao.warehouse.conditions import to_ibis
from yuelao.warehouse.duck import connect

AS_OF = date(2026, 10, 31)
SCHEMA = pa.schema(
    {
        "calls": pa.int64(),
        "charge": pa.float64(),
        "default": pa.float64(),
        "职业": pa.string(),
        "city": pa.string(),
        "is_staff": pa.bool_(),
        "born on": pa.date32(),
        "seen": pa.timestamp("us"),
        "value_level": pa.string(),
        "old_level": pa.string(),
    }
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = connect(tmp_path_factory.mktemp("spill"))
    yield engine
    engine.disconnect()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(conditions, min_size=6, max_size=6), data=st.lists(rows, min_size=5, max_size=20))
def test_agrees_with_the_closure_on_every_value(engine, texts, data):
    found = [parse(text, FIELDS) for text in texts]
    table = ibis.memtable(pa.Table.from_pylist(data, schema=SCHEMA))
    bulk = engine.to_pyarrow(table.select(**{f"c{i}": to_ibis(one, table, AS_OF) for i, one in enumerate(found)}))
    for i, condition in enumerate(found):
        test = condition.closure(AS_OF)
        assert bulk[f"c{i}"].to_pylist() == [test(row) for row in data], condition.text


def test_keeps_the_rows_for_which_the_condition_is_true(engine):
    ages = ibis.memtable(pa.table({"customer_id": ["a", "b", "c"], "calls": [1, 5, None]}))
    kept = ages.filter(to_ibis(parse("calls >= 2 or calls is null", FIELDS), ages, AS_OF))
    assert sorted(engine.to_pyarrow(kept)["customer_id"].to_pylist()) == ["b", "c"]


def test_the_deepest_condition_still_runs(engine):
    deepest = parse("(" * 15 + "calls" + " / 1 - 1)" * 15 + " > 0", FIELDS)
    table = ibis.memtable(pa.table({"calls": [14.0, 16.0]}))
    assert engine.to_pyarrow(to_ibis(deepest, table, AS_OF)).to_pylist() == [False, True]


def test_a_table_without_the_column_is_refused():
    table = ibis.table({"call": "int64"}, name="view")
    with pytest.raises(Refused, match="calls, which the table does not have") as refusal:
        to_ibis(parse("calls > 1", FIELDS), table, AS_OF)
    assert refusal.value.hint == "Did you mean call?"
