"""DuckDB as the engine of the warehouse: each process works in one of its own, in memory.

Nothing is fetched: extensions are never installed or loaded. What does not fit into memory is spilled.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from yuelao.common.ids import new_id
from yuelao.warehouse.contract import Field
from yuelao.warehouse.engine import Each, literal, quoted

ROW_GROUP = 65_536
"""Rows of a row group: files lie in order of the customers, so that a range of them is found by whole row groups."""
LOADED = "COMPRESSION zstd"
"""How rows are written that are loaded once and read again and again."""
COMPUTED = "COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 4096"
"""How rows are written that are soon computed anew: quickly. Codes and names have fewer values, amounts need none."""


def connect(spill: Path, memory_limit: str = "", threads: int = 0) -> Backend:
    """Open an empty DuckDB that spills under `spill`.

    memory_limit: as '8GB', empty for DuckDB's own default. threads: how many cores, 0 for all of them.
    """
    config: dict[str, str] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",  # an order that counts is asked for; the rest streams
        "temp_directory": str(spill / new_id()),  # one each: two processes must not share a spill directory
    }
    if memory_limit:
        config["memory_limit"] = memory_limit
    if threads:
        config["threads"] = str(threads)
    backend: Backend = ibis.duckdb.connect(**config)
    return backend


def select_rows(fields: Sequence[Field], files: Sequence[Path]) -> str:
    """SQL of the rows in the files, with exactly the `fields`, typed; null where an older file lacks one."""
    names = ", ".join(quoted(field.name) for field in fields)
    if files and all(_has_all(file, fields) for file in files):
        return f"SELECT {names} FROM read_parquet({_listed(files)})"  # what follows would cost a copy of every row
    columns = ", ".join(f"NULL::{field.sql_type} AS {quoted(field.name)}" for field in fields)
    empty = f"SELECT {columns} WHERE false"
    if not files:
        return empty
    stored = f"SELECT * FROM read_parquet({_listed(files)}, union_by_name = true)"
    return f"SELECT {names} FROM ({empty} UNION ALL BY NAME {stored})"


def _listed(files: Sequence[Path]) -> str:
    return f"[{', '.join(literal(str(file)) for file in files)}]"


def _has_all(file: Path, fields: Sequence[Field]) -> bool:
    """Whether the file has every field in its present type."""
    schema = pq.read_schema(file)
    there = dict(zip(schema.names, schema.types, strict=True))
    return all(there.get(field.name) == field.ibis_type.to_pyarrow() for field in fields)


def copy_sql(select: str, path: Path, how: str = LOADED) -> str:
    """SQL that writes the rows of `select` into one Parquet file of the lake."""
    options = f"FORMAT parquet, {how}, ROW_GROUP_SIZE {ROW_GROUP}"
    return f"COPY ({select}) TO {literal(str(path))} ({options})"


class DuckEngine:
    """A DuckDB behind the interface of `engine.Engine`."""

    def __init__(self, spill: Path, memory_limit: str = "", threads: int = 0) -> None:
        self._backend = connect(spill, memory_limit, threads)
        self._threads = threads or os.cpu_count() or 1
        self._kept: list[str] = []

    def rows(self, name: str, fields: Sequence[Field], files: Sequence[Path]) -> ir.Table:
        self._backend.con.execute(f"CREATE VIEW {quoted(name)} AS {select_rows(fields, files)}")
        return self._backend.table(name)

    def read(self, files: Sequence[Path]) -> ir.Table:
        table: ir.Table = self._backend.read_parquet([str(file) for file in files])
        return table

    def keep(self, table: ir.Table) -> ir.Table:
        name = f"kept_{new_id()}"
        kept = self._backend.create_table(name, table, temp=True)
        self._kept.append(name)
        return kept

    def forget(self) -> None:
        while self._kept:
            self._backend.con.execute(f"DROP TABLE {quoted(self._kept.pop())}")

    def write(self, table: ir.Table, path: Path) -> int:
        written = self._backend.con.execute(copy_sql(self._sql(table), path, COMPUTED)).fetchone()
        return int(written[0]) if written else 0

    def batches(self, table: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        yield from self._backend.con.execute(self._sql(table)).to_arrow_reader(rows)

    def map(self, table: ir.Table, each: Each, schema: pa.Schema, path: Path) -> int:
        with pq.ParquetWriter(path, schema) as file:
            for made in _side_by_side(each, self.batches(table, ROW_GROUP), self._threads):
                file.write_batch(made)
        return int(pq.read_metadata(path).num_rows)

    def _sql(self, table: ir.Table) -> str:
        self._backend._run_pre_execute_hooks(table)  # so that tables in Python's memory are known to it
        sql: str = self._backend.compile(table)
        return sql

    def close(self) -> None:
        self._backend.disconnect()


def _side_by_side(each: Each, batches: Iterable[pa.RecordBatch], threads: int) -> Iterator[pa.RecordBatch]:
    """What `each` makes of the batches, in their order; while the next is read, so many are worked on."""
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[pa.RecordBatch]] = deque()
        for batch in batches:
            ahead.append(pool.submit(each, batch))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
