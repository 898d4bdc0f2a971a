"""A load from the user's side: what arrives, what is counted, and that the same load again changes nothing."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.ingest.sample import CUSTOMERS, MAPPING, SECRET, TODAY, Source, mapping_of, rejects
from yuelao.common.errors import Refused
from yuelao.common.ids import pseudonym
from yuelao.warehouse.ingest import TableLoad, stage

USAGE = """\
  - table: usage_monthly
    files: usage.*
    columns:
      customer_id: 用户
      month: {column: 账期, dates: "%Y%m"}
      charge: {column: 费用, unit: fen}
      data_mb: {column: 流量, unit: GB}
      voice_minutes: {expression: "本地 + 长途"}
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """The sample source with its customers."""
    made = Source(tmp_path)
    made.put("customers.csv", CUSTOMERS)
    return made


def test_values_arrive_typed_and_under_pseudonyms(source):
    assert source.load() == {"customers": TableLoad(read=3, accepted=3)}
    first = source.rows("customers")
    row = next(row for row in first if row["customer_id"] == pseudonym(SECRET, "1001"))
    assert (row["gender"], row["city"], row["joined_on"]) == ("male", "海州", date(2020, 1, 5))
    assert row["points_balance"] == 120.0
    assert row["brand"] is None
    assert next(row for row in first if row["customer_id"] == pseudonym(SECRET, "1003"))["gender"] is None


def test_identities_are_handed_over_and_never_reach_the_lake(source):
    source.load()
    assert source.identities()[0] == {
        "customer_id": pseudonym(SECRET, "1001"),
        "source_id": "1001",
        "name": "张三",
        "phone": "13800000001",
        "city": "海州",
    }
    written = [file for file in source.lake.root.rglob("*") if file.is_file()]
    assert any(file.suffix == ".parquet" for file in written)
    for file in written:
        content = file.read_bytes()
        if file.suffix == ".parquet":
            content = str(pq.read_table(file).to_pylist()).encode()
        for secret in ("张三", "13800000001", "1001", SECRET):
            assert secret.encode() not in content, file


def test_the_same_file_twice_changes_nothing(source):
    source.load()
    before = (source.lake.root / "manifest.json").read_bytes()
    files = sorted(source.lake.root.rglob("*.parquet"))
    assert source.load() == {"customers": TableLoad(read=3, unchanged=3)}
    assert (source.lake.root / "manifest.json").read_bytes() == before
    assert sorted(source.lake.root.rglob("*.parquet")) == files


def test_a_changed_row_replaces_the_old_one(source):
    source.load()
    source.put("customers.csv", CUSTOMERS.replace("临江", "海州"))
    assert source.load() == {"customers": TableLoad(read=3, accepted=1, unchanged=2)}
    assert {row["city"] for row in source.rows("customers")} == {"海州"}


def test_only_the_touched_months_are_written_again(source):
    source.map(MAPPING + USAGE)
    usage = "用户,账期,费用,流量,本地,长途\n1001,202609,1050,2,10,5\n1001,202610,999,1.5,,1\n"
    source.put("usage.csv", usage)
    source.load()
    september = list((source.lake.root / "usage_monthly/2026-09").iterdir())
    source.put("usage.csv", usage.replace("999", "1000"))
    assert source.load()["usage_monthly"] == TableLoad(read=2, accepted=1, unchanged=1)
    assert list((source.lake.root / "usage_monthly/2026-09").iterdir()) == september
    rows = {row["month"]: row for row in source.rows("usage_monthly")}
    assert rows[date(2026, 9, 1)]["charge"] == Decimal("10.50")
    assert rows[date(2026, 9, 1)]["data_mb"] == 2048.0
    assert rows[date(2026, 9, 1)]["voice_minutes"] == 15.0
    assert rows[date(2026, 10, 1)]["voice_minutes"] is None


def test_gb18030_and_quotes_and_windows_line_ends(source):
    text = CUSTOMERS.replace("海州", '"海州, ""东区"""', 1).replace("\n", "\r\n")
    source.put("customers.csv", text.encode("gb18030"))
    source.map(MAPPING.replace("encoding: utf-8", "encoding: gbk"))
    assert source.load()["customers"].accepted == 3
    assert '海州, "东区"' in {row["city"] for row in source.rows("customers")}


def test_excel_and_parquet_give_the_same_rows_as_csv(source):
    source.load()
    by_csv = source.rows("customers")
    header, *lines = [line.split(",") for line in CUSTOMERS.splitlines()]
    book = openpyxl.Workbook()
    sheet = book.create_sheet("客户")
    sheet.append(header)
    for line in lines:
        joined = datetime.strptime(line[5], "%Y%m%d")
        sheet.append([int(line[0]), *[cell or None for cell in line[1:5]], joined, float(line[6])])
        sheet.append([None] * 7)
    (source.folder / "customers.csv").unlink()
    book.save(source.folder / "customers.xlsx")
    source.map(MAPPING.replace("customers*.csv", "customers.xlsx\n    sheet: 客户"))
    assert source.load() == {"customers": TableLoad(read=3, unchanged=3)}

    columns: dict[str, list[object]] = {
        name: [line[place] or None for line in lines] for place, name in enumerate(header)
    }
    columns |= {"客户编号": [1001, 1002, 1003], "入网日期": [date(2020, 1, 5), date(2021, 6, 30), date(2022, 2, 28)]}
    points = pa.array([120.0, 0.0, 35.5])
    pq.write_table(pa.table({**columns, "积分": points}), source.folder / "customers.parquet")
    source.map(MAPPING.replace("customers*.csv", "customers.parquet"))
    assert source.load() == {"customers": TableLoad(read=3, unchanged=3)}
    assert source.rows("customers") == by_csv


def test_a_nan_of_a_parquet_file_is_empty(source):
    pq.write_table(pa.table({"id": ["1", "2"], "p": [float("nan"), 3.0]}), source.folder / "customers.parquet")
    source.map(mapping_of("customers", "customers.parquet", "customer_id: id, points_balance: p"))
    assert source.load()["customers"].accepted == 2
    assert sorted(str(row["points_balance"]) for row in source.rows("customers")) == ["3.0", "None"]


def test_several_files_and_a_filter_on_lines(source):
    source.put("customers_2.csv", CUSTOMERS.replace("100", "200"))
    source.map(MAPPING + '    where: "source_line <= 3"\n')
    assert source.load()["customers"] == TableLoad(read=4, accepted=4)


def test_columns_a_load_does_not_bring_keep_their_value(source):
    source.load()
    source.put("points.csv", "id,points\n1001,500\n")
    source.map(mapping_of("customers", "points.csv", "customer_id: id, points_balance: points"))
    assert source.load()["customers"] == TableLoad(read=1, accepted=1)
    row = next(row for row in source.rows("customers") if row["customer_id"] == pseudonym(SECRET, "1001"))
    assert (row["points_balance"], row["city"]) == (500.0, "海州")


def test_two_entries_for_one_table_complete_each_other(source):
    source.put("points.csv", "id,vip\n1001,金卡\n")
    source.map(MAPPING + "  - {table: customers, files: points.csv, columns: {customer_id: id, vip_type: vip}}\n")
    assert source.load()["customers"] == TableLoad(read=4, accepted=4)
    row = next(row for row in source.rows("customers") if row["customer_id"] == pseudonym(SECRET, "1001"))
    assert (row["vip_type"], row["city"]) == ("金卡", "海州")


def test_an_entry_hands_over_only_what_it_brings_of_a_person(source):
    source.put("people.csv", "id,person\n1001,P1\n")
    source.map(MAPPING + "  - {table: customers, files: people.csv, columns: {customer_id: id, person_id: person}}\n")
    first, second, *others = source.identities()
    assert first.keys() == {"customer_id", "source_id", "name", "phone", "city"}
    assert second == {
        "customer_id": pseudonym(SECRET, "1001"),
        "source_id": "1001",
        "person_id": pseudonym(SECRET, "P1"),
    }
    assert len(others) == 2


def test_extra_attributes_are_columns_of_the_customers(source):
    source.map(
        MAPPING + "    extras: {points_tier: {expression: 'floor(积分 / 100)', type: integer, en: Tier, zh: 档}}\n"
    )
    source.load()
    with source.lake.snapshot() as snapshot:
        assert snapshot.extras()["points_tier"].zh == "档"
        tiers = snapshot.table("customers").points_tier.to_pyarrow().to_pylist()
    assert sorted(tiers) == [0, 0, 1]
    source.map(MAPPING + "    extras: {points_tier: {column: 积分, type: text, en: Tier}}\n")
    with pytest.raises(Refused, match="points_tier was loaded as integer, not as text"):
        source.load()


def test_an_event_without_an_id_gets_the_same_one_each_time(source):
    source.put(
        "calls.csv", "who,at,kind\n1001,2026-10-01 10:00:00,1\n1001,2026-10-01 10:00:00,1\n1002,2026-10-02 09:30:00,2\n"
    )
    columns = "customer_id: who, occurred_at: at, channel: {column: kind, codes: {1: hotline, 2: app}}"
    source.map(mapping_of("interactions", "calls.csv", columns))
    assert source.load()["interactions"] == TableLoad(read=3, accepted=2, unchanged=1)
    assert source.load()["interactions"] == TableLoad(read=3, unchanged=3)


def test_an_event_that_moves_to_another_month_is_not_there_twice(source):
    source.map(mapping_of("payments", "p.csv", "payment_id: id, customer_id: who, paid_at: at"))
    source.put("p.csv", "id,who,at\np1,1,2026-09-30\n")
    source.load()
    source.put("p.csv", "id,who,at\np1,1,2026-10-01\n")
    assert source.load()["payments"].accepted == 1
    assert [row["paid_at"] for row in source.rows("payments")] == [datetime(2026, 10, 1)]


def test_what_is_staged_and_not_published_leaves_nothing(source):
    with stage(source.mapping, source.lake, secret=SECRET, today=TODAY) as staged:
        assert sum(batch.num_rows for batch in staged.identities()) == 3
    assert source.rows("customers") == []
    assert not list(source.lake.root.rglob("*.parquet"))


def test_a_view_rebuilt_during_a_load_stays_for_its_readers(source):
    source.lake.publish("view", "2026-11-01", pa.table({"a": [1]}))
    with source.lake.snapshot() as reader:
        with stage(source.mapping, source.lake, secret=SECRET, today=TODAY) as staged:
            source.lake.publish("view", "2026-11-01", pa.table({"a": [2]}))
            staged.publish()
        assert reader.dataset("view", "2026-11-01").to_pyarrow().to_pylist() == [{"a": 1}]


def test_progress_is_told_file_by_file(source):
    told = []
    with stage(source.mapping, source.lake, secret=SECRET, today=TODAY, progress=lambda *step: told.append(step)):
        pass
    size = (source.folder / "customers.csv").stat().st_size
    assert told[-1] == ("customers: customers.csv", size, size)


def test_the_rejects_file_names_source_line_field_value_and_reason(source):
    source.put("customers.csv", CUSTOMERS + "1004,赵六,13800000004,人,海州,20200101,1\n")
    load = source.load()["customers"]
    assert load == TableLoad(4, 3, 1, 0, load.rejects_file)
    assert rejects(load) == ['customers.csv,5,gender,人,"not one of the codes: 男, 女, female, male"']
    with source.lake.snapshot() as snapshot:
        assert snapshot.last_loads()["customers"].rejects_file == load.rejects_file
        assert snapshot.last_loads()["customers"].rows == 3
    assert source.load()["customers"].rejects_file == load.rejects_file
