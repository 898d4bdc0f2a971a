"""Ibis' own Spark, with Arrow instead of pandas between it and Python: types and nulls stay what they are.

Importing it needs PySpark, so `spark` does that when it is asked for an engine.
"""

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers import PySparkCompiler
from pyspark.sql.functions import col, lit
from pyspark.sql.pandas.types import from_arrow_schema

from yuelao.warehouse.engine import Each


class _Compiler(PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler, with what Spark has and Ibis does not know of it."""

    __slots__ = ()
    SIMPLE_OPS: ClassVar[Mapping[type[ops.Node], str]] = {ops.BitOr: "bit_or"}


class ArrowBackend(Backend):  # type: ignore[misc]
    """The backend of one session."""

    compiler = _Compiler()

    def frame(self, expression: ir.Table) -> Any:
        """Spark's data frame of a table, not yet computed."""
        self._run_pre_execute_hooks(expression)  # so that tables in Python's memory are known to it
        return self._session.sql(self.compile(expression))

    def frame_of(self, rows: pa.Table) -> Any:
        """Spark's data frame of rows in Python's memory."""
        return self._session.createDataFrame(rows, schema=self.schema_of(rows.schema))

    def mapped(self, expression: ir.Table, each: Each, schema: pa.Schema) -> Any:
        """Spark's data frame of what a function makes of the table's batches; it is sent to where they are."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the pandas beside it, which we do not use
            return self.frame(expression).mapInArrow(lambda batches: map(each, batches), self.schema_of(schema))

    def typed(self, frame: Any, fields: Mapping[str, dt.DataType]) -> Any:
        """The frame with exactly the fields, typed; null where it lacks one."""
        there = set(frame.columns)
        columns = {name: col(quoted(name)) if name in there else lit(None) for name in fields}
        types = self.schema_of(ibis.schema(fields).to_pyarrow())
        return frame.select(*(columns[each.name].cast(each.dataType).alias(each.name) for each in types))

    def schema_of(self, schema: pa.Schema) -> Any:
        """Spark's schema of Arrow's."""
        return from_arrow_schema(schema, prefer_timestamp_ntz=True)  # and not Ibis' own, whose times have a zone

    def to_pyarrow(self, expression: ir.Expr, /, **_options: Any) -> Any:
        """What `to_pyarrow()` of a table, a column or a single value gives."""
        table = expression.as_table()
        found = self.frame(table).toArrow().rename_columns(list(table.columns))
        return expression.__pyarrow_result__(found.cast(table.schema().to_pyarrow()))

    def _register_in_memory_table(self, table: ops.InMemoryTable) -> None:
        self.frame_of(table.data.to_pyarrow(table.schema)).createOrReplaceTempView(table.name)


def quoted(name: str) -> str:
    """A name as Spark quotes it."""
    return f"`{name.replace('`', '``')}`"


ArrowBackend.register_options()  # what asking for `ibis.pyspark` would have done
