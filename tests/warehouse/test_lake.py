"""The lake: typed tables without data, datasets by partition, ledgers, and readers that nobody disturbs."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yuelao.common.errors import NotFound, Refused
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.manifest import GRACE, read_manifest
from yuelao.warehouse.merge import TableLoad


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake", "1GB")


def payment(number, day, amount):
    moment = datetime.fromisoformat(day)
    rows = {"payment_id": [number], "customer_id": ["c"], "paid_at": [moment], "amount": [Decimal(amount)]}
    return pa.table(rows)


@pytest.mark.parametrize("name", list(CONTRACT.tables))
def test_a_table_without_data_is_typed_and_empty(lake, name):
    with lake.snapshot() as snapshot:
        table = snapshot.table(name)
        assert table.schema() == CONTRACT.tables[name].schema
        assert table.count().to_pyarrow().as_py() == 0
        assert not snapshot.has(name)


def test_an_unknown_table_or_dataset(lake):
    with lake.snapshot() as snapshot:
        with pytest.raises(NotFound, match="no table 'payment'"):
            snapshot.table("payment")
        with pytest.raises(NotFound, match="no view '2026-11-01'"):
            snapshot.dataset("view", "2026-11-01")


def test_a_dataset_is_replaced_partition_by_partition(lake):
    lake.publish("view", "2026-10-01", pa.table({"a": [1]}))
    lake.publish("view", "2026-11-01", pa.table({"a": [2]}))
    with lake.snapshot() as before:
        first = before.dataset("view", "2026-10-01")
        lake.publish("view", "2026-10-01", first.mutate(a=first.a + 10))
        assert first.to_pyarrow().to_pylist() == [{"a": 1}]
    with lake.snapshot() as after:
        assert after.partitions("view") == ["2026-10-01", "2026-11-01"]
        assert after.dataset("view", "2026-10-01").to_pyarrow().to_pylist() == [{"a": 11}]
        assert after.dataset("view", "2026-11-01").to_pyarrow().to_pylist() == [{"a": 2}]


def test_ledger_rows_are_merged_by_their_key(lake):
    assert lake.upsert("payments", payment("1", "2026-09-30T10:00", "3.50")) == TableLoad(read=1, accepted=1)
    assert lake.upsert("payments", payment("1", "2026-09-30T10:00", "3.50")) == TableLoad(read=1, unchanged=1)
    assert lake.upsert("payments", payment("1", "2026-10-01T10:00", "4")) == TableLoad(read=1, accepted=1)
    with lake.snapshot() as snapshot:
        (row,) = snapshot.table("payments").to_pyarrow().to_pylist()
        assert (row["amount"], row["paid_at"]) == (Decimal("4.00"), datetime(2026, 10, 1, 10))
        assert snapshot.has("payments")
        assert snapshot.last_loads()["payments"].rows == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"payment_id": ["1"], "amuont": [1]}, "no field 'amuont'.*amount"),
        ({"payment_id": ["1"], "customer_id": [None], "paid_at": [datetime(2026, 1, 1)]}, "required"),
        ({"payment_id": ["1"], "customer_id": ["c"]}, "need paid_at"),
        ({"payment_id": ["1"] * 2, "customer_id": ["c", "d"], "paid_at": [datetime(2026, 1, 1)] * 2}, "same key"),
    ],
)
def test_ledger_rows_that_cannot_be_right(lake, rows, said):
    with pytest.raises(Refused, match=said):
        lake.upsert("payments", pa.table(rows))


def test_the_newest_day_of_a_view(lake):
    def newest():
        with lake.snapshot() as snapshot:
            return snapshot.newest_as_of()

    assert newest() == datetime.now(UTC).date()
    lake.upsert("payments", payment("1", "2026-09-30T10:00", "1"))
    assert newest() == date(2026, 10, 1)
    lake.upsert("usage_monthly", pa.table({"customer_id": ["c"], "month": [date(2025, 12, 1)]}))
    assert newest() == date(2026, 1, 1)


def test_dropped_files_stay_for_the_grace_period(lake):
    for number in range(2):
        lake.publish("view", "day", pa.table({"a": [number]}))
    files = sorted(lake.root.glob("view/day/*.parquet"))
    assert len(files) == 2
    (live,) = read_manifest(lake.root).files
    (dropped,) = [file for file in files if str(file.relative_to(lake.root)) != live]
    old = time.time() - GRACE.total_seconds() - 60
    for file in files:
        os.utime(file, (old, old))
    lake.publish("view", "another", pa.table({"a": [3]}))
    assert not dropped.exists()
    assert (lake.root / live).exists()
    lake.publish("view", "day", pa.table({"a": [4]}))
    assert (lake.root / live).exists(), "the grace period counts from the day a file is dropped"


def test_a_folder_of_spill_stays_while_anything_in_it_is_young(lake):
    """Spark touches its own folder at its start only, and writes into folders below it for as long as it runs."""
    old = time.time() - GRACE.total_seconds() - 60
    used, left = (lake.root / "tmp" / name / "0a" / "shuffle.data" for name in ("blockmgr-used", "blockmgr-left"))
    for file in (used, left):
        file.parent.mkdir(parents=True)
        file.touch()
    for entry in (*used.parents[:2], left, *left.parents[:2]):
        os.utime(entry, (old, old))
    lake.publish("view", "day", pa.table({"a": [1]}))
    assert used.exists()
    assert not left.parents[1].exists()


@pytest.mark.parametrize("text", ["{", "[]", "2", "{}", '{"version": 2}', '{"version": 2, "tables": 1, "extras": {}}'])
def test_a_broken_manifest_is_told(lake, text):
    lake.publish("view", "day", pa.table({"a": [1]}))
    (lake.root / "manifest.json").write_text(text)
    with pytest.raises(Refused, match="manifest of the lake cannot be read"):
        lake.snapshot()


def _as_version(root, version):
    """Write the manifest anew as an earlier version kept it: one file a partition, no list around it, no changes."""
    raw = json.loads((root / "manifest.json").read_text("utf-8"))
    raw["version"] = version
    raw["datasets"] = {name: {day: parts[0] for day, parts in days.items()} for name, days in raw["datasets"].items()}
    for stored in raw["tables"].values():
        del stored["changes"]
    (root / "manifest.json").write_text(json.dumps(raw), "utf-8")


def test_a_lake_of_version_1_is_read_and_written_anew(lake):
    lake.upsert("payments", payment("1", "2026-09-30T10:00", "3.50"))
    lake.publish("view", "2026-10-01", pa.table({"a": [1]}))
    now, present = read_manifest(lake.root), json.loads((lake.root / "manifest.json").read_text("utf-8"))["version"]
    _as_version(lake.root, 1)
    unknown = {name: replace(stored, changes=()) for name, stored in now.tables.items()}
    assert read_manifest(lake.root) == replace(now, tables=unknown)
    with lake.snapshot() as snapshot:
        assert snapshot.dataset("view", "2026-10-01").to_pyarrow().to_pylist() == [{"a": 1}]
        assert snapshot.table("payments").count().to_pyarrow().as_py() == 1
    lake.publish("view", "2026-11-01", pa.table({"a": [2]}))
    raw = json.loads((lake.root / "manifest.json").read_text("utf-8"))
    assert raw["version"] == present >= 2
    assert all(isinstance(parts, list) for days in raw["datasets"].values() for parts in days.values())
    with lake.snapshot() as snapshot:
        assert [snapshot.dataset("view", day).to_pyarrow().to_pylist() for day in snapshot.partitions("view")] == [
            [{"a": 1}],
            [{"a": 2}],
        ]


def test_a_view_of_version_1_is_replaced_by_one_of_several_files(lake):
    """The file of the former state stays for its readers, as ever."""
    lake.publish("view", "2026-10-01", pa.table({"a": [1]}))
    (former,) = read_manifest(lake.root).files
    _as_version(lake.root, 1)
    parts = [lake.write_rows("view", "2026-10-01", pa.table({"a": [n]})) for n in (2, 3)]
    lake.show({("view", "2026-10-01"): parts})
    with lake.snapshot() as snapshot:
        assert snapshot.dataset("view", "2026-10-01").to_pyarrow().sort_by("a").to_pylist() == [{"a": 2}, {"a": 3}]
    assert (lake.root / former).exists()


@pytest.mark.parametrize("version", [0, 99, "2", None])
def test_a_lake_of_an_unknown_version_is_refused_in_one_line_and_left_alone(lake, version):
    lake.publish("view", "2026-10-01", pa.table({"a": [1]}))
    _as_version(lake.root, version)
    before = (lake.root / "manifest.json").read_bytes()
    for use in (lake.snapshot, lambda: lake.publish("view", "2026-11-01", pa.table({"a": [2]}))):
        with pytest.raises(Refused, match="written by another version of Yuelao") as refusal:
            use()
        assert "\n" not in str(refusal.value)
    assert (lake.root / "manifest.json").read_bytes() == before


def test_every_file_lies_in_order_of_the_customers(lake):
    """So that a bucket of customers is found by whole row groups, whatever the ids of their events."""
    found = [("9", "a"), ("1", "c"), ("5", "b")]
    rows = [{"interaction_id": i, "customer_id": who, "occurred_at": datetime(2026, 10, 1)} for i, who in found]
    lake.upsert("interactions", pa.Table.from_pylist(rows))
    (part,) = read_manifest(lake.root).tables["interactions"].parts.values()
    assert pq.read_table(lake.root / part.file)["customer_id"].to_pylist() == ["a", "b", "c"]
