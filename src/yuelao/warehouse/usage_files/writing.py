"""Writes a result of a rehearsal as CSV, Parquet or Excel, by the file's ending; whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

import ibis.expr.types as ir
import xlsxwriter
from ibis.backends.duckdb import Backend

from yuelao.common.errors import NotFound, Refused
from yuelao.warehouse.engine import literal

_FORMATS = {".csv": "FORMAT csv, HEADER true", ".parquet": "FORMAT parquet, COMPRESSION zstd"}
_EXCEL_ROWS = 1_048_575
_FETCH = 10_000


def check_out(out: Path, inputs: Sequence[Path]) -> None:
    """Refused where the result could not be written: an unknown ending, no such folder, or one of the inputs."""
    if out.suffix.lower() not in (*_FORMATS, ".xlsx"):
        raise Refused(f"The format of {out.name} is not known", where="--out", hint="End it in .csv, .xlsx or .parquet")
    if not out.parent.is_dir():
        raise NotFound("There is no such folder", where=str(out.parent), hint="Make it first")
    if out.is_dir() or any(out.resolve() == path.resolve() for path in inputs):
        raise Refused("The result would overwrite what is there", where=str(out), hint="Give it another name")


def write_rows(backend: Backend, table: ir.Table, out: Path) -> None:
    """Write all rows; Refused for Excel where they are more than a sheet holds."""
    draft = out.with_name(f".{out.name}.part")
    try:
        if out.suffix.lower() == ".xlsx":
            _write_excel(backend, table, draft)
        else:
            written = f"({backend.compile(table)}) TO {literal(str(draft))} ({_FORMATS[out.suffix.lower()]})"
            backend.con.execute(f"COPY {written}")
        draft.rename(out)
    finally:
        draft.unlink(missing_ok=True)


def write_rejects(backend: Backend, out: Path) -> Path:
    """Write the rows set aside beside the result: file, line, field, value, reason."""
    rejects = out.with_name(f"{out.stem}.rejects.csv")
    found = 'SELECT source AS file, line, field AS "column", value, reason FROM rejects ORDER BY file, line, field'
    backend.con.execute(f"COPY ({found}) TO {literal(str(rejects))} (FORMAT csv, HEADER true)")
    return rejects


def _write_excel(backend: Backend, table: ir.Table, draft: Path) -> None:
    select = backend.compile(table)
    counted = backend.con.execute(f"SELECT count(*) FROM ({select})").fetchone()
    if counted and counted[0] > _EXCEL_ROWS:
        raise Refused(f"{counted[0]:,} rows are more than an Excel sheet holds", hint="Write .csv or .parquet")
    with xlsxwriter.Workbook(draft, {"constant_memory": True}) as book:
        sheet, money = book.add_worksheet("bills"), book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, table.columns)
        found, line = backend.con.execute(select), 1
        while batch := found.fetchmany(_FETCH):
            for *texts, amount in batch:
                for place, text in enumerate(texts):
                    sheet.write_string(line, place, text)  # a text that begins with = is no formula
                sheet.write_number(line, len(texts), float(amount), money)
                line += 1
