"""Values survive the way from their text into the lake; whatever is no value of the type is told."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.warehouse.contract import Field
from yuelao.warehouse.expressions import column_expression
from yuelao.warehouse.ingest.values import cleaned, coded, typed
from yuelao.warehouse.mapping import NULLS, ColumnMapping, FieldSource

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def parse(text, kind, unit="", factor=1.0, dates=(), **mapping):
    """The value that the text becomes; None where it is none."""
    field = Field("f", kind, "", "", unit=unit)
    source = FieldSource(field, column_expression("c"), ColumnMapping(column="c", **mapping), factor, dates, "here")
    sql = f"SELECT {typed(coded('x', source), source)} FROM (SELECT {cleaned('c', NULLS)} AS x FROM (SELECT ? AS c))"
    found = duckdb.execute(sql, [text]).fetchone()
    assert found is not None
    return found[0]


@given(st.integers(-(10**17), 10**17))
def test_integers(number):
    assert parse(str(number), "integer") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(number):
    assert parse(repr(number), "number") == number


@given(st.decimals(-(10**15), 10**15, places=2))
def test_money_is_exact(amount):
    assert parse(str(amount), "money") == amount


@given(st.integers(-(10**12), 10**12))
def test_fen_are_exact_yuan(fen):
    assert parse(str(fen), "money", factor=0.01) == Decimal(fen) / 100


@given(st.dates(date(1900, 1, 1)), st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y"]))
def test_dates(day, form):
    text = form.replace("%Y", f"{day.year:04}").replace("%m", f"{day.month:02}").replace("%d", f"{day.day:02}")
    assert parse(text, "date", dates=(form,)) == day
    assert parse(text, "date", unit="month", dates=(form,)) == day.replace(day=1)


@given(st.datetimes(datetime(1900, 1, 1)))
def test_times(moment):
    assert parse(str(moment), "timestamp") == moment
    assert parse(moment.isoformat(), "timestamp") == moment


@given(TEXT)
def test_text_keeps_all_but_the_blanks_around_it(text):
    bare = text.strip(" \t\r\n\u00a0\u3000")
    assert parse(text, "text") == (None if bare in NULLS else bare)


@pytest.mark.parametrize("kind", ["text", "integer", "number", "money", "boolean", "date", "timestamp"])
@pytest.mark.parametrize("null", ["", "  ", "\\N", "NULL", "\u3000"])
def test_what_says_nothing_is_null(kind, null):
    assert parse(null, kind) is None


@given(TEXT, st.sampled_from(["integer", "number", "money", "boolean", "date", "timestamp"]))
def test_any_text_at_all_is_judged_without_an_error(text, kind):
    assert parse(text, kind) is None or isinstance(parse(text, kind), (int, float, Decimal, date))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("是", "boolean", True),
        ("N", "boolean", False),
        ("2", "boolean", None),
        ("12.0", "integer", 12),
        ("12.5", "integer", None),
        ("1,234.50", "money", None),
        ("nan", "number", None),
        ("-inf", "number", None),
        ("0x10", "number", None),
        ("2026-02-30", "date", None),
        ("2026111", "date", None),
        ("26-11-01", "date", None),
        ("2026年11月1日", "date", date(2026, 11, 1)),
        ("2026-11-01 00:00:00", "date", date(2026, 11, 1)),
        ("20261101", "timestamp", datetime(2026, 11, 1)),
        ("2026-11-01 24:00:00", "timestamp", None),
    ],
)
def test_what_counts_as_a_value(text, kind, value):
    assert parse(text, kind) == value


def test_a_month_may_be_written_short():
    assert parse("202610", "date", unit="month") == date(2026, 10, 1)
    assert parse("202613", "date", unit="month") is None


def test_thousands_only_where_the_mapping_says_so():
    assert parse("1,234.50", "money", thousands=True) == Decimal("1234.50")
    assert parse("1,23", "money", thousands=True) is None


def test_a_code_may_mean_nothing():
    assert parse("9", "text", codes={"9": "", "1": "one"}) is None
    assert parse("1", "text", codes={"9": "", "1": "one"}) == "one"
