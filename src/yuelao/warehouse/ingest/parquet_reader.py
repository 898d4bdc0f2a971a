"""Reads Parquet files in batches of rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yuelao.common.errors import Refused
from yuelao.warehouse.expressions import SOURCE_LINE
from yuelao.warehouse.ingest.rows import Batch

_ROWS = 262_144


class ParquetReader:
    """A Parquet file; `source_line` is the number of the row, from 1."""

    def __init__(self, path: Path) -> None:
        self._size = path.stat().st_size
        try:
            self._file = pq.ParquetFile(path)
        except pa.ArrowException as error:
            hint = "Export it again"
            raise Refused("The file is not a Parquet file", where=str(path), hint=hint) from error
        self.names: list[str] = self._file.schema_arrow.names

    def batches(self, wanted: Sequence[int]) -> Iterator[Batch]:
        """The rows, with columns of whatever types the file has."""
        row, total = 1, max(self._file.metadata.num_rows, 1)
        columns = [self.names[index] for index in wanted]
        for batch in self._file.iter_batches(_ROWS, columns=columns if columns else None):
            table = pa.Table.from_batches([batch]).select(columns).rename_columns([f"c{index}" for index in wanted])
            lines = pa.array(range(row, row + batch.num_rows), pa.int64())
            row += batch.num_rows
            yield Batch(_plain(table).add_column(0, SOURCE_LINE, lines), done=self._size * (row - 1) // total)
        self._file.close()


def _plain(table: pa.Table) -> pa.Table:
    """The table with null for NaN, as data frames write it, and times in microseconds, as the lake keeps them."""
    for place, (name, kind) in enumerate(zip(table.schema.names, table.schema.types, strict=True)):
        column = table.column(place)
        if pa.types.is_floating(kind):
            table = table.set_column(place, name, pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column))
        elif pa.types.is_timestamp(kind) and kind.unit == "ns":
            table = table.set_column(place, name, column.cast(pa.timestamp("us", kind.tz), safe=False))
    return table
