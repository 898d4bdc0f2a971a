"""Columns become numbers, the same way on every later table."""

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from yuelao.analytics.inputs import MOST_CATEGORIES, Inputs, learn_inputs
from yuelao.common.errors import Refused

TABLE = pa.table(
    {
        "age": pa.array([20, None, 40], pa.int16()),
        "fee": pa.array([Decimal("1.50"), Decimal("2.00"), None]),
        "staff": pa.array([True, False, None]),
        "job": pa.array(["nurse", "cook", None]),
        "city": pa.array(["B", "A", "B"]).dictionary_encode(),
        "ratio": pa.array([0.5, float("inf"), float("nan")]),
        "since": pa.array([date(2026, 1, 1)] * 3),
        "same": pa.array([7, 7, 7]),
        "empty": pa.nulls(3),
        "void": pa.array([float("nan")] * 3),
        "parts": pa.array([[1], [2], [3]]),
    }
)


def test_every_kind_of_column_becomes_numbers_or_is_named():
    inputs, left_out = learn_inputs(TABLE, TABLE.column_names)
    assert inputs.names == ["age", "city", "fee", "job", "ratio", "staff"]
    assert [inputs.names[i] for i in inputs.categorical] == ["city", "job"]
    expected = [[20, 1, 1.5, 1, 0.5, 1], [np.nan, 0, 2.0, 0, np.nan, 0], [40, 1, np.nan, np.nan, np.nan, np.nan]]
    np.testing.assert_array_equal(inputs.matrix(TABLE), expected)
    assert set(left_out) == {"since", "same", "empty", "void", "parts"}
    assert left_out["empty"] == left_out["void"] == "no value in any row"
    assert "date" in left_out["since"]


def test_a_category_never_seen_is_unknown():
    inputs, _ = learn_inputs(TABLE, ["job"])
    assert np.isnan(inputs.matrix(pa.table({"job": ["pilot", None]}))).all()
    assert inputs.matrix(pa.table({"job": pa.array(["cook"], pa.large_string())})).tolist() == [[0.0]]


def test_only_the_most_frequent_categories_are_kept():
    values = [f"v{i:04}" for i in range(MOST_CATEGORIES + 50)] + ["v0249"]
    inputs, _ = learn_inputs(pa.table({"code": values}), ["code"])
    kept = inputs.as_dict()["code"] or []
    assert len(kept) == MOST_CATEGORIES
    assert "v0249" in kept


def test_the_saved_form_is_read_back():
    inputs, _ = learn_inputs(TABLE, TABLE.column_names)
    assert Inputs.from_dict(inputs.as_dict()) == inputs


def test_a_column_of_another_type_or_none_is_refused_by_name():
    inputs, _ = learn_inputs(TABLE, ["age", "job"])
    with pytest.raises(Refused, match="age as numbers"):
        inputs.matrix(pa.table({"age": ["old"], "job": ["nurse"]}))
    with pytest.raises(Refused, match="job as text"):
        inputs.matrix(pa.table({"age": [1], "job": [2]}))
    with pytest.raises(Refused, match="no column job") as refused:
        inputs.matrix(pa.table({"age": [1], "jobs": ["nurse"]}))
    assert "jobs" in refused.value.hint


def test_a_table_without_rows_is_checked_too():
    inputs, _ = learn_inputs(TABLE, ["age", "job"])
    assert inputs.matrix(TABLE.slice(0, 0)).shape == (0, 2)
    with pytest.raises(Refused, match="age as numbers"):
        inputs.matrix(pa.table({"age": pa.array([], pa.string()), "job": pa.array([], pa.string())}))
