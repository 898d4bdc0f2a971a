"""What of a view operations may know: JSON that both databases take, whatever stands in the view."""

import json
import math
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from yuelao.warehouse.lake import Lake
from yuelao.warehouse.publishing import as_json_list, batches

TEXTS = (None, "", "'a' \"b\" `c`", "\\", "\\N", "\\\\n", "NULL", "李四", "👩‍👩‍👧", "{1} $1 %s", "很长" * 50_000)
NUMBERS = (None, 0.0, -0.0, 0.1, -1.5, 1e-9, 1e300, 123456789.125, float(2**53))


@pytest.fixture
def published(tmp_path):
    """The published values of a view with one column of the given values."""

    def of(values, kind=None):
        ids = [f"c{place:03}" for place in range(len(values))]
        view = pa.table({"customer_id": ids, "told": pa.array(values, kind)})
        lake = Lake(tmp_path / "lake")
        lake.publish("view", "2026-11-01", view)
        with lake.snapshot() as snapshot:
            found = snapshot.dataset("view", "2026-11-01")
            rows = dict(row for part in batches(snapshot.engine, found, ["told"]) for row in part)
        return [json.loads(rows[name])[0] for name in ids]

    return of


@pytest.mark.parametrize(
    "values",
    [TEXTS, NUMBERS, (True, False), (None, 0, -(2**62))],
    ids=("texts", "numbers", "yes or no", "whole numbers"),
)
def test_a_value_is_told_as_it_is(published, values):
    assert published(values) == list(values)


def test_an_unknown_yes_or_no_is_not_a_no(published):
    assert published([True, None, False]) == [True, None, False]


def test_a_number_that_is_none_is_not_known(published):
    assert published([math.nan, math.inf, -math.inf, 1.0]) == [None, None, None, 1.0]


def test_a_control_character_becomes_a_space(published):
    assert published(["a\tb\nc\r\nd\x00e\x1f"]) == ["a b c  d e "]


def test_dates_times_and_amounts(published):
    assert published([date(2024, 2, 29), None]) == ["2024-02-29", None]
    (moment,) = published([datetime(2026, 11, 1, 9, 5)])
    assert datetime.fromisoformat(moment) == datetime(2026, 11, 1, 9, 5)
    assert published([Decimal("0.50"), Decimal("-1234.05"), None]) == [0.5, -1234.05, None]


def test_all_are_told_once_in_batches_of_the_asked_length(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.publish("view", "day", pa.table({"customer_id": [str(n) for n in range(5_001)], "n": range(5_001)}))
    with lake.snapshot() as snapshot:
        parts = list(batches(snapshot.engine, snapshot.dataset("view", "day"), ["n"], size=2_000))
    assert max(len(part) for part in parts) <= 2_000
    assert sorted(json.loads(told)[0] for part in parts for _key, told in part) == list(range(5_001))


def test_nothing_wanted_is_an_empty_list(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.publish("view", "day", pa.table({"customer_id": ["a"]}))
    with lake.snapshot() as snapshot:
        view = snapshot.dataset("view", "day")
        assert view.select(told=as_json_list(view, [])).to_pyarrow().to_pylist() == [{"told": "[]"}]
