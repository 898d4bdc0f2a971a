"""Rows on their way into the lake: the accepted rows of one table that bring the same columns, from all their files."""

from collections.abc import Iterable, Sequence

from duckdb import DuckDBPyConnection

from yuelao.warehouse.engine import literal, quoted
from yuelao.warehouse.ingest.judging import SOURCE_ID, staged_columns
from yuelao.warehouse.ingest.rejects import Rejects
from yuelao.warehouse.mapping import TableSource

_IDENTITY = ("person_id", "name", "phone", "city")


class Group:
    """Entries of a mapping for the same table with the same fields; `name` is their table in the engine."""

    def __init__(self, connection: DuckDBPyConnection, name: str, sources: Sequence[TableSource]) -> None:
        self.name, self.sources, self.table = name, tuple(sources), sources[0].table
        self.columns = staged_columns(sources[0])
        self.files: list[str] = []
        self._connection = connection
        columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in self.columns.items())
        connection.execute(f"CREATE TABLE {name} (_file INTEGER, _line BIGINT, {columns})")

    def extras(self) -> dict[str, dict[str, str]]:
        """The extra attributes of the customer that the group brings, as the manifest describes them."""
        return {
            field.field.name: {"type": field.field.type, "en": field.field.en, "zh": field.field.zh}
            for source in self.sources
            for field in source.fields
            if field.field.name in source.extras
        }

    def add_file(self, name: str) -> int:
        """Note a file; the number its rows carry."""
        self.files.append(name)
        return len(self.files) - 1

    def add(self, sql: str) -> None:
        """Add accepted rows: `_file`, `_line` and the columns."""
        self._connection.execute(f"INSERT INTO {self.name} {sql}")

    def identities_sql(self, customers: str) -> str:
        """SQL of who the customers of the group are, one row each, with what the group brings of them.

        Given the SQL of the lake's `customers` after the load: a register that is older than another says nothing anew.
        """
        source_id = f"{quoted(SOURCE_ID)} AS source_id"
        columns = ", ".join(["customer_id", source_id, *(name for name in _IDENTITY if name in self.columns)])
        day = self.table.register_day
        if day is None or day not in self.columns:
            return f"SELECT {columns} FROM {self.name}"
        newest = f"SELECT customer_id, max({quoted(day)}) AS newest FROM ({customers}) GROUP BY customer_id"
        same = f"{quoted(day)} IS NOT DISTINCT FROM newest"
        return f"SELECT {columns} FROM {self.name} JOIN ({newest}) USING (customer_id) WHERE {same}"

    def set_repeated_aside(self, rejects: Rejects) -> None:
        """Keep the first row of every key; the others are rejected where they say something else."""
        keys = [name for name in self.table.key if name in self.columns]
        key = ", ".join(quoted(name) for name in keys)
        same = " AND ".join(f"s.{quoted(name)} IS NOT DISTINCT FROM k.{quoted(name)}" for name in keys)
        values = "{" + ", ".join(f"{literal(name)}: {quoted(name)}" for name in self.columns) + "}"
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT *, {values} AS _values, "
            f"row_number() OVER same AS _number, first_value(_file) OVER same AS _first_file, "
            f"first_value(_line) OVER same AS _first_line, first_value({values}) OVER same AS _first_values "
            f"FROM {self.name} s SEMI JOIN (SELECT {key} FROM {self.name} GROUP BY {key} HAVING count(*) > 1) k "
            f"ON {same} WINDOW same AS (PARTITION BY {key} ORDER BY _file, _line)"
        )
        self._connection.execute(
            f"DELETE FROM {self.name} USING repeated r WHERE r._number > 1 "
            f"AND {self.name}._file = r._file AND {self.name}._line = r._line"
        )
        shown = quoted(SOURCE_ID) if self.table.name == "customers" else f"concat_ws(', ', {key})"
        files = f"[{', '.join(literal(name) for name in self.files)}]"
        for number, name in enumerate(self.files):
            rejects.add(
                self.table.name,
                name,
                f"SELECT _line, {literal(', '.join(keys))}, {shown}, "
                f"format('the same key as line {{}} of {{}}, with other values', _first_line, {files}[_first_file + 1])"
                f" FROM repeated WHERE _number > 1 AND _file = {number} AND _values IS DISTINCT FROM _first_values",
            )


def group_sources(connection: DuckDBPyConnection, sources: Iterable[TableSource]) -> list[Group]:
    """The entries of a mapping in groups: same table, same fields."""
    alike: dict[tuple[str, frozenset[str]], list[TableSource]] = {}
    for source in sources:
        fields = frozenset(field.field.name for field in source.fields)
        alike.setdefault((source.table.name, fields), []).append(source)
    return [Group(connection, f"staged_{number}", members) for number, members in enumerate(alike.values())]
