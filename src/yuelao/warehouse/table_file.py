"""Reads anybody's table from one file, CSV, Excel or Parquet, for the commands that need no workspace."""

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.warehouse.expressions import SOURCE_LINE
from yuelao.warehouse.ingest.excel_reader import ExcelReader
from yuelao.warehouse.mapping import TableMapping

ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = ",;\t|"
_BLOCK = 1 << 26  # bytes from which the type of a column is told


def read_table(path: Path) -> pa.Table:
    """The whole file, by its ending Parquet, Excel (the first sheet), else CSV with a header line.

    Encoding, separator and types of a CSV file are told from it; an empty or blank value is null.

    Raises NotFound where there is none, Refused where it cannot be read.
    """
    if not path.is_file():
        raise NotFound("There is no such file", where=str(path), hint="Is the path right?")
    if path.stat().st_size == 0:
        raise Refused("The file is empty", where=str(path), hint="Give a header line and rows", code="file")
    try:
        match path.suffix.lower():
            case ".parquet" | ".pq":
                table = pyarrow.parquet.read_table(path)
            case ".xlsx":
                table = _read_excel(path)
            case _:
                table = _read_csv(path)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise Refused(
            f"The file cannot be read: {reason}", where=str(path), hint="CSV, Excel or Parquet?", code="file"
        ) from error
    names = table.column_names
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"The column {name!r} is there twice", where=str(path), code="column")
    return table


def need_columns(table: pa.Table, names: Sequence[str], path: Path) -> None:
    """Raise Refused, with the nearest names, for the first name that is no column of the file."""
    for name in names:
        if name not in table.column_names:
            hint = nearest(name, table.column_names)
            raise Refused(f"There is no column {name!r}", where=str(path), hint=hint, code="column")


def _read_csv(path: Path) -> pa.Table:
    encoding, header = _header(path)
    separator = max(SEPARATORS, key=header.count)
    return pyarrow.csv.read_csv(
        path,
        pyarrow.csv.ReadOptions(encoding="utf-8" if encoding.startswith("utf") else encoding, block_size=_BLOCK),
        pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        _convert(),
    )


def _read_excel(path: Path) -> pa.Table:
    """The cells as the CSV file would have them, so that types are told alike."""
    reader = ExcelReader(path, TableMapping(table="", files="", columns={}))
    batches = [batch.rows.drop_columns(SOURCE_LINE) for batch in reader.batches(range(len(reader.names)))]
    text = io.BytesIO()
    pyarrow.csv.write_csv(pa.concat_tables(batches).rename_columns(reader.names), text)
    return pyarrow.csv.read_csv(
        io.BytesIO(text.getvalue()),
        pyarrow.csv.ReadOptions(block_size=_BLOCK),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        _convert(),
    )


def _convert() -> pyarrow.csv.ConvertOptions:
    usual = pyarrow.csv.ConvertOptions().null_values
    return pyarrow.csv.ConvertOptions(strings_can_be_null=True, null_values=[*usual, " "])


def _header(path: Path) -> tuple[str, str]:
    """The encoding that the whole file is written in, and its first line."""
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return encoding, content.decode(encoding).partition("\n")[0]
        except UnicodeDecodeError:
            continue
    raise Refused("The file is neither UTF-8 nor GB18030", where=str(path), hint="Save it as UTF-8", code="file")
