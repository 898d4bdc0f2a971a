"""Merging new rows of one contract table into the lake: what is new, what changed, and the files that say so.

Only the partitions that change are written again. Columns that the new rows do not bring keep their value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from yuelao.common.ids import new_id
from yuelao.warehouse.contract import Field, Table
from yuelao.warehouse.duck import copy_sql, select_rows
from yuelao.warehouse.engine import literal, quoted
from yuelao.warehouse.manifest import Change, Part, new_file, settle
from yuelao.warehouse.tables import KEY

ONE_PART = "all"
"""The partition of a table that is not cut."""
UNDATED = "undated"
"""The partition of the rows of a register that lack its day."""
_EARLIEST = "DATE '0001-01-01'"
_NAMED_SHARE = 0.5  # a load of more rows touches so many customers that naming them saves nothing, as of a register


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
    """Rows that were new or changed, the parts the table has after it, and whose rows these were."""

    accepted: int
    parts: dict[str, Part]
    change: Change


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
    return Merged(job.accepted, job.parts, Change(new_id(), job.customers))


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
        self.customers: Part | None = None
        self.brought = {row[0] for row in connection.execute(f"DESCRIBE {staged}").fetchall()} & set(fields)
        self.key = ", ".join(quoted(name) for name in table.key)
        self.day = table.register_day

    def compare(self) -> None:
        """Make `changed`: whole new rows, with the partition each had (`_was`) and will have (`_part`)."""
        if self.day and self.day not in self.brought:
            self._take_newest_day(self.day)
        touched = [self.parts[name] for name in self._touched() if name in self.parts]
        existing = self._rows_of(touched)
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW existing AS {existing}")
        whole = ", ".join(f"{self._value_of(name)} AS {quoted(name)}" for name in self.fields)
        same = " AND ".join(
            f"s.{quoted(name)} IS NOT DISTINCT FROM e.{quoted(name)}" for name in self.fields if name in self.brought
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE changed AS SELECT {whole}, {self._part_of('s')} AS _part, "
            f"{self._part_of('e')} AS _was FROM {self.staged} s LEFT JOIN existing e ON {self._same_key('s', 'e')} "
            f"{self._register_before()} "
            f"WHERE e.{quoted(self.table.key[0])} IS NULL OR NOT ({same})"
        )
        self.accepted = self._one("SELECT count(*) FROM changed")

    def write(self) -> None:
        """Write every partition that lost or gained a row, and note its new part and whose rows these were."""
        before = sum(part.rows for part in self.parts.values())
        if KEY in self.table.fields and not self.day and self.accepted < _NAMED_SHARE * before:
            self.customers = self._write_customers()
        names = self._column("SELECT DISTINCT unnest([_part, _was]) AS part FROM changed ORDER BY part")
        if self.table.partition and self.parts.pop(ONE_PART, None):  # the table was not cut when this was written
            names = sorted({*names, *self._column(f"SELECT DISTINCT {self._part_of('e')} FROM existing e")})
        for name in names:
            columns = ", ".join(quoted(field) for field in self.fields)
            rows = (
                f"SELECT {columns} FROM existing e ANTI JOIN changed c ON {self._same_key('c', 'e')} "
                f"WHERE {self._part_of('e')} = {literal(name)} "
                f"UNION ALL SELECT {columns} FROM changed WHERE _part = {literal(name)} ORDER BY {self._order}"
            )
            file = new_file(self.root, self.table.name, name)
            count = self._one(copy_sql(rows, self.root / file))
            settle(self.root, file)
            if count:
                self.parts[name] = Part(file, count)
            else:
                self.parts.pop(name, None)

    @property
    def _order(self) -> str:
        """By customer, then by key: see `buckets`."""
        return f"{KEY}, {self.key}" if KEY in self.table.fields else self.key

    def _write_customers(self) -> Part:
        """Write whose rows changed; a row that went from one customer to another touches both."""
        file = new_file(self.root, "changes", self.table.name)
        whose = f"SELECT {KEY} FROM changed"
        if KEY not in self.table.key:
            whose += f" UNION SELECT e.{KEY} FROM existing e SEMI JOIN changed c ON {self._same_key('c', 'e')}"
        count = self._one(copy_sql(f"SELECT DISTINCT {KEY} FROM ({whose}) ORDER BY {KEY}", self.root / file))
        settle(self.root, file)
        return Part(file, count)

    def _touched(self) -> list[str]:
        """Partitions that may hold rows with the keys of the new ones."""
        if self.day:  # what a new register does not bring is in the one before it
            return sorted(self.parts)
        names = set(self._column(f"SELECT DISTINCT {self._part_of('s')} FROM {self.staged} s"))
        if self.table.partition and self.table.partition not in self.table.key:  # a row may move to another month
            everything = self._rows_of(self.parts.values())
            names.update(
                self._column(
                    f"SELECT DISTINCT {self._part_of('e')} FROM ({everything}) e SEMI JOIN {self.staged} "
                    f"USING ({self.key})"
                )
            )
        return sorted(names)

    def _take_newest_day(self, day: str) -> None:
        """Rows that do not say of which register they are belong to the customer's newest."""
        who = ", ".join(quoted(name) for name in self.table.key if name != day)
        rows = self._rows_of(self.parts.values())
        newest = f"SELECT {who}, max({quoted(day)}) AS {quoted(day)} FROM ({rows}) GROUP BY ALL"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE dated AS SELECT s.*, n.{quoted(day)} FROM {self.staged} s "
            f"LEFT JOIN ({newest}) n USING ({who})"
        )
        self.staged, self.brought = "dated", self.brought | {day}

    @property
    def _follows_registers(self) -> bool:
        """Whether there is something that new rows do not bring and earlier registers may have."""
        return bool(self.day and self.parts and self.brought < set(self.fields))

    def _value_of(self, name: str) -> str:
        """SQL of a field of the new row: brought, else what the row had, else what the register before it has."""
        if name in self.brought:
            return f"s.{quoted(name)}"
        if not self._follows_registers:
            return f"e.{quoted(name)}"
        return f"CASE WHEN e.{quoted(self.table.key[0])} IS NULL THEN b.{quoted(name)} ELSE e.{quoted(name)} END"

    def _register_before(self) -> str:
        """SQL that joins the row `b` of the customer's newest register before the one that is brought."""
        if self.day is None or not self._follows_registers:
            return ""
        who = " AND ".join(f"s.{quoted(name)} = b.{quoted(name)}" for name in self.table.key if name != self.day)
        s, b = (f"coalesce({alias}.{quoted(self.day)}, {_EARLIEST})" for alias in "sb")
        return f"ASOF LEFT JOIN existing b ON {who} AND {s} > {b}"

    def _same_key(self, one: str, other: str) -> str:
        """SQL of whether two rows have the same key; the day of a register may be null in both."""
        return " AND ".join(
            f"{one}.{quoted(name)} {'IS NOT DISTINCT FROM' if name == self.day else '='} {other}.{quoted(name)}"
            for name in self.table.key
        )

    def _rows_of(self, parts: Iterable[Part]) -> str:
        return select_rows(list(self.fields.values()), [self.root / part.file for part in parts])

    def _part_of(self, alias: str) -> str:
        if self.table.partition is None:
            return f"CASE WHEN {alias}.{quoted(self.table.key[0])} IS NOT NULL THEN '{ONE_PART}' END"
        month = f"strftime({alias}.{quoted(self.table.partition)}, '%Y-%m')"
        if not self.day:
            return month
        return f"CASE WHEN {alias}.{quoted(self.table.key[0])} IS NOT NULL THEN coalesce({month}, '{UNDATED}') END"

    def _one(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def _column(self, sql: str) -> list[str]:
        return [row[0] for row in self.connection.execute(sql).fetchall() if row[0] is not None]
