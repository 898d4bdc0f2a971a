"""Every kind of bad input: one clear line for what is wrong as a whole, a reject for what is wrong in a row."""

import re
from pathlib import Path

import openpyxl
import pytest

from tests.warehouse.ingest.sample import CUSTOMERS, MAPPING, Source, mapping_of, rejects
from yuelao.common.errors import NotFound, Refused, Unavailable
from yuelao.warehouse.ingest import TableLoad


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """The sample source, loaded."""
    made = Source(tmp_path)
    made.put("customers.csv", CUSTOMERS)
    made.load()
    return made


def refused(source: Source) -> str:
    """The one line with which the load is refused; nothing in the lake has changed."""
    manifest = source.lake.root / "manifest.json"
    before = manifest.read_bytes()
    with pytest.raises(Refused) as caught:
        source.load()
    assert manifest.read_bytes() == before
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.where
    assert caught.value.hint
    return line


def test_a_missing_column_names_the_file_and_the_nearest(source):
    source.put("customers.csv", CUSTOMERS.replace("入网日期", "入网时间"))
    assert refused(source) == (
        "customers.csv has no column '入网日期' (mapping.yaml, line 13: tables.0.columns.joined_on). "
        "Did you mean 入网时间?"
    )


def test_a_column_that_is_there_twice(source):
    source.put("customers.csv", CUSTOMERS.replace("积分", "地市"))
    source.map(MAPPING.replace("      points_balance: 积分\n", ""))
    assert "has the column '地市' twice" in refused(source)


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        (CUSTOMERS.encode("gb18030"), r"not UTF-8 \(.*customers.csv, line 1\)", "encoding: gb18030"),
        (CUSTOMERS.encode() + "1004,é".encode("latin-1"), r"not UTF-8 \(.*line 5\)", "Repair the line"),
        (CUSTOMERS.encode("utf-16"), "not UTF-8", "save it as UTF-8"),
        (b"", "The file is empty", "header"),
        (b"\n1,2\n", "The first line is empty", "name the columns"),
        (b"a\0b,c\n1,2\n", "not text", "CSV"),
        (b'id,"name\n1,2\n', "header has broken quotes", "name the columns"),
        (b"a" * 70_000, "first line is longer than 65536 bytes", "max_line_bytes"),
    ],
    ids=["gb18030", "latin-1", "utf-16", "empty", "blank header", "binary", "quotes in header", "one long line"],
)
def test_a_file_that_is_not_what_it_should_be(source, content, said, hint):
    source.put("customers.csv", content)
    line = refused(source)
    assert re.search(said, line)
    assert hint in line


def test_utf8_read_as_gb18030(source):
    source.map(MAPPING.replace("encoding: utf-8", "encoding: gb18030"))
    assert re.search("has no column|not GB18030", refused(source))


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_a_file_with_the_wrong_suffix(source, suffix):
    source.put(f"customers.{suffix}", CUSTOMERS)
    source.map(MAPPING.replace("customers*.csv", f"customers.{suffix}"))
    assert "The file is not a" in refused(source)


def test_a_missing_file_and_an_unknown_format(source):
    source.map(MAPPING.replace("customers*.csv", "kunden.csv"))
    assert "No file is called kunden.csv" in refused(source)
    source.put("customers.dat", CUSTOMERS)
    source.map(MAPPING.replace("customers*.csv", "customers.dat"))
    assert "The format of customers.dat is not known" in refused(source)


def test_a_sheet_that_is_not_there(source):
    openpyxl.Workbook().save(source.folder / "customers.xlsx")
    source.map(MAPPING.replace("customers*.csv", "customers.xlsx\n    sheet: 客户"))
    assert "The workbook has no sheet '客户'" in refused(source)
    source.map(MAPPING.replace("customers*.csv", "customers.xlsx"))
    assert "The sheet 'Sheet' is empty" in refused(source)


def test_a_table_that_does_not_exist(source):
    source.map(MAPPING.replace("table: customers", "table: custmers"))
    with pytest.raises(NotFound, match=r"custmers.*Did you mean customers"):
        source.load()


def test_broken_quotes_cost_one_line(source):
    source.put("customers.csv", CUSTOMERS.replace("李四", '"李四').replace("王五", '王"五'))
    load = source.load()["customers"]
    assert load == TableLoad(3, 0, 2, 1, load.rejects_file)
    assert [line.split(",")[1] for line in rejects(load)] == ["3", "4"]
    assert all("broken quotes" in line for line in rejects(load))


def test_a_line_over_the_limit_costs_that_line(source):
    source.put("customers.csv", CUSTOMERS.replace("王五", "王" * 5_000) + "1005,孙七,1,女,海州,20200101,1\n")
    load = source.load(max_line_bytes=4_096)["customers"]
    assert load == TableLoad(4, 1, 1, 2, load.rejects_file)
    assert rejects(load) == ["customers.csv,4,,,longer than 4096 bytes (`max_line_bytes` in yuelao.toml)"]


def test_rows_with_too_few_or_too_many_values(source):
    source.put("customers.csv", CUSTOMERS + "1004,赵六\n1005,1,2,3,4,5,6,7\n")
    load = source.load()["customers"]
    assert rejects(load) == [
        "customers.csv,5,,2,2 values where the header has 7",
        "customers.csv,6,,8,8 values where the header has 7",
    ]


def test_the_same_id_twice(source):
    again, other = CUSTOMERS.splitlines()[1], CUSTOMERS.splitlines()[2].replace("临江", "海州")
    source.put("customers.csv", CUSTOMERS)
    source.put("customers_2.csv", f"{CUSTOMERS.splitlines()[0]}\n{again}\n{other}\n")
    load = source.load()["customers"]
    assert load == TableLoad(5, 0, 1, 4, load.rejects_file)
    reason = '"the same key as line 3 of customers.csv, with other values"'
    assert rejects(load) == [f"customers_2.csv,3,customer_id,1002,{reason}"]


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "reason"),
    [
        ("20200105", "20261103", "joined_on", "20261103", "in the future (today is 2026-11-01)"),
        ("20200105", "20200230", "joined_on", "20200230", "not a date like %Y%m%d"),
        ("20200105", "2020011", "joined_on", "2020011", "not a date like %Y%m%d"),
        ("20200105", "00010101", "joined_on", "00010101", "not a date like %Y%m%d"),
        ("120", "viel", "points_balance", "viel", "not a number"),
        ("120", "inf", "points_balance", "inf", "not a number"),
        ("120", "1_000", "points_balance", "1_000", "not a number"),
        ("120", "-1", "points_balance", "-1", "less than 0"),
        ("1001", " ", "customer_id", "", '"empty, but needed"'),
        ("男", "M", "gender", "M", '"not one of the codes: 男, 女, female, male"'),
    ],
)
def test_a_value_that_cannot_be_true(source, old, new, field, value, reason):
    source.put("customers.csv", CUSTOMERS.replace(old, new, 1))
    load = source.load()["customers"]
    assert (load.rejected, load.unchanged) == (1, 2)
    assert rejects(load) == [f"customers.csv,2,{field},{value},{reason}"]


def test_a_number_that_an_expression_needs(source):
    source.put("u.csv", "id,m,a,b\n1,2026-10,1,x\n")
    source.map(mapping_of("usage_monthly", "u.csv", "customer_id: id, month: m, voice_minutes: {expression: a + b}"))
    assert rejects(source.load()["usage_monthly"]) == ["u.csv,2,voice_minutes,x,not a number in a + b"]


def test_an_expression_whose_types_do_not_fit(source):
    source.map(MAPPING + "      vip_type: {expression: \"DATE '2020-01-01' + 地市\"}\n")
    assert "A part of the mapping cannot be computed" in refused(source)


def test_nothing_valid_is_lost_when_every_second_row_is_bad(source):
    lines = [f"{number},n,1,{'男' if number % 2 else '?'},c,20200101,1" for number in range(2_000, 4_000)]
    source.put("customers.csv", "\n".join([CUSTOMERS.splitlines()[0], *lines]))
    load = source.load()["customers"]
    assert (load.read, load.accepted, load.rejected) == (2_000, 1_000, 1_000)
    assert len(rejects(load)) == 1_000


def test_the_wrong_separator(source):
    source.put("customers.csv", CUSTOMERS.replace(",", ";"))
    assert "is the `separator:` right?" in refused(source)


def test_too_little_memory(source):
    rows = "".join(f"{number},{'n' * 500},1,男,海州,20200101,1\n" for number in range(40_000))
    source.put("customers.csv", CUSTOMERS + rows)
    source.lake.memory_limit = "4MB"
    with pytest.raises(Unavailable, match="The load ran out of room") as caught:
        source.load()
    assert "memory_limit" in caught.value.hint
    assert len(source.rows("customers")) == 3
