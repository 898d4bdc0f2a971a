"""Merging new rows of one contract table into the lake: what is new, what changed, and the files that say so.

Only the partitions that change are written again. Columns that the new rows do not bring keep their value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from yuelao.warehouse.contract import Field, Table
from yuelao.warehouse.engine import literal, quoted
from yuelao.warehouse.manifest import Part, new_file, settle

ONE_PART = "all"
"""The partition of a table that is not cut."""


@dataclass(frozen=True)
class TableLoad:
    """What became of the rows of one table: read = accepted + rejected + unchanged."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    unchanged: int = 0
    rejects_file: str | None = None


@dataclass(frozen=True)
class Merged:
    """Rows that were new or changed, and the parts the table has after it."""

    accepted: int
    parts: dict[str, Part]


def select_rows(root: Path, fields: Sequence[Field], parts: Sequence[Part]) -> str:
    """SQL of the rows in `parts`, with exactly the `fields`, typed; null where an older file lacks one."""
    columns = ", ".join(f"NULL::{field.sql_type} AS {quoted(field.name)}" for field in fields)
    empty = f"SELECT {columns} WHERE false"
    if not parts:
        return empty
    files = ", ".join(literal(str(root / part.file)) for part in parts)
    return f"{empty} UNION ALL BY NAME SELECT * FROM read_parquet([{files}], union_by_name = true)"


def merge(
    connection: DuckDBPyConnection,
    root: Path,
    table: Table,
    fields: Mapping[str, Field],
    staged: str,
    parts: Mapping[str, Part],
) -> Merged:
    """Merge the rows of the engine's table `staged` into `parts` of the lake at `root`.

    `staged` has unique keys and some of the `fields` (the contract's and the extra ones). Writes files, but publishes
    nothing: that is the caller's step.
    """
    job = _Merge(connection, root, table, fields, staged, dict(parts))
    job.compare()
    if job.accepted:
        job.write()
    return Merged(job.accepted, job.parts)


class _Merge:
    """One merge under way, with its two tables in the engine: `existing` (touched partitions) and `changed`."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        root: Path,
        table: Table,
        fields: Mapping[str, Field],
        staged: str,
        parts: dict[str, Part],
    ) -> None:
        self.connection, self.root, self.table, self.fields = connection, root, table, fields
        self.staged, self.parts, self.accepted = staged, parts, 0
        self.brought = {row[0] for row in connection.execute(f"DESCRIBE {staged}").fetchall()} & set(fields)
        self.key = ", ".join(quoted(name) for name in table.key)

    def compare(self) -> None:
        """Make `changed`: whole new rows, with the partition each had (`_was`) and will have (`_part`)."""
        touched = [self.parts[name] for name in self._touched() if name in self.parts]
        existing = select_rows(self.root, list(self.fields.values()), touched)
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW existing AS {existing}")
        whole = ", ".join(f"{'s' if name in self.brought else 'e'}.{quoted(name)}" for name in self.fields)
        same = " AND ".join(
            f"s.{quoted(name)} IS NOT DISTINCT FROM e.{quoted(name)}" for name in self.fields if name in self.brought
        )
        matched = " AND ".join(f"s.{quoted(name)} = e.{quoted(name)}" for name in self.table.key)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE changed AS SELECT {whole}, {self._part_of('s')} AS _part, "
            f"{self._part_of('e')} AS _was FROM {self.staged} s LEFT JOIN existing e ON {matched} "
            f"WHERE e.{quoted(self.table.key[0])} IS NULL OR NOT ({same})"
        )
        self.accepted = self._one("SELECT count(*) FROM changed")

    def write(self) -> None:
        """Write every partition that lost or gained a row, and note its new part."""
        names = self._column("SELECT DISTINCT unnest([_part, _was]) AS part FROM changed ORDER BY part")
        for name in names:
            columns = ", ".join(quoted(field) for field in self.fields)
            rows = (
                f"SELECT {columns} FROM existing e ANTI JOIN changed USING ({self.key}) "
                f"WHERE {self._part_of('e')} = {literal(name)} "
                f"UNION ALL SELECT {columns} FROM changed WHERE _part = {literal(name)} ORDER BY {self.key}"
            )
            file = new_file(self.root, self.table.name, name)
            target = literal(str(self.root / file))
            count = self._one(f"COPY ({rows}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            settle(self.root, file)
            if count:
                self.parts[name] = Part(file, count)
            else:
                self.parts.pop(name, None)

    def _touched(self) -> list[str]:
        """Partitions that may hold rows with the keys of the new ones."""
        names = set(self._column(f"SELECT DISTINCT {self._part_of('s')} FROM {self.staged} s"))
        if self.table.partition and self.table.partition not in self.table.key:  # a row may move to another month
            everything = select_rows(self.root, list(self.fields.values()), list(self.parts.values()))
            names.update(
                self._column(
                    f"SELECT DISTINCT {self._part_of('e')} FROM ({everything}) e SEMI JOIN {self.staged} "
                    f"USING ({self.key})"
                )
            )
        return sorted(names)

    def _part_of(self, alias: str) -> str:
        if self.table.partition is None:
            return f"CASE WHEN {alias}.{quoted(self.table.key[0])} IS NOT NULL THEN '{ONE_PART}' END"
        return f"strftime({alias}.{quoted(self.table.partition)}, '%Y-%m')"

    def _one(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def _column(self, sql: str) -> list[str]:
        return [row[0] for row in self.connection.execute(sql).fetchall() if row[0] is not None]
