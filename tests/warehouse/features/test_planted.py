"""Point in time as data really comes: loads in the order of time, views of earlier days built again after each.

Every customer is named after a table of the contract. What is planted after the last view is planted for the customer
of its table only, so that a change of that customer's features is the doing of that table.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.warehouse.given import Row, by_customer, row
from tests.warehouse.ingest.sample import SECRET, Source
from yuelao.common.ids import pseudonym
from yuelao.warehouse.contract import CONTRACT, Table
from yuelao.warehouse.features import FEATURES, build_view

World = dict[str, list[Row]]
View = dict[str, dict[str, object]]
EARLY, LATE, AFTER = date(2026, 8, 1), date(2026, 11, 1), date(2027, 2, 1)
CUSTOMERS = list(CONTRACT.tables)
OTHER: dict[type, object] = {int: 5, float: 20.25, bool: False, str: "y"}


def rows_of(table: Table, who: str, days: Iterable[datetime], other: bool = False) -> list[Row]:
    """A row of the table for each day; `other`: with values unlike those of the rows that are not."""
    return [_row(table, who, day, other) for day in days]


def _row(table: Table, who: str, day: datetime, other: bool) -> Row:
    found = row(table.name, who, day)
    if other:
        free = {name: value for name, value in found.items() if name not in (*table.key, "customer_id", "person_id")}
        found |= {name: OTHER.get(type(v), v) for name, v in free.items() if not table.fields[name].codes}
    if table.own_id:
        found[table.own_id] = f"{table.name} {who} {day}"
    return found | ({"plan_id": f"plan of {who}"} if "plan_id" in found else {})


def until(day: date, *back: int) -> list[datetime]:
    """The moments at noon so many days before the day."""
    return [datetime(day.year, day.month, day.day, 12) - timedelta(days=each) for each in back]


def history(*days: datetime) -> World:
    """Everybody's rows of those days in every table."""
    return {
        name: [each for who in CUSTOMERS for each in rows_of(table, who, days)]
        for name, table in CONTRACT.tables.items()
    }


def planted() -> World:
    """For the customer of each table: rows of the day of the last view itself, and of days and months after it."""
    later = [datetime(2026, 11, 1), datetime(2026, 11, 1, 23), *until(AFTER, 80, 62, 40, 3)]
    return {name: rows_of(table, name, later, other=True) for name, table in CONTRACT.tables.items()}


def changed_states() -> World:
    """What was loaded comes again with what became of it after the last view: orders returned, products ended."""
    (day,) = until(EARLY, 45)
    orders, held = CONTRACT.tables["orders"], CONTRACT.tables["subscriptions"]
    return {
        "orders": [{**each, "state": "returned"} for who in CUSTOMERS for each in rows_of(orders, who, [day])],
        "subscriptions": [{**each, "ended_on": date(2027, 1, 5)} for each in rows_of(held, "subscriptions", [day])],
    }


class Operator(Source):
    """A source whose columns are called as those of the contract."""

    def __init__(self, folder: Path) -> None:
        entries = ""
        for name, table in CONTRACT.tables.items():
            columns = ", ".join(f"{field}: {field}" for field in table.lake_fields)
            entries += f"- {{table: {name}, files: {name}.csv, columns: {{{columns}}}}}\n"
        super().__init__(folder, f"source: s\ntoday: 2028-01-01\ntables:\n{entries}")

    def take(self, *worlds: World) -> None:
        """Load the rows."""
        for name, table in CONTRACT.tables.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, list(table.lake_fields))
            writer.writeheader()
            # the last of several rows of one key is meant
            rows = {tuple(each[k] for k in table.key): each for world in worlds for each in world.get(name, [])}
            writer.writerows(rows.values())
            self.put(f"{name}.csv", text.getvalue())
        assert not any(load.rejected for load in self.load().values())

    def view(self, as_of: date) -> View:
        """The view, by the names of the customers."""
        with self.lake.snapshot() as snapshot:
            found = by_customer(build_view(snapshot, as_of))
        return {who: found[pseudonym(SECRET, who)] for who in CUSTOMERS if pseudonym(SECRET, who) in found}


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, View]:
    """Views by name: built when there was nothing later yet, and built again after each later load."""
    operator, built = Operator(tmp_path_factory.mktemp("operator")), {}
    operator.take(history(*until(EARLY, 20, 45, 130)))
    built["early"] = operator.view(EARLY)
    operator.take(history(*until(LATE, 10, 40)))
    built["early, after a load"] = operator.view(EARLY)
    built["late"] = operator.view(LATE)
    built["after, nothing planted"] = operator.view(AFTER)
    operator.take(changed_states(), planted())
    built["early, after two loads"] = operator.view(EARLY)
    built["late, planted"] = operator.view(LATE)
    built["after, planted"] = operator.view(AFTER)
    return built


def test_nothing_that_comes_later_in_any_table_changes_a_feature_of_any_customer(views):
    assert set(views["early"]) == set(views["late"]) == set(CUSTOMERS)
    assert views["early, after a load"] == views["early"]
    assert views["early, after two loads"] == views["early"]
    assert views["late, planted"] == views["late"]


def test_most_features_have_a_value_where_the_future_is_planted(views):
    known = {name for name in FEATURES if any(features[name] is not None for features in views["late"].values())}
    assert len(known) > 0.8 * len(FEATURES)


@pytest.mark.parametrize("name", CONTRACT.tables)
def test_a_view_after_what_was_planted_sees_it(views, name):
    before, after = views["after, nothing planted"], views["after, planted"]
    moved = {feature for feature in FEATURES if before[name][feature] != after[name][feature]}
    assert any(name in FEATURES[feature].sources for feature in moved)


def test_views_of_different_days_differ(views):
    assert views["early"] != views["late"] != views["after, nothing planted"]
