"""The files: repeatable to the byte, a prefix of any larger world, and mapped to the contract as it stands."""

import csv
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet
import pytest
import yaml

from tests.simulation.conftest import CUSTOMERS, MONTHS, UNTIL, Operator
from yuelao.common.errors import Refused
from yuelao.simulation import simulate


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _headings(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return [str(name) for name in pyarrow.parquet.read_schema(path).names]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return [str(cell) for cell in next(sheet.iter_rows(values_only=True))]
    with path.open(encoding="gb18030", newline="") as file:
        return next(csv.reader(file))


def _length(path: Path) -> int:
    if path.suffix == ".parquet":
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return sheet.max_row - 1
    return path.read_bytes().count(b"\n") - 1


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    simulate(300, 2, 5, tmp_path / "first", UNTIL)
    simulate(300, 2, 5, tmp_path / "second", UNTIL)
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    simulate(300, 1, 5, tmp_path / "first", UNTIL)
    simulate(300, 1, 6, tmp_path / "second", UNTIL)
    first, second = _bytes(tmp_path / "first"), _bytes(tmp_path / "second")
    assert {name for name in first if first[name] == second[name]} == {"plans.xlsx", "mapping.yaml"}


def test_fewer_customers_are_the_first_of_more(tmp_path: Path, operator: Operator) -> None:
    simulate(12_345, MONTHS, 7, tmp_path, UNTIL)
    small = Operator(tmp_path, operator.result)
    for name in ("customers_202604.csv", "customers_202610.csv", "contacts.csv", "orders.csv"):
        more = operator.rows(name)
        kept = [row for row in more if _number(row["客户编号"]) <= 12_345]
        assert [row for row in small.rows(name) if row["客户编号"]] == kept
    for name, customer in (("usage_202610.parquet", "用户编号"), ("interactions_202607.parquet", "客户编号")):
        kept = [row for row in operator.table(name).to_pylist() if _number(row[customer]) <= 12_345]
        assert [row for row in small.table(name).to_pylist() if row[customer]] == kept


def _number(source_id: str | None) -> int:
    return int(source_id[2:]) if source_id else 10**9


def test_a_new_simulation_replaces_the_old_one(tmp_path: Path) -> None:
    simulate(50, 3, 5, tmp_path, UNTIL)
    written = simulate(50, 1, 5, tmp_path, UNTIL)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == written.files
    assert [name for name in written.files if name.startswith("usage")] == ["usage_202610.parquet"]


def test_rows_are_the_data_rows_of_all_extracts(operator: Operator) -> None:
    extracts = [name for name in operator.result.files if name != "mapping.yaml"]
    assert operator.result.rows == sum(_length(operator.folder / name) for name in extracts)
    assert operator.result.as_of == UNTIL


def test_the_mapping_names_contract_fields_and_extract_columns(operator: Operator) -> None:
    contract = yaml.safe_load(files("yuelao.warehouse").joinpath("contract.yaml").read_text("utf-8"))["tables"]
    mapping = yaml.safe_load((operator.folder / "mapping.yaml").read_text("utf-8"))
    assert {entry["table"] for entry in mapping["tables"]} == set(contract)
    for entry in mapping["tables"]:
        fields = contract[entry["table"]]["fields"]
        assert set(entry["columns"]) <= set(fields)
        headings = [_headings(path) for path in operator.folder.glob(entry["files"])]
        assert headings
        for name, source in entry["columns"].items():
            column = source if isinstance(source, str) else source.get("column")
            assert column is None or all(column in heading for heading in headings)
            if isinstance(source, dict) and "codes" in fields[name]:
                assert set(source["codes"].values()) <= set(fields[name]["codes"])


def test_every_word_of_a_coded_column_is_translated(tmp_path: Path) -> None:
    clean = Operator(tmp_path, simulate(3000, 2, 5, tmp_path, UNTIL, dirt=0))
    for entry in yaml.safe_load((tmp_path / "mapping.yaml").read_text("utf-8"))["tables"]:
        coded = {s["column"]: s["codes"] for s in entry["columns"].values() if isinstance(s, dict) and "codes" in s}
        for path in tmp_path.glob(entry["files"]) if coded and entry["table"] != "plans" else ():
            rows = clean.rows(path.name) if path.suffix == ".csv" else clean.table(path.name).to_pylist()
            for column, codes in coded.items():
                assert {row[column] for row in rows} - {"", None} <= set(codes)


def test_telephone_numbers_are_unique_and_nobodys(tmp_path: Path) -> None:
    clean = Operator(tmp_path, simulate(2000, 1, 5, tmp_path, UNTIL, dirt=0))
    rows = clean.rows("customers_202609.csv") + clean.rows("customers_202610.csv")
    phones = {row["手机号码"] for row in rows}
    assert len(phones) == len({row["客户编号"] for row in rows}) == 2000
    assert all(len(phone) == 11 and phone.startswith("1990") for phone in phones)


def test_two_numbers_of_one_person_share_what_belongs_to_the_person(operator: Operator) -> None:
    people: dict[str, set[tuple[str, str]]] = {}
    lines: dict[str, set[str]] = {}
    for row in operator.rows("customers_202604.csv"):
        if row["归属地市"]:
            people.setdefault(row["自然人编号"], set()).add((row["姓名"], row["归属地市"]))
        lines.setdefault(row["自然人编号"], set()).add(row["手机号码"])
    assert all(len(seen) == 1 for seen in people.values())
    assert 0.02 < sum(len(held) == 2 for held in lines.values()) / CUSTOMERS < 0.08


@pytest.mark.parametrize(
    ("customers", "months", "seed", "until", "share"),
    [
        (0, 6, 1, UNTIL, 0.0),
        (10, 0, 1, UNTIL, 0.0),
        (10, 6, -1, UNTIL, 0.0),
        (10, 6, 1, date(2026, 11, 2), 0.0),
        (10, 6, 1, UNTIL, 0.9),
    ],
)
def test_numbers_out_of_range_are_refused(
    tmp_path: Path, customers: int, months: int, seed: int, until: date, share: float
) -> None:
    with pytest.raises(Refused):
        simulate(customers, months, seed, tmp_path / "out", until, dirt=share)
    assert not (tmp_path / "out").exists()


def test_the_register_is_read_before_and_after(operator: Operator) -> None:
    before, after = operator.rows("customers_202604.csv"), operator.rows("customers_202610.csv")
    assert {row["资料日期"] for row in before} == {"20260430"}
    again = {row["客户编号"]: row for row in after if row["资料日期"] == "20261031"}
    joined = [row for row in after if row["资料日期"] != "20261031" and row["资料日期"] == row["入网时间"]]
    assert 0.02 * CUSTOMERS < len(joined) < 0.2 * CUSTOMERS
    assert 0.85 * CUSTOMERS < len(again) < 0.99 * CUSTOMERS  # some have left
    same = [row for row in before if row["客户编号"] and row["客户编号"] in again]
    changed = np.mean([row["主套餐"] != again[row["客户编号"]]["主套餐"] for row in same])
    assert 0 < changed < 0.1
    assert np.mean([row["姓名"] == again[row["客户编号"]]["姓名"] for row in same]) == 1


def test_nobody_holds_a_product_longer_than_a_line(operator: Operator) -> None:
    last = {row["客户编号"] for row in operator.rows("customers_202610.csv") if row["资料日期"] == "20261031"}
    open_ended = {row["客户编号"] for row in operator.rows("subscriptions.csv") if not row["失效日期"]}
    assert len(open_ended - last - {""}) < 0.02 * CUSTOMERS  # those whose row of the register is dirt


def test_there_are_thirty_rows_for_a_customer(operator: Operator) -> None:
    assert 30 <= operator.result.rows_per_customer < 45
    assert operator.result.peak_memory_mb > 0
