"""A load: every file of a mapping read, checked, merged and made ready; then published at once, or not at all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from yuelao.common.errors import Refused, Unavailable
from yuelao.common.progress import Progress, silent
from yuelao.warehouse.duck import select_rows
from yuelao.warehouse.ingest.files import column_places, find_files, open_file
from yuelao.warehouse.ingest.judging import accepted_sql, judging_sql, rejects_sql
from yuelao.warehouse.ingest.rejects import Rejects
from yuelao.warehouse.ingest.rows import Reader
from yuelao.warehouse.ingest.staging import Group, group_sources
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.manifest import Stored, read_manifest
from yuelao.warehouse.mapping import Mapping, TableSource, read_mapping
from yuelao.warehouse.merge import TableLoad, merge
from yuelao.warehouse.snapshot import extra_fields

_IDENTITY_ROWS = 20_000
_SHARE_ROWS = 16_384


@contextmanager
def stage(
    mapping_path: Path,
    lake: Lake,
    *,
    secret: str,
    today: date,
    max_line_bytes: int = 1_048_576,
    progress: Progress = silent,
) -> Iterator["StagedLoad"]:
    """Read and check all that the mapping names, without changing what the lake shows.

    Refused (nothing is loaded) for a wrong mapping or a file that as a whole is not what the mapping says; Conflict
    while another load runs. Rows that are wrong are set aside. Progress is told in bytes of each file.
    """
    mapping = read_mapping(mapping_path)
    with lake.loading():
        backend = lake.connect()
        try:
            backend.con.execute("SET VARIABLE pseudonym_key = ?", [secret])
            load = StagedLoad(mapping, lake, backend.con, mapping.today or today)
            try:
                load.make_ready(max_line_bytes, progress)
                yield load
            finally:
                load.discard()
        finally:
            backend.disconnect()


class StagedLoad:
    """Rows that are read, checked and written to files, but that no reader sees before `publish`."""

    def __init__(self, mapping: Mapping, lake: Lake, connection: DuckDBPyConnection, today: date) -> None:
        self._mapping, self._lake, self._connection, self._today = mapping, lake, connection, today
        self._groups = group_sources(connection, mapping.tables)
        self._rejects = Rejects(connection)
        self._read: Counter[str] = Counter()
        self._accepted: Counter[str] = Counter()
        self._before = self._after = read_manifest(lake.root)

    def make_ready(self, max_line_bytes: int, progress: Progress) -> None:
        """Read and check every file, and write what is new; Unavailable when memory or disk do not suffice."""
        try:
            self._read_all(max_line_bytes, progress)
            self._merge()
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            said = str(error).splitlines()[0]
            hint = "Free memory or disk, or set `memory_limit` in yuelao.toml, and load again"
            raise Unavailable(f"The load ran out of room: {said}", where=str(self._lake.root), hint=hint) from error

    def _read_all(self, max_line_bytes: int, progress: Progress) -> None:
        """Bring the rows of every file into the engine, each in its group or among the rejects."""
        for group in self._groups:
            self._note_extras(group)
            for source in group.sources:
                for file in find_files(self._mapping, source):
                    self._read_file(group, source, open_file(file, source, max_line_bytes), file, progress)
            group.set_repeated_aside(self._rejects)

    def _note_extras(self, group: Group) -> None:
        extras = group.extras()
        for name, extra in extras.items():
            before = self._after.extras.get(name, extra)
            if before["type"] != extra["type"]:
                hint = "Give the attribute another name, or the type it had"
                said = f"The attribute {name} was loaded as {before['type']}, not as {extra['type']}"
                raise Refused(said, where=group.sources[0].where, hint=hint)
        self._after = replace(self._after, extras={**self._after.extras, **extras})

    def _read_file(self, group: Group, source: TableSource, reader: Reader, file: Path, progress: Progress) -> None:
        table, number, size = group.table.name, group.add_file(file.name), file.stat().st_size
        places = column_places(reader, file, source)
        judging = judging_sql(source, places, self._today)
        for batch in reader.batches(sorted(set(places.values()))):
            shares = batch.rows.to_batches(max_chunksize=_SHARE_ROWS)  # so that all cores take part
            self._connection.register("batch", pa.Table.from_batches(shares, batch.rows.schema))
            self._read[table] += self._judge(judging, source) + len(batch.unreadable)
            self._connection.unregister("batch")
            group.add(accepted_sql(source, number))
            self._rejects.add(table, file.name, rejects_sql(source, self._today))
            self._rejects.add_unreadable(table, file.name, batch.unreadable)
            progress(f"{table}: {file.name}", batch.done, size)

    def _judge(self, judging: str, source: TableSource) -> int:
        """Make `judged` of `batch`; its rows."""
        try:
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {judging}")
        except (duckdb.BinderException, duckdb.InvalidInputException, duckdb.ConversionException) as error:
            said = str(error).splitlines()[0]
            hint = "Correct the expression or the format"
            raise Refused(f"A part of the mapping cannot be computed: {said}", where=source.where, hint=hint) from error
        counted = self._connection.execute("SELECT count(*) FROM judged").fetchone()
        return int(counted[0]) if counted else 0

    def _merge(self) -> None:
        """Write what is new into files that nobody reads yet."""
        for group in self._groups:
            table = group.table
            fields = {**table.lake_fields, **(extra_fields(self._after) if table.name == "customers" else {})}
            before = self._after.tables.get(table.name, Stored({}, "", ""))
            merged = merge(self._connection, self._lake.root, table, fields, group.name, before.parts)
            self._accepted[table.name] += merged.accepted
            if merged.accepted:
                stored = before.loaded(merged.parts, merged.change)
                self._after = self._after.with_table(table.name, stored, self._after.extras)

    def identities(self) -> Iterator[pa.RecordBatch]:
        """Who the accepted and unchanged customers are, in batches: customer_id (a pseudonym), source_id, and of
        person_id (a pseudonym), name, phone, city those columns that the entry of the mapping brings.

        A customer of several entries comes several times; the later one tells more, or anew. Of several registers the
        newest speaks, and none does that is older than what the lake holds.
        """
        stored = self._after.tables.get("customers")
        files = [self._lake.root / part.file for part in stored.parts.values()] if stored else []
        for group in self._groups:
            if group.table.name == "customers":
                customers = select_rows(list(group.table.lake_fields.values()), files)
                found = self._connection.cursor().execute(group.identities_sql(customers))
                yield from found.to_arrow_reader(_IDENTITY_ROWS)

    def publish(self) -> dict[str, TableLoad]:
        """Show the load to all readers, at once; what became of the rows of each table."""
        done, changed = {}, {}
        for name in dict.fromkeys(group.table.name for group in self._groups):
            file = self._rejects.write(name, self._lake.root / "rejects")
            done[name] = self._result(name, file)
            stored = self._after.tables.get(name)
            if stored is not None and stored != self._before.tables.get(name):
                changed[name] = replace(stored, rejects=f"rejects/{file.name}" if file else "")
        extras = self._after.extras
        if changed or extras != self._before.extras:
            self._lake.change(lambda now: replace(now, tables={**now.tables, **changed}, extras=extras))
        return done

    def _result(self, name: str, rejects_file: Path | None) -> TableLoad:
        read, accepted, rejected = self._read[name], self._accepted[name], self._rejects.count(name)
        return TableLoad(read, accepted, rejected, read - accepted - rejected, str(rejects_file or "") or None)

    def discard(self) -> None:
        """Remove the files written, unless they are published; what was there before is the lake's to drop."""
        for file in self._after.files - self._before.files - read_manifest(self._lake.root).files:
            (self._lake.root / file).unlink(missing_ok=True)
