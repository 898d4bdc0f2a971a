"""Export a call list: the assigned customers of a campaign's newest match, best first, as CSV or Excel."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.common.errors import Conflict, Refused
from yuelao.operations import audit, campaigns, customers
from yuelao.operations import decisions as runs
from yuelao.workflows.house import House

COLUMNS = ("rank", "customer", "name", "phone", "product", "team", "value", "response", "reach")


class CallList(BaseModel):
    """The file written and the number of customers on it."""

    model_config = ConfigDict(frozen=True)

    file: str
    run: str
    rows: int


def export_call_list(house: House, campaign: str, out: Path, by: str = "cli") -> CallList:
    """Write the list to `out` (.csv, UTF-8 with a mark so that Excel reads Chinese, or .xlsx); numbers are masked."""
    check_ending(out)
    with house.database.transaction() as session:
        run = runs.newest(session, campaigns.get(session, campaign).name)
        if run is None:
            raise Conflict(
                f"Campaign {campaign} has no match", where=f"campaign {campaign}", hint="Run `yuelao match` first"
            )
        with house.lake.snapshot() as snapshot:
            table = snapshot.dataset("decisions", run.run)
            assigned = table.filter(table.decision == ASSIGNED).order_by([table.value.desc(), table.customer_id])
            rows = assigned.to_pyarrow().to_pylist()
        people = {p.customer_id: p for p in customers.identities(session, [row["customer_id"] for row in rows])}
        audit.record(session, by, "call_list.export", campaign, {"run": run.run, "rows": len(rows)}, house.now())
    write_table(out, COLUMNS, [_line(rank, row, people[row["customer_id"]]) for rank, row in enumerate(rows, start=1)])
    return CallList(file=str(out), run=run.run, rows=len(rows))


def check_ending(out: Path) -> None:
    """Refused unless a table can be written to a file of this name."""
    if out.suffix.lower() not in _WRITERS:
        raise Refused(
            f"A list cannot be a {out.suffix or 'file without ending'}", where=str(out), hint="Use .csv or .xlsx"
        )


def write_table(out: Path, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write a heading and lines to `out` (.csv, UTF-8 with a mark so that Excel reads Chinese, or .xlsx)."""
    check_ending(out)
    try:
        _WRITERS[out.suffix.lower()](out, columns, lines)
    except OSError as error:
        hint = "Choose a file in a folder that is there"
        raise Refused(f"The list cannot be written: {error.strerror}", where=str(out), hint=hint) from error


def _line(rank: int, row: Mapping[str, Any], person: customers.Identity) -> list[Any]:
    return [
        rank,
        person.source_id,
        person.name or "",
        person.masked_phone or "",
        row["product"],
        row["team"],
        round(row["value"], 2),
        round(row["response"], 4),
        round(row["reach"], 4),
    ]


def _write_csv(out: Path, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([_harmless(cell) for cell in line] for line in lines)


def _write_xlsx(out: Path, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    options = {"strings_to_formulas": False, "constant_memory": True}
    with out.open("wb") as stream, xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet("list")
        for number, line in enumerate(chain([columns], lines)):
            sheet.write_row(number, 0, line)
        sheet.freeze_panes(1, 0)


_WRITERS: Mapping[str, Callable[[Path, Sequence[str], Iterable[Sequence[Any]]], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is written as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell else cell
