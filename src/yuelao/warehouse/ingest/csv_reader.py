"""Reads CSV files of any size as a stream of blocks: decoding, line limit, quotes and the number of values checked."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from yuelao.common.errors import Refused
from yuelao.warehouse.expressions import SOURCE_LINE
from yuelao.warehouse.ingest.csv_records import Records, RecordSplitter, count_reject
from yuelao.warehouse.ingest.rows import Batch, Reject
from yuelao.warehouse.mapping import TableMapping

_BLOCK = 8 * 1024 * 1024


class CsvReader:
    """A CSV file whose first line names its columns. No line longer than `max_line_bytes` is ever held whole."""

    def __init__(self, path: Path, reading: TableMapping, max_line_bytes: int, block_bytes: int = _BLOCK) -> None:
        self._path, self._reading, self._limit = path, reading, max_line_bytes
        self._block = block_bytes
        with path.open("rb") as stream:
            self.names, self._body = self._header(stream)
        self._splitter = (
            RecordSplitter(reading.separator, reading.quote, len(self.names), max_line_bytes) if reading.quote else None
        )

    def batches(self, wanted: Sequence[int]) -> Iterator[Batch]:
        """The rows after the header."""
        with self._path.open("rb") as stream:
            stream.seek(self._body)
            line, left = 2, b""
            for block, last, skipped in self._blocks(stream):
                data = left + block
                rows, rejects, left = self._parse(data, line, last or skipped, wanted)
                line += data.count(b"\n") - left.count(b"\n")
                if skipped:
                    rejects.append(self._too_long(line))
                    line += 1
                yield Batch(rows, rejects, stream.tell())

    def _header(self, stream: BinaryIO) -> tuple[list[str], int]:
        first = stream.readline(self._limit + 1)
        if not first:
            raise Refused("The file is empty", where=str(self._path), hint="Export it again, with its header line")
        if len(first) > self._limit:
            hint = "Is it a CSV file? Else raise `max_line_bytes` in yuelao.toml"
            raise Refused(f"The first line is longer than {self._limit} bytes", where=str(self._path), hint=hint)
        text = self._decode(first, 1).lstrip("\ufeff").rstrip("\r\n")
        if "\0" in text:
            raise Refused("The file is not text", where=str(self._path), hint="Export it as CSV, XLSX or Parquet")
        if not text.strip():
            hint = "The first line must name the columns"
            raise Refused("The first line is empty", where=f"{self._path}, line 1", hint=hint)
        options: dict[str, Any] = {"delimiter": self._reading.separator, "strict": True}
        options |= {"quotechar": self._reading.quote} if self._reading.quote else {"quoting": csv.QUOTE_NONE}
        try:
            names = next(csv.reader([text], **options))
        except csv.Error as error:
            hint = "The first line must name the columns, each on this line"
            raise Refused("The header has broken quotes", where=f"{self._path}, line 1", hint=hint) from error
        return [name.strip() for name in names], stream.tell()

    def _blocks(self, stream: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
        """Blocks of whole lines; whether it is the last; whether a line too long was skipped after it."""
        tail = b""
        while True:
            data = stream.read(self._block)
            block, newline, rest = (tail + data).rpartition(b"\n")
            if not data:
                yield tail, True, False
                return
            tail = rest
            if len(tail) > self._limit:
                self._skip_line(stream)
                tail = b""
                yield block + newline, False, True
            else:
                yield block + newline, False, False

    def _skip_line(self, stream: BinaryIO) -> None:
        while (piece := stream.readline(self._block)) and not piece.endswith(b"\n"):
            pass

    def _parse(
        self, data: bytes, first: int, last: bool, wanted: Sequence[int]
    ) -> tuple[pa.Table, list[Reject], bytes]:
        """Rows of `data` (whole lines), its rejects, and the bytes that the next block must finish."""
        if data and not data.endswith(b"\n"):
            data += b"\n"
        quote = self._reading.quote.encode()
        text = self._decode(data, first)
        odd = (quote and quote in data) or b"\0" in data or "\r" in text.replace("\r\n", "\n")
        if not odd and (whole := self._plain(data, text.encode(), first, wanted)) is not None:
            return whole, [], b""
        return self._careful(data, text, first, last, wanted)

    def _plain(self, data: bytes, text: bytes, first: int, wanted: Sequence[int]) -> pa.Table | None:
        """The rows of a block in which every line is short enough and has the right number of values; else None."""
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
        if not len(ends):
            return self._table(b"", np.empty(0, np.int64), wanted)
        lengths = np.diff(ends, prepend=-1) - 1
        symbols = np.frombuffer(text, np.uint8)
        separators = np.flatnonzero(symbols == ord(self._reading.separator))
        counts = np.diff(np.searchsorted(separators, np.flatnonzero(symbols == ord("\n"))), prepend=0)
        if lengths.max() > self._limit or lengths.min() < 2 or (counts != len(self.names) - 1).any():
            return None
        return self._table(text, np.arange(first, first + len(ends)), wanted)

    def _careful(
        self, data: bytes, text: str, first: int, last: bool, wanted: Sequence[int]
    ) -> tuple[pa.Table, list[Reject], bytes]:
        """The rows of a block line by line: what is broken is set aside."""
        raw, lines = data.split(b"\n")[:-1], text.split("\n")[:-1]
        rejects = []
        for at, line in enumerate(lines):
            lines[at] = line.rstrip("\r").replace("\r", " ")
            if len(raw[at]) > self._limit:
                rejects.append(self._too_long(first + at))
            elif "\0" in line:
                rejects.append(Reject(first + at, "", "", "a NUL character"))
            else:
                continue
            lines[at] = ""
        found = self._splitter.split(lines, first, last) if self._splitter else self._unquoted(lines, first)
        rejects = [reject for reject in rejects if reject.line < first + found.used] + found.broken
        rest = b"".join(line + b"\n" for line in raw[found.used :])
        whole = "".join(f"{record}\n" for record in found.texts).encode()
        return self._table(whole, np.array(found.lines, np.int64), wanted), rejects, rest

    def _unquoted(self, lines: Sequence[str], first: int) -> Records:
        """The records of lines in which a quote is a character like any other."""
        found, width = Records(used=len(lines)), len(self.names)
        for at, line in enumerate(lines, first):
            count = line.count(self._reading.separator) + 1
            if count == width and line.strip(" "):
                found.texts.append(line)
                found.lines.append(at)
            elif line.strip(" "):
                found.broken.append(count_reject(at, count, width))
        return found

    def _table(self, text: bytes, lines: "np.ndarray[Any, Any]", wanted: Sequence[int]) -> pa.Table:
        names = [f"c{index}" for index in range(len(self.names))]
        columns = [names[index] for index in wanted]
        numbers = pa.array(lines, pa.int64())
        if not len(numbers):
            return pa.table({SOURCE_LINE: numbers, **{name: pa.array([], pa.string()) for name in columns}})
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
            arrow_csv.ParseOptions(
                delimiter=self._reading.separator,
                quote_char=self._reading.quote or False,
                double_quote=True,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), include_columns=columns, strings_can_be_null=False
            ),
        )
        return table.add_column(0, SOURCE_LINE, numbers)

    def _too_long(self, line: int) -> Reject:
        return Reject(line, "", "", f"longer than {self._limit} bytes (`max_line_bytes` in yuelao.toml)")

    def _decode(self, data: bytes, first: int) -> str:
        try:
            return data.decode(self._reading.encoding)
        except UnicodeDecodeError as error:
            line = first + data.count(b"\n", 0, error.start)
            raise Refused(
                f"The file is not {self._reading.encoding.upper()}",
                where=f"{self._path}, line {line}",
                hint=_encoding_hint(data),
            ) from error


def _encoding_hint(data: bytes) -> str:
    """What to do about bytes that are not in the encoding said."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "It is UTF-16: save it as UTF-8"
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return f"Say `encoding: {encoding}` in the mapping"
    return "Repair the line, or export the file again"
