"""Calendar arithmetic: the columns' months agree with the calendar's."""

from datetime import date

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelao.warehouse.dates import add_months, days_until, whole_months

DAYS = st.dates(date(1950, 1, 1), date(2050, 12, 31))
ENGINE = ibis.duckdb.connect()


@settings(max_examples=10, deadline=None)
@given(pairs=st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=1, max_size=50))
def test_whole_months_are_the_most_that_fit(pairs: list[list[date]]):
    table = ibis.memtable(pa.table({"start": [start for start, _ in pairs], "end": [end for _, end in pairs]}))
    found = ENGINE.to_pyarrow(table.select("start", "end", months=whole_months(table.start, table.end)))
    for row in found.to_pylist():
        assert add_months(row["start"], row["months"]) <= row["end"]
        assert add_months(row["start"], row["months"] + 1) > row["end"] or row["end"].day < row["start"].day


def test_a_month_added_to_a_long_months_end_ends_the_short_one():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_days_are_of_the_calendar():
    assert ENGINE.to_pyarrow(days_until(ibis.literal(date(2026, 2, 27)), date(2026, 3, 2))).as_py() == 3
