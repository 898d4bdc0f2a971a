"""Spark as the engine of the warehouse, for a lake that outgrows one machine: the same expressions, run elsewhere.

All engines of a process share one Spark, which ends with the last of them. `SPARK_MASTER` names the cluster where it
runs, without one it is this machine; what else it is told stands in its own `spark-defaults.conf` (`SPARK_CONF_DIR`).
"""

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from threading import Lock
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from yuelao.common.errors import Refused, Unavailable
from yuelao.common.ids import new_id
from yuelao.warehouse.contract import Field
from yuelao.warehouse.engine import Each

ROW_GROUP = 65_536
"""Rows of a row group, as DuckDB writes them: what reads a range of customers passes over the others."""
_WHERE = "yuelao.toml"
_OR_DUCKDB = 'or write engine = "duckdb"'
_SETTINGS = {
    "spark.app.name": "yuelao",
    "spark.log.level": "ERROR",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",  # the other kind leaves a metastore in the current directory
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.session.timeZone": "UTC",  # the lake's times are local and have no zone: none must be added
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_ON_THIS_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # A view is one query of hundreds of columns: planning it anew after each of its stages costs more than it brings.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "1MB",  # it guesses sizes badly, and a join that sorts can spill
}


class SparkEngine:
    """A Spark behind the interface of `engine.Engine`; what it keeps are files of its own below `spill`.

    memory_limit: of Spark's driver, as '8GB'; empty: half of this machine's. threads: cores of this machine, 0 for all.
    Unavailable names what is not installed, and tells when Spark does not start.
    """

    def __init__(self, spill: Path, memory_limit: str = "", threads: int = 0) -> None:
        session = _SPARK.enter(spill, memory_limit, threads)
        try:
            from yuelao.warehouse.spark_backend import ArrowBackend

            self._session = session.newSession()  # its names are its own
            self._backend: Any = ArrowBackend().connect(self._session)
        except BaseException:
            _SPARK.leave()
            raise
        self._kept = spill / new_id()
        self._open = True

    def rows(self, name: str, fields: Sequence[Field], files: Sequence[Path]) -> ir.Table:
        types = {field.name: field.ibis_type for field in fields}
        if not files:
            return self._named(name, self._backend.frame_of(ibis.schema(types).to_pyarrow().empty_table()))
        frames = [self._backend.typed(self._scan(group), types) for group in _alike(files)]
        return self._named(name, reduce(lambda one, other: one.unionAll(other), frames))

    def read(self, files: Sequence[Path]) -> ir.Table:
        return self._named(f"files_{new_id()}", self._scan(files))

    def keep(self, table: ir.Table) -> ir.Table:
        return self.read(self._stored(table))

    def forget(self) -> None:
        shutil.rmtree(self._kept, ignore_errors=True)

    def write(self, table: ir.Table, path: Path) -> int:
        return self._into(path, self._backend.frame(table))

    def map(self, table: ir.Table, each: Each, schema: pa.Schema, path: Path) -> int:
        return self._into(path, self._backend.mapped(table, each, schema))

    def _into(self, path: Path, frame: Any) -> int:
        """Compute the frame into one file; how many rows it has."""
        scratch = self._kept / new_id()
        whole = frame.repartition(1)  # and not coalesce, which would compute it in one task too
        whole.write.option("parquet.block.row.count.limit", ROW_GROUP).parquet(str(scratch))
        [file] = scratch.glob("*.parquet")
        file.replace(path)
        shutil.rmtree(scratch)
        return int(pq.read_metadata(path).num_rows)

    def batches(self, table: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        for file in self._stored(table):  # from files, as Spark would hand all of it over at once
            with pq.ParquetFile(file) as stored:
                yield from stored.iter_batches(batch_size=rows)

    def close(self) -> None:
        if self._open:
            self._open = False
            self.forget()
            _SPARK.leave()

    def _stored(self, table: ir.Table) -> Sequence[Path]:
        """The files of the table, computed now."""
        folder = self._kept / new_id()
        self._backend.frame(table).write.parquet(str(folder))
        return sorted(folder.glob("*.parquet"))

    def _scan(self, files: Sequence[Path]) -> Any:
        """The rows of files with the same columns; their types are read here, as Spark would start a job for that."""
        schema = self._backend.schema_of(pq.read_schema(files[0]))
        return self._session.read.schema(schema).parquet(*(_literal(file) for file in files))

    def _named(self, name: str, frame: Any) -> ir.Table:
        frame.createOrReplaceTempView(name)
        table: ir.Table = self._backend.table(name)
        return table


class _Spark:
    """The one Spark of this process, with the Java that it runs in, and how many engines use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engines = 0
        self._session: Any = None
        self._gateway: Any = None

    def enter(self, spill: Path, memory_limit: str, threads: int) -> Any:
        """The session, for one more engine."""
        settings = _settings(spill, memory_limit, threads)
        with self._lock:
            if not self._engines:
                self._start(spill, settings)
            self._engines += 1
            return self._session

    def leave(self) -> None:
        """One engine has ended; the last takes Spark with it, for its Java holds as much memory as it ever needed."""
        with self._lock:
            self._engines -= 1
            if not self._engines:
                self._stop()

    def _start(self, spill: Path, settings: Mapping[str, str]) -> None:
        pyspark = _pyspark()
        _require_java()
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        spill.mkdir(parents=True, exist_ok=True)
        log = spill / "spark.log"
        conf = pyspark.SparkConf().setAll(list(settings.items()))
        try:
            with log.open("ab") as said:  # what Java says is not for standard output, nor for a person's terminal
                self._gateway = pyspark.java_gateway.launch_gateway(conf, {"stdout": said, "stderr": said})
            context = pyspark.SparkContext(conf=conf, gateway=self._gateway)
            if context.master.startswith("local"):
                context.pythonExec = sys.executable  # and not the one on PATH, which has no Yuelao
            try:
                self._session = pyspark.sql.SparkSession(context)
            except BaseException:
                context.stop()  # there can be one at a time only: the next start would fail
                raise
        except (PySparkException, Py4JError, OSError) as error:
            self._stop()
            hint = f"Its log is {log}. It needs Java 17 or newer, and an answer where SPARK_MASTER names a cluster"
            raise Unavailable("Spark does not start", where=_WHERE, hint=hint) from error

    def _stop(self) -> None:
        from pyspark import SparkContext

        if self._session is not None:
            self._session.stop()
        if self._gateway is not None:
            self._gateway.shutdown()
            self._gateway.proc.stdin.close()  # which it takes for the end
            self._gateway.proc.wait()
        self._session = self._gateway = SparkContext._gateway = SparkContext._jvm = None


_SPARK = _Spark()


def _pyspark() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the pandas beside it, which we do not use
            import pyspark.java_gateway
            import pyspark.sql
            import pyspark.testing  # which the first call of Java imports otherwise

            import yuelao.warehouse.spark_backend  # noqa: F401
    except ImportError as error:
        hint = f"Install it with `pip install 'yuelao[spark]'`, {_OR_DUCKDB}"
        raise Unavailable('engine = "spark" needs PySpark, which is not installed', where=_WHERE, hint=hint) from error
    return pyspark


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(str(Path(home) / "bin" / "java") if home else "java"):
        hint = f"Install a Java runtime (17 or newer) and put it on PATH or name it in JAVA_HOME, {_OR_DUCKDB}"
        raise Unavailable('engine = "spark" needs Java, and there is none here', where=_WHERE, hint=hint)


def _settings(spill: Path, memory_limit: str, threads: int) -> dict[str, str]:
    master = os.environ.get("SPARK_MASTER", f"local[{threads or '*'}]")
    cores = threads or os.cpu_count() or 1
    here = _ON_THIS_MACHINE | {"spark.local.dir": str(spill), "spark.sql.shuffle.partitions": str(cores)}
    return {
        **_SETTINGS,
        **(here if master.startswith("local") else {}),
        "spark.master": master,
        "spark.driver.memory": f"{_megabytes(memory_limit)}m",
        "spark.sql.warehouse.dir": str(spill / "spark-warehouse"),
    }


def _megabytes(memory_limit: str) -> int:
    """The memory in megabytes; without a limit, half of what this machine has."""
    if not memory_limit:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // 2**20
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([MGT])i?B?\s*", memory_limit, re.IGNORECASE)
    if not found:
        raise Refused(f"memory_limit {memory_limit!r} cannot be read", where=_WHERE, hint="Write it as '8GB'")
    return max(int(float(found[1]) * 1024 ** "MGT".index(found[2].upper())), 1)


def _alike(files: Sequence[Path]) -> list[list[Path]]:
    """The files, those with the same columns and types together: an older load may have written others."""
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(str(pq.read_schema(file)), []).append(file)
    return list(found.values())


def _literal(file: Path) -> str:
    """The path for Spark, which takes some signs in one as a pattern."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(file))
