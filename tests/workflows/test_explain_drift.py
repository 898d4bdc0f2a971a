"""Why a column had to move: less of its window was known on one of the days, or nothing newer came in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.warehouse.contract import CONTRACT
from yuelao.workflows.explain_drift import EVENTS, MEASURE, cause_of, comparable, known_days

HALF_A_YEAR = [f"2026-{month:02}" for month in range(5, 11)]
MONTHS = dict.fromkeys(EVENTS, HALF_A_YEAR)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_the_tables_of_events_are_tables_of_the_contract():
    assert set(EVENTS) <= set(CONTRACT.tables)
    assert MEASURE in EVENTS


@pytest.mark.parametrize(
    ("name", "source", "before", "as_of", "kind"),
    [
        ("arpu_6m", "usage_monthly", date(2026, 8, 1), date(2026, 11, 1), "window"),  # three of six months, then six
        ("arpu_3m", "usage_monthly", date(2026, 8, 1), date(2026, 11, 1), None),  # three and three
        ("arpu_3m", "usage_monthly", date(2026, 11, 1), date(2026, 11, 23), None),  # bills look back by whole months
        ("browsing_30d", "browsing", date(2026, 11, 1), date(2026, 11, 23), "window"),  # thirty days, then eight
        ("days_since_browsing", "browsing", date(2026, 11, 1), date(2026, 11, 15), "stale"),
        ("arpu_3m", "usage_monthly", date(2027, 6, 1), date(2027, 9, 1), "stale"),  # long after the last bill
        ("age", "customers", date(2026, 5, 1), date(2026, 11, 1), None),  # a register has no window
    ],
)
def test_a_cause_is_given_where_the_known_months_give_one(name, source, before, as_of, kind):
    cause = cause_of(name, [source], MONTHS, before, as_of)
    assert (cause.kind if cause else None) == kind


def test_only_what_is_known_alike_on_both_days_is_compared():
    class Known:
        def months(self, _table):
            return HALF_A_YEAR

    names = ["arpu_6m", "arpu_3m", "age", "an_extra_attribute"]
    assert comparable(Known(), names, date(2026, 8, 1), date(2026, 11, 1)) == names[1:]  # type: ignore[arg-type]


def test_what_is_kept_whole_goes_by_the_months_of_the_bills():
    months = {MEASURE: HALF_A_YEAR, "orders": []}
    cause = cause_of("orders_6m", ["orders"], months, date(2026, 7, 1), date(2026, 11, 1))
    assert cause is not None
    assert (cause.then, cause.now) == (61, 182)
    assert cause_of("orders_6m", ["orders"], {}, date(2026, 7, 1), date(2026, 11, 1)) is None


@given(DAYS, DAYS, st.integers(1, 400))
def test_no_more_than_the_window_is_known_and_a_longer_one_knows_as_much(day, other, window):
    known = known_days(HALF_A_YEAR, day, window)
    assert 0 <= known <= window
    assert known <= known_days(HALF_A_YEAR, day, window + 1)
    counted = sum(date(2026, 5, 1) <= day - timedelta(days=back) < date(2026, 11, 1) for back in range(1, window + 1))
    assert known == counted
    assert cause_of("x_6m", [MEASURE], MONTHS, other, other) is None or other >= date(2026, 11, 1)
