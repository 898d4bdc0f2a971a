"""A view of some features says of them what the whole view says, however old the rows of a customer are."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import zip_longest

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.given import Given, by_customer, row
from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.features import FEATURES, build_view
from yuelao.warehouse.features.registry import PASSES

AS_OF = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 11, 1)
DATED = [name for name, table in CONTRACT.tables.items() if table.known and "customer_id" in table.fields]
AGES = {"new": (20, 95), "mixed": (10, 70, 130, 250, 500, 1_500), "old": (800, 2_000), "older": (210,), "newcomer": ()}
"""Days since the rows of each customer."""
WHO = (*AGES, "undated")
TIMES = ("date", "timestamp")
EXTRAS = {"size": Field("size", "integer", "", ""), "arpu_3m": Field("arpu_3m", "number", "", "")}

View = dict[str, dict[str, object]]


def world(extras: dict[str, Field] | None = None) -> Given:
    """Rows of every age and code in every table, those of one customer without a time."""
    rows = {name: [each for who, ages in AGES.items() for each in rows_of(name, who, ages)] for name in DATED}
    for name in DATED:
        times = {field.name: None for field in CONTRACT.table(name).fields.values() if field.type in TIMES}
        rows[name].append({**row(name, "undated", MIDNIGHT), **times})
    customers = [{**row("customers", who, MIDNIGHT - timedelta(days=9)), "size": 3, "arpu_3m": 4.5} for who in WHO]
    plans = [row("plans", "", MIDNIGHT - timedelta(days=200))]
    return Given(extras, **{**rows, "customers": customers, "plans": plans})


def rows_of(name: str, who: str, ages: tuple[int, ...]) -> list[dict[str, object]]:
    codes = {field.name: field.codes for field in CONTRACT.table(name).lake_fields.values() if field.codes}
    most = max((len(each) for each in codes.values()), default=1)
    return [
        {**row(name, who, MIDNIGHT - timedelta(days=age)), **{f: each[turn % len(each)] for f, each in codes.items()}}
        for age in ages
        for turn in range(most)
    ]


@pytest.fixture(scope="module")
def tables() -> Given:
    return world()


@pytest.fixture(scope="module")
def whole(tables: Given) -> View:
    return by_customer(build_view(tables, AS_OF))


def some(view: View, names: list[str]) -> View:
    return {who: {name: features[name] for name in names} for who, features in view.items()}


def in_order(names: set[str]) -> list[str]:
    return [name for name in FEATURES if name in names]


@settings(max_examples=8, deadline=None)
@given(wanted=st.sets(st.sampled_from(list(FEATURES)), max_size=12))
def test_any_choice_of_features_is_a_part_of_the_whole_view(tables: Given, whole: View, wanted: set[str]):
    view = build_view(tables, AS_OF, wanted=wanted)
    assert list(view.columns) == ["customer_id", *in_order(wanted)]
    assert by_customer(view) == some(whole, in_order(wanted))


def test_no_feature_needs_the_rows_that_are_left_out_for_it(tables: Given, whole: View):
    by_start = []
    for each in PASSES[1:]:
        found = defaultdict(list)
        for name in each.features:
            found[each.only([name]).start(AS_OF)].append(name)
        by_start.append(list(found.values()))
    assert sum(len(starts) for starts in by_start) > 20, "features of one pass look back differently far"
    for together in zip_longest(*by_start, fillvalue=[]):
        names = in_order({name for names in together for name in names})
        assert by_customer(build_view(tables, AS_OF, wanted=names)) == some(whole, names)


def test_rows_that_nobody_looks_at_are_not_grouped(tables: Given):
    def grouped(*names: str) -> set[object]:
        usage = next(each for each in PASSES if each.name == "usage_monthly")
        return set(by_customer(usage.only(names).columns(tables, AS_OF)))

    assert grouped("arpu_3m", "sms_3m") == {"new", "mixed"}
    assert grouped("arpu_3m", "arpu_6m") == {"new", "mixed"}
    assert grouped("arpu_3m", "overage_months_3m") == {"new", "mixed", "old", "older", "undated"}


def test_tables_that_no_wanted_feature_is_made_of_are_not_asked_for():
    class Counting(Given):
        def table(self, name: str) -> ibis.Table:
            asked.add(name)
            return super().table(name)

    asked: set[str] = set()
    rows = {name: [row(name, "a", MIDNIGHT - timedelta(days=40))] for name in (*DATED, "customers", "plans")}
    found = by_customer(build_view(Counting(**rows), AS_OF, wanted=["orders_3m", "city"]))
    assert found == {"a": {"city": "x", "orders_3m": 1}}
    assert asked == {"customers", "orders"}


def test_an_extra_attribute_is_there_when_wanted_and_counts_for_what_is_derived():
    tables = world(EXTRAS)
    found = by_customer(build_view(tables, AS_OF, wanted=["size", "plan_fee_share_3m"]))
    assert found["old"] == {"plan_fee_share_3m": 12 / 4.5, "size": 3}
    assert by_customer(build_view(tables, AS_OF, wanted=["arpu_3m"]))["old"] == {"arpu_3m": 4.5}
