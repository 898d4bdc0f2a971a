"""A fingerprint is of what a table holds: of nothing else, and of all of it."""

from datetime import date

import pyarrow as pa
import pytest

from yuelao.warehouse.fingerprint import fingerprint

TABLE = pa.table(
    {
        "n": pa.array([1.5, None, 3.0]),
        "text": ["a", "b", None],
        "day": [date(2026, 11, day) for day in (1, 2, 3)],
        "yes": [True, False, None],
    }
)


def test_chunks_the_order_of_columns_and_what_lies_under_a_null_change_nothing():
    chunked = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])
    under = pa.Array.from_buffers(pa.float64(), 3, [pa.py_buffer(b"\x05"), pa.array([1.5, 9.9, 3.0]).buffers()[1]])
    other = TABLE.set_column(0, "n", under)
    assert other["n"].to_pylist() == TABLE["n"].to_pylist()
    assert {fingerprint(each) for each in (chunked, TABLE.select(TABLE.column_names[::-1]), other)} == {
        fingerprint(TABLE)
    }


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.set_column(0, "n", pa.array([1.5, 0.0, 3.0])),
        TABLE.set_column(0, "n", pa.array([1.5, 3.0, None])),
        TABLE.set_column(1, "text", pa.array(["ab", "", None])),
        TABLE.set_column(1, "text", pa.array(["a", "b", ""])),
        TABLE.rename_columns(["m", "text", "day", "yes"]),
        TABLE.take(pa.array([1, 0, 2])),
        TABLE.slice(0, 2),
    ],
)
def test_anything_else_does(changed):
    assert fingerprint(changed) != fingerprint(TABLE)
