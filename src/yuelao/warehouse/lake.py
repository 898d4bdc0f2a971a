"""The lake: the directory of Parquet files that keeps all history, and the only door to writing into it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection
from ibis.backends.duckdb import Backend

from yuelao.common.errors import Refused, nearest
from yuelao.common.settings import EngineName
from yuelao.warehouse.contract import CONTRACT, Table
from yuelao.warehouse.duck import DuckEngine, connect
from yuelao.warehouse.engine import Engine, quoted
from yuelao.warehouse.manifest import (
    Manifest,
    Part,
    Stored,
    locked,
    new_file,
    read_manifest,
    settle,
    sweep,
    write_manifest,
)
from yuelao.warehouse.merge import TableLoad, merge
from yuelao.warehouse.snapshot import Snapshot, extra_fields
from yuelao.warehouse.spark import SparkEngine

_LOAD_BUSY = "Another load is writing to this lake"
_REFRESH_BUSY = "Another refresh is running"
_MANIFEST_WAIT = 60.0
_UPSERT_WAIT = 30.0


class Lake:
    """The lake under `root`; `memory_limit` is what one engine may use ('8GB'; empty: the engine's own default).

    threads: how many cores one engine may use, 0 for all of them. engine: what computes over all customers; loading,
    and whatever somebody waits for, is DuckDB's.
    """

    def __init__(self, root: Path, memory_limit: str = "", threads: int = 0, engine: EngineName = "duckdb") -> None:
        self.root = root
        self.memory_limit = memory_limit
        self.threads = threads
        self.engine = engine

    def snapshot(self) -> Snapshot:
        """The lake as of now, to be read on this machine; what is written later does not disturb it."""
        manifest = read_manifest(self.root)
        return Snapshot(self.root, manifest, DuckEngine(self.root / "tmp", self.memory_limit, self.threads))

    def bulk_snapshot(self) -> Snapshot:
        """The lake as of now in `engine`, for what takes minutes anyway: each query of Spark's takes seconds."""
        if self.engine == "duckdb":
            return self.snapshot()
        manifest = read_manifest(self.root)
        return Snapshot(self.root, manifest, SparkEngine(self.root / "tmp", self.memory_limit, self.threads))

    def connect(self) -> Backend:
        """An empty DuckDB to load with."""
        return connect(self.root / "tmp", self.memory_limit, self.threads)

    def publish(self, dataset: str, partition: str, table: pa.Table | ir.Table) -> None:
        """Replace one partition of a derived dataset (the decisions of a run), all at once."""
        if isinstance(table, pa.Table):
            part = self.write_rows(dataset, partition, table)
        else:
            file = new_file(self.root, dataset, partition)
            table.to_parquet(self.root / file, compression="zstd")
            settle(self.root, file)
            part = Part(file, pq.read_metadata(self.root / file).num_rows)
        self.show({(dataset, partition): [part]})

    def write_rows(self, dataset: str, partition: str, rows: pa.Table) -> Part:
        """Write rows into a new file of a partition; nobody sees it before `show`."""
        file = new_file(self.root, dataset, partition)
        pq.write_table(rows, self.root / file, compression="zstd")
        settle(self.root, file)
        return Part(file, rows.num_rows)

    def write(self, engine: Engine, dataset: str, partition: str, table: ir.Table) -> Part:
        """Compute a table straight into a new file of a partition; nobody sees it before `show`."""
        file = new_file(self.root, dataset, partition)
        rows = engine.write(table, self.root / file)
        settle(self.root, file)
        return Part(file, rows)

    def show(self, partitions: Mapping[tuple[str, str], Sequence[Part]]) -> None:
        """Replace partitions of derived datasets, (dataset, partition) → its files, all at once."""

        def replaced(manifest: Manifest) -> Manifest:
            for (dataset, partition), parts in partitions.items():
                manifest = manifest.with_dataset(dataset, partition, parts)
            return manifest

        self.change(replaced)

    def upsert(self, name: str, rows: pa.Table) -> TableLoad:
        """Merge rows that already are as the contract says (Yuelao's own ledgers, pseudonyms included).

        A row with a known key replaces the old one; a column that `rows` lacks keeps its value.
        """
        table = CONTRACT.table(name)
        backend = self.connect()
        try:
            backend.con.register("given", rows)
            _take(backend.con, table, rows.column_names)
            with self.loading(_UPSERT_WAIT):
                manifest = read_manifest(self.root)
                fields = {**table.lake_fields, **(extra_fields(manifest) if name == "customers" else {})}
                before = manifest.tables.get(name, Stored({}, "", ""))
                merged = merge(backend.con, self.root, table, fields, "staged", before.parts)
                if merged.accepted:
                    after = before.loaded(merged.parts, merged.change)
                    self.change(lambda current: current.with_table(name, after, current.extras))
        finally:
            backend.disconnect()
        return TableLoad(rows.num_rows, merged.accepted, 0, rows.num_rows - merged.accepted)

    def change(self, step: Callable[[Manifest], Manifest]) -> None:
        """Move the lake from its present state to the state that `step` makes of it."""
        with locked(self.root, "manifest", _MANIFEST_WAIT, "The lake is busy"):
            manifest = step(read_manifest(self.root))
            write_manifest(self.root, manifest)
            sweep(self.root, manifest)

    @contextmanager
    def loading(self, wait_seconds: float = 0.0) -> Iterator[None]:
        """Be the one writer of contract tables; Conflict when another is at it for longer than the wait."""
        with locked(self.root, "load", wait_seconds, _LOAD_BUSY):
            yield

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Be the one who builds a view and publishes profiles of it; Conflict when another is at it."""
        with locked(self.root, "refresh", 0.0, _REFRESH_BUSY):
            yield


def _take(connection: DuckDBPyConnection, table: Table, names: list[str]) -> None:
    """Make `staged` of the rows `given`; Refused unless they have known columns, whole keys, and each key once."""
    unknown = [name for name in names if name not in table.lake_fields]
    if unknown:
        raise Refused(f"{table.name} has no field {unknown[0]!r}", hint=nearest(unknown[0], list(table.lake_fields)))
    needed = [name for name, field in table.fields.items() if field.required]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Refused(f"Rows for {table.name} need {missing[0]}")
    columns = ", ".join(f"{quoted(name)}::{table.fields[name].sql_type} AS {quoted(name)}" for name in names)
    connection.execute(f"CREATE TEMP TABLE staged AS SELECT DISTINCT {columns} FROM given")
    key = ", ".join(quoted(name) for name in table.key if name in names)
    empty = " OR ".join(f"{quoted(name)} IS NULL" for name in needed)
    if connection.execute(f"SELECT 1 FROM staged WHERE {empty} LIMIT 1").fetchone():
        raise Refused(f"A row for {table.name} lacks a required value")
    if connection.execute(f"SELECT 1 FROM staged GROUP BY {key} HAVING count(*) > 1 LIMIT 1").fetchone():
        raise Refused(f"Two rows for {table.name} have the same key and different values")
