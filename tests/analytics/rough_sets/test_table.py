"""A table as codes: null and NaN, weights, and what cannot be used."""

import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from yuelao.analytics.rough_sets import from_codes, read_table
from yuelao.common.errors import Refused


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2, None, 1, 2]),
        pa.array(["b", None, "a", "b"]),
        pa.array(["b", None, "a", "b"]).dictionary_encode(),
        pa.array([2.5, float("nan"), 1.5, 2.5]),
        pa.array([True, None, False, True]),
        pa.array([Decimal("2.1"), None, Decimal("1.1"), Decimal("2.1")]),
        pa.array([datetime.date(2026, 2, 1), None, datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]),
        pa.chunked_array([["b", None], ["a", "b"]]),
    ],
)
def test_values_become_codes_in_their_order_and_null_the_last(values):
    column = read_table(pa.table({"a": values, "d": [0, 0, 1, 1]}), "d").columns["a"]
    assert column.codes.tolist() == [1, 2, 0, 1]
    assert column.values[2] is None


def test_columns_of_nothing_are_one_value():
    column = read_table(pa.table({"a": pa.nulls(2), "d": [0, 1]}), "d").columns["a"]
    assert (column.codes.tolist(), column.values) == ([0, 0], [None])


def test_codes_are_as_small_as_can_be():
    table = pa.table({"a": range(300), "b": [i % 7 for i in range(300)], "d": [0] * 300})
    read = read_table(table, "d")
    assert [read.columns[name].codes.dtype.itemsize for name in "ab"] == [2, 1]


def test_rows_of_no_weight_are_not_there():
    read = read_table(pa.table({"a": [1, 2, 3], "d": [1, 2, 3], "w": [1.5, 0, 2]}), "d", weights="w")
    assert (read.rows, read.total, read.names) == (2, 3.5, ["a"])
    assert read.decision.values == [1, 3]


@pytest.mark.parametrize("weights", [[1, -1], [1, None], [1, float("inf")], ["1", "many"]])
def test_a_weight_that_is_no_number_from_0_on_is_refused(weights):
    with pytest.raises(Refused, match="weight"):
        read_table(pa.table({"a": [1, 2], "d": [1, 2], "w": weights}), "d", weights="w")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"decision": "dd"}, "no column dd"),
        ({"decision": "d", "exclude": ["b"]}, "no column b"),
        ({"decision": "d", "weights": "w"}, "no column w"),
        ({"decision": "d", "exclude": ["a"]}, "no attribute"),
        ({"decision": "d", "exclude": ["d"]}, "cannot be left out"),
    ],
)
def test_columns_that_are_not_there_are_refused(options, said):
    with pytest.raises(Refused, match=said):
        read_table(pa.table({"a": [1], "d": [1]}), **options)


def test_tables_that_cannot_be_reduced_are_refused():
    with pytest.raises(Refused, match="no rows"):
        read_table(pa.table({"a": pa.array([], pa.int64()), "d": pa.array([], pa.int64())}), "d")
    with pytest.raises(Refused, match="tell apart"):
        read_table(pa.table({"a": [[1], [2]], "d": [1, 2]}), "d")
    with pytest.raises(Refused, match="70,000 different"):
        read_table(pa.table({"a": [0] * 70_000, "d": range(70_000)}), "d")
    with pytest.raises(Refused, match="int64"):
        from_codes({"a": np.array([0, 1])}, np.array([0, 1], np.uint8))
    with pytest.raises(Refused, match="length"):
        from_codes({"a": np.zeros(2, np.uint8)}, np.zeros(3, np.uint8))
