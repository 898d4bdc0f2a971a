"""No feature may see past the date of its view: what is planted there changes nothing, what lies before does."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.given import Given, Row, by_customer, row
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.features import FEATURES, build_view

AS_OF = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 11, 1)
DATED = [name for name, table in CONTRACT.tables.items() if table.known and "customer_id" in table.fields]

World = dict[str, list[Row]]
View = dict[str, dict[str, object]]


def days_before(*days: int) -> list[datetime]:
    return [MIDNIGHT - timedelta(days=back) for back in days]


def rows_of_every_code(name: str, who: str, day: datetime) -> list[Row]:
    """Rows of a day in which every code of every field occurs, and yes and no."""
    fields = CONTRACT.table(name).lake_fields.values()
    codes: dict[str, tuple[object, ...]] = {field.name: field.codes for field in fields if field.codes}
    codes |= {field.name: (True, False) for field in fields if field.type == "boolean"}
    most = max((len(each) for each in codes.values()), default=1)
    return [
        {**row(name, who, day), **{field: each[turn % len(each)] for field, each in codes.items()}}
        for turn in range(most)
    ]


DAYS = days_before(20, 75, 130)
WORLD: World = {
    **{
        name: [each for who in ("anna", "bo") for day in DAYS for each in rows_of_every_code(name, who, day)]
        for name in DATED
    },
    "customers": [row("customers", who, day) for who in ("anna", "bo") for day in days_before(200)],
    "plans": [row("plans", "", MIDNIGHT - timedelta(days=200))],
}


def view_of_world(world: World, as_of: date = AS_OF) -> View:
    return by_customer(build_view(Given(**world), as_of))


def with_planted(who: str, moment: datetime) -> World:
    """The world with one more row in every dated table, unlike those that are there."""
    return {name: [*rows, unlike(row(name, who, moment))] if name in DATED else rows for name, rows in WORLD.items()}


def unlike(planted: Row) -> Row:
    """The row with other values than those of the world, so that it shows wherever it is looked at."""
    other: dict[type, object] = {int: 5, float: 99.25, bool: False}
    return {name: other.get(type(value), value) for name, value in planted.items()}


@pytest.fixture(scope="module")
def view() -> View:
    return view_of_world(WORLD)


def test_every_feature_has_a_value_in_the_world_that_is_planted_upon(view: View):
    unknown = {name for name in FEATURES if all(features[name] is None for features in view.values())}
    assert unknown == {"contract_months_left"}


@settings(max_examples=4, deadline=None)
@given(ahead=st.integers(0, 500), hours=st.integers(0, 23), who=st.sampled_from(["anna", "bo", "newcomer"]))
def test_rows_of_the_day_itself_or_later_change_nothing(view: View, ahead: int, hours: int, who: str):
    assert view_of_world(with_planted(who, MIDNIGHT + timedelta(days=ahead, hours=hours))) == view


def test_rows_of_the_eve_are_seen_in_every_table(view: View):
    changed = view_of_world(with_planted("anna", MIDNIGHT - timedelta(hours=1)))
    moved = {name for name in FEATURES if changed["anna"][name] != view["anna"][name]}
    assert {source for name in moved for source in FEATURES[name].sources} >= set(DATED)
    assert changed["bo"] == view["bo"]


def test_a_month_of_use_is_known_when_it_has_ended_and_not_before():
    october = unlike(row("usage_monthly", "anna", datetime(2026, 10, 1)))
    small: World = {"customers": WORLD["customers"], "usage_monthly": [october]}
    assert view_of_world(small, date(2026, 10, 31))["anna"]["arpu_3m"] is None
    assert view_of_world(small, AS_OF)["anna"]["arpu_3m"] == 5.0


def test_a_view_is_the_same_whether_or_not_the_time_after_it_was_loaded_already():
    earlier = date(2026, 9, 1)
    assert view_of_world(
        {name: [r for r in rows if was_known(name, r, earlier)] for name, rows in WORLD.items()}, earlier
    ) == (view_of_world(WORLD, earlier))


def was_known(name: str, found: Row, as_of: date) -> bool:
    known = CONTRACT.tables[name].known
    if known is None:
        return True
    day = found[known[0]]
    assert isinstance(day, date)
    return (day.year, day.month) < (as_of.year, as_of.month)


def test_a_customer_observed_later_is_not_in_the_view_and_one_without_a_day_is():
    customers: list[Row] = [row("customers", "later", MIDNIGHT), {"customer_id": "undated"}, *WORLD["customers"]]
    assert set(view_of_world({"customers": customers})) == {"anna", "bo", "undated"}


def test_a_plan_is_as_the_newest_row_before_the_day_says_and_one_without_a_day_was_ever_so():
    plans: list[Row] = [
        {"plan_id": "p", "valid_from": day, "monthly_fee": fee}
        for day, fee in ((None, 10), (date(2026, 9, 1), 20), (date(2026, 11, 1), 30))
    ]
    world: World = {"customers": [{"customer_id": "a", "plan_id": "p"}], "plans": plans}
    days = (date(2026, 9, 1), date(2026, 9, 2), AS_OF, date(2026, 11, 2))
    assert [view_of_world(world, day)["a"]["plan_fee"] for day in days] == [10.0, 20.0, 20.0, 30.0]


def test_the_newest_of_several_rows_of_a_customer_counts():
    customers: list[Row] = [
        {"customer_id": "a", "observed_on": date(2026, month, 1), "star_level": month} for month in (3, 5, 4)
    ]
    assert view_of_world({"customers": customers})["a"]["star_level"] == 5
