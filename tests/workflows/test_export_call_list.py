"""The call list as a file: the assigned, best first, with masked numbers, safe to open in a spreadsheet."""

import csv
from contextlib import closing
from itertools import pairwise

import pytest
from openpyxl import load_workbook

from tests.workflows.office import plan
from tests.world import CAMPAIGN
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.operations import audit, customers
from yuelao.workflows.export_call_list import COLUMNS, export_call_list


def test_the_list_holds_the_assigned_best_first(matched, tmp_path):
    done = export_call_list(matched, CAMPAIGN, tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == done.rows > 0
    assert list(rows[0]) == list(COLUMNS)
    assert [int(row["rank"]) for row in rows] == list(range(1, done.rows + 1))
    assert all(float(better["value"]) >= float(worse["value"]) for better, worse in pairwise(rows))
    assert all(row["customer"].startswith("KH") and row["team"] in ("north", "south") for row in rows)
    assert all("****" in row["phone"] for row in rows if row["phone"])
    with matched.database.transaction(read_only=True) as session:
        entry = audit.trail(session, CAMPAIGN)[0]
    assert (entry.action, entry.detail["rows"]) == ("call_list.export", done.rows)


def test_excel_gets_the_same_list(matched, tmp_path):
    export_call_list(matched, CAMPAIGN, tmp_path / "list.csv")
    export_call_list(matched, CAMPAIGN, tmp_path / "list.XLSX")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        [header, *rows] = csv.reader(stream)
    with closing(load_workbook(tmp_path / "list.XLSX")) as book:
        [top, *lines] = book.worksheets[0].iter_rows(values_only=True)
    assert list(top) == header
    assert [line[header.index("customer")] for line in lines] == [row[header.index("customer")] for row in rows]


def test_a_name_that_looks_like_a_formula_is_text(office, tmp_path):
    plan(office, 1)
    with office.database.transaction() as session, office.lake.snapshot() as snapshot:
        name = snapshot.dataset("decisions", "run-1").to_pyarrow()["customer_id"][0].as_py()
        [person] = customers.identities(session, [name])
        row = {**person.model_dump(include={"customer_id", "source_id", "person_id", "city"}), "phone": None}
        customers.save_identities(session, [{**row, "name": "=1+1"}])
    for file in ("list.csv", "list.xlsx"):
        assert export_call_list(office, CAMPAIGN, tmp_path / file).rows == 1
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        [written] = csv.DictReader(stream)
    assert written["name"] == "'=1+1"
    with closing(load_workbook(tmp_path / "list.xlsx")) as book:
        cell = book.worksheets[0].cell(2, 3)
        assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("name", ["list.pdf", "list"])
def test_other_kinds_of_file_are_refused(office, tmp_path, name):
    with pytest.raises(Refused) as refusal:
        export_call_list(office, CAMPAIGN, tmp_path / name)
    assert ".xlsx" in refusal.value.hint


@pytest.mark.parametrize("name", ["missing/list.csv", "missing/list.xlsx"])
def test_a_folder_that_is_not_there_is_named(office, tmp_path, name):
    plan(office, 1)
    with pytest.raises(Refused, match="cannot be written") as refusal:
        export_call_list(office, CAMPAIGN, tmp_path / name)
    assert refusal.value.where == str(tmp_path / name)


def test_without_a_match_there_is_no_list(office, tmp_path):
    with pytest.raises(Conflict, match="has no match"):
        export_call_list(office, CAMPAIGN, tmp_path / "list.csv")
    with pytest.raises(NotFound):
        export_call_list(office, "nobody", tmp_path / "list.csv")
    assert not list(tmp_path.glob("list*"))
