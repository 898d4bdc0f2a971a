"""A view built on an earlier one equals the view built from scratch, whatever was loaded and whatever day lies between.

The lake is a simulated operator's, so rows end, repeat, come late and lack values as real ones do.
"""

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.spark import MEMORY
from yuelao.simulation import simulate
from yuelao.warehouse import manifest, reuse
from yuelao.warehouse.build import Build
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.features.registry import PASSES
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.reuse import Reuse

AS_OF = date(2026, 10, 20)
CUSTOMERS = 400
DATED = [each.name for each in PASSES[1:]]


def loaded(home: Path) -> Lake:
    """A lake of a simulated operator whose newest rows are of the end of October."""
    simulate(CUSTOMERS, 6, 7, home / "extracts", date(2026, 11, 1))
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="test", today=date(2026, 11, 1)) as load:
        load.publish()
    return lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return loaded(tmp_path_factory.mktemp("reuse"))


@pytest.fixture(autouse=True)
def every_reuse_is_worth_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reuse, "_WORTH", 1.0)  # so few customers are nearly all touched


def built(lake: Lake, day: date, *, full: bool = False, size: int = 1_000_000) -> tuple[pa.Table, Reuse | None]:
    """The view of a day, by customer, and what it was built on; it is shown, for the next one to build on."""
    with lake.bulk_snapshot() as snapshot:
        build = Build(lake, snapshot, day, size, full=full)
        view = build.build().to_pyarrow().sort_by("customer_id")
        build.score({})
        build.show()
        return view, build.reuse


def check_equal_to_one_from_scratch(lake: Lake, day: date) -> Reuse | None:
    """What the view of the day was built on, if anything."""
    found, built_on = built(lake, day)
    expected, _ = built(lake, day, full=True)
    differing = [name for name in expected.column_names if not found[name].equals(expected[name])]
    assert found.schema.equals(expected.schema)
    assert differing == []
    return built_on


def load_changes(lake: Lake, name: str, seed: int, rows: int = 5) -> None:
    """Load rows of the table again with other numbers, another day or another customer, and some as new ones."""
    pick = random.Random(f"{name} {seed}")
    with lake.snapshot() as snapshot:
        table = snapshot.table(name).to_pyarrow()
        customers = snapshot.table("customers").to_pyarrow()["customer_id"].to_pylist()
    if not table.num_rows:
        return
    chosen = table.take(pick.sample(range(table.num_rows), min(rows, table.num_rows))).to_pylist()
    rows_by_key = {}
    for each in chosen:
        each |= _values(name, each, pick, customers)
        rows_by_key[tuple(each[part] for part in CONTRACT.table(name).key)] = each
    lake.upsert(name, pa.Table.from_pylist(list(rows_by_key.values()), schema=table.schema))


def _values(name: str, row: dict[str, Any], pick: random.Random, customers: list[str]) -> dict[str, Any]:
    """Other values for a row: its numbers, its day, and now and then its customer."""
    contract = CONTRACT.table(name)
    moment, later = contract.known or ("", 0)
    numbers = {field: value + pick.randint(1, 9) for field, value in row.items() if type(value) in (int, float)}
    numbers = {field: value for field, value in numbers.items() if contract.lake_fields[field].codes == ()}
    if later == 0 and row[moment] is not None:
        numbers[moment] = row[moment] + timedelta(days=pick.randint(-90, 20))
    return numbers | ({"customer_id": pick.choice(customers)} if pick.random() < 0.3 else {})


def test_a_later_day_after_loads_of_all_tables(lake: Lake):
    built(lake, AS_OF)
    for name in [*DATED, "customers", "plans"]:
        load_changes(lake, name, seed=1)
    built_on = check_equal_to_one_from_scratch(lake, AS_OF + timedelta(days=1))
    assert built_on is not None
    assert built_on.day == AS_OF
    assert set(built_on.customers) >= set(DATED) - {"devices", "complaints"}  # of complaints, most rows were changed
    assert 0 < built_on.customers["orders"] < 50


def test_a_new_month_an_earlier_day_and_a_new_customer(lake: Lake):
    built(lake, AS_OF)
    newcomer = {"customer_id": "newcomer", "observed_on": AS_OF + timedelta(days=3)}
    lake.upsert("customers", pa.Table.from_pylist([newcomer]))
    bill = {"customer_id": "newcomer", "month": date(2026, 9, 1), "charge": 20.0}
    lake.upsert("usage_monthly", pa.Table.from_pylist([bill]))
    for day in (date(2026, 11, 3), date(2026, 8, 31)):
        assert check_equal_to_one_from_scratch(lake, day) is not None


def test_nothing_is_computed_anew_where_nothing_changed(lake: Lake):
    built(lake, AS_OF)
    _, built_on = built(lake, AS_OF)
    assert built_on is not None
    assert built_on.customers == dict.fromkeys(DATED, 0)


def test_a_table_loaded_for_the_first_time_is_computed_for_everybody(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    day = date(2026, 9, 1)
    lake.upsert("customers", pa.Table.from_pylist([{"customer_id": who, "observed_on": day} for who in ("a", "b")]))
    built(lake, AS_OF)
    complaint = {"complaint_id": "1", "customer_id": "a", "occurred_at": datetime(2026, 10, 1)}
    lake.upsert("complaints", pa.Table.from_pylist([complaint]))
    found, built_on = built(lake, AS_OF)
    assert built_on is None
    assert found["complaints_3m"].to_pylist() == [1, 0]


def test_a_log_that_no_longer_reaches_back_is_no_reason_to_trust(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    built(lake, AS_OF)
    monkeypatch.setattr(manifest, "_CHANGES", 1)
    for seed in (3, 4):
        load_changes(lake, "orders", seed=seed, rows=1)
    built_on = check_equal_to_one_from_scratch(lake, AS_OF)
    assert built_on is not None
    assert "orders" not in built_on.customers


def test_no_view_is_built_on_one_of_another_version(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    built(lake, AS_OF)
    monkeypatch.setattr(reuse, "_code", lambda: "another version")
    _, built_on = built(lake, AS_OF)
    assert built_on is None


def test_what_touches_many_is_computed_for_all_and_buckets_take_their_parts(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.undo()
    day = date(2026, 10, 12)
    built(lake, day)
    load_changes(lake, "payments", seed=2)
    stranger = {"contact_id": "s", "customer_id": "nobody we know", "contacted_at": datetime(2026, 10, 12, 9)}
    lake.upsert("contacts", pa.Table.from_pylist([stranger]))
    day += timedelta(days=1)
    found, built_on = built(lake, day, size=200)
    assert found.equals(built(lake, day, full=True)[0].select(found.column_names))
    assert built_on is not None
    assert max(built_on.customers.values()) <= 0.3 * found.num_rows
    assert built_on.customers["usage_monthly"] == 0  # within a month no bill is seen otherwise


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_spark_builds_on_what_duckdb_built(tmp_path: Path):
    lake, day = loaded(tmp_path), AS_OF + timedelta(days=1)
    built(lake, AS_OF)
    for name in [*DATED, "customers"]:
        load_changes(lake, name, seed=1, rows=2)
    found, built_on = built(Lake(lake.root, MEMORY, engine="spark"), day)
    expected, _ = built(lake, day, full=True)
    assert built_on is not None
    assert set(built_on.customers) == set(DATED) - {"devices"}
    assert found.schema.equals(expected.schema)
    assert [name for name in expected.column_names if not found[name].equals(expected[name])] == []


STEPS = st.tuples(st.dates(date(2026, 6, 1), date(2027, 2, 1)), st.sets(st.sampled_from(DATED)))


@pytest.mark.slow
@pytest.mark.timeout(3600)  # two views a step
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=1, max_size=3), st.randoms())
def test_any_days_and_any_loads(tmp_path_factory: pytest.TempPathFactory, steps, chance):
    lake = loaded(tmp_path_factory.mktemp("any"))
    built(lake, AS_OF)
    for day, tables in steps:
        for name in sorted(tables):
            load_changes(lake, name, seed=chance.randint(0, 10**6))
        check_equal_to_one_from_scratch(lake, day)
