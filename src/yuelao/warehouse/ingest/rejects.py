"""The rows set aside by a load: kept in the engine while it runs, then written to one file a table."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from yuelao.warehouse.engine import literal
from yuelao.warehouse.ingest.rows import Reject

COLUMNS = ("source", "line", "field", "value", "reason")
_FETCH = 10_000


class Rejects:
    """The rejected rows of one load."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(
            'CREATE TEMP TABLE rejects ("table" VARCHAR, source VARCHAR, line BIGINT, field VARCHAR, value VARCHAR, '
            "reason VARCHAR)"
        )

    def add(self, table: str, source: str, sql: str) -> None:
        """Add the rows of `sql`: line, field, value, reason."""
        self._connection.execute(f"INSERT INTO rejects SELECT {literal(table)}, {literal(source)}, * FROM ({sql})")

    def add_unreadable(self, table: str, source: str, rejects: Sequence[Reject]) -> None:
        """Add lines that could not even be read."""
        if rejects:
            rows = pa.Table.from_pylist([vars(reject) for reject in rejects])
            self._connection.register("unreadable", rows)
            self.add(table, source, "SELECT line, field, value, reason FROM unreadable")
            self._connection.unregister("unreadable")

    def count(self, table: str) -> int:
        """How many rows of `table` were set aside."""
        row = self._connection.execute('SELECT count(*) FROM rejects WHERE "table" = ?', [table]).fetchone()
        return int(row[0]) if row else 0

    def write(self, table: str, folder: Path) -> Path | None:
        """Write the rejects of `table` as CSV that Excel opens; None when there are none.

        The name is made of the content, so that the same rejects of a repeated load are the same file.
        """
        found = self._connection.execute(
            f'SELECT {", ".join(COLUMNS)} FROM rejects WHERE "table" = ? ORDER BY source, line, field', [table]
        )
        rows = found.fetchmany(_FETCH)
        if not rows:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{table}.part"
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            while rows:
                writer.writerows(rows)
                rows = found.fetchmany(_FETCH)
        with draft.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()[:12]
        return draft.rename(folder / f"{table}-{digest}.csv")
