"""Reads one sheet of an Excel workbook, row by row; its first row names the columns."""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from yuelao.common.errors import Refused, nearest
from yuelao.warehouse.ingest.rows import Batch, text_rows
from yuelao.warehouse.mapping import TableMapping

_ROWS = 10_000


class ExcelReader:
    """A sheet of a workbook: the one the mapping names, else the first."""

    def __init__(self, path: Path, reading: TableMapping) -> None:
        self._path, self._size = path, path.stat().st_size
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that hold no values
                workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError) as error:
            hint = "Save it again as .xlsx"
            raise Refused("The file is not an Excel workbook", where=str(path), hint=hint) from error
        if reading.sheet and reading.sheet not in workbook.sheetnames:
            hint = nearest(reading.sheet, workbook.sheetnames)
            raise Refused(f"The workbook has no sheet {reading.sheet!r}", where=str(path), hint=hint)
        self._workbook = workbook
        self._sheet = workbook[reading.sheet] if reading.sheet else workbook.worksheets[0]
        self._rows = enumerate(self._sheet.iter_rows(values_only=True), 1)
        first = next(self._rows, (1, ()))[1]
        if not any(cell is not None for cell in first):
            hint = "The first row must name the columns"
            raise Refused(f"The sheet {self._sheet.title!r} is empty", where=str(path), hint=hint)
        self.names = ["" if cell is None else str(cell).strip() for cell in first]

    def batches(self, wanted: Sequence[int]) -> Iterator[Batch]:
        """The rows under the header that have any value; `source_line` is the row of the sheet."""
        lines: list[int] = []
        columns: dict[int, list[str | None]] = {index: [] for index in wanted}
        for line, row in self._rows:
            if all(cell is None for cell in row):
                continue
            lines.append(line)
            for index, values in columns.items():
                values.append(_text(row[index]) if index < len(row) else None)
            if len(lines) == _ROWS:
                yield Batch(text_rows(lines, columns))
                lines, columns = [], {index: [] for index in wanted}
        self._workbook.close()
        yield Batch(text_rows(lines, columns), done=self._size)


def _text(value: Any) -> str | None:
    """A cell as the text a CSV file would have."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps 13800000000 as a float
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
