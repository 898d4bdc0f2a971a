"""The engine of the warehouse: what one must be able to do, and the Ibis pieces that mean the same on every engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.common.ids import draw_limit
from yuelao.warehouse.contract import Field

Each = Callable[[pa.RecordBatch], pa.RecordBatch]
"""What is done with each batch of a table; it may be sent elsewhere, so it is a function of a module, or `partial`."""


class Engine(Protocol):
    """All that the warehouse asks of an engine beside running Ibis expressions; one engine serves one snapshot."""

    def rows(self, name: str, fields: Sequence[Field], files: Sequence[Path]) -> ir.Table:
        """The rows in the files as a table with exactly the fields, typed; null where an older file lacks one.

        `name` is free to be used as the engine's own name of the table, once.
        """

    def read(self, files: Sequence[Path]) -> ir.Table:
        """The rows of files with the same columns."""

    def keep(self, table: ir.Table) -> ir.Table:
        """Compute the table now and keep its rows for the passes to come."""

    def forget(self) -> None:
        """Give back all that was kept so far; no table of it may be used any more."""

    def write(self, table: ir.Table, path: Path) -> int:
        """Compute the table into one new Parquet file, rows in any order; how many rows it has."""

    def batches(self, table: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """Compute the table and hand it over in batches of about so many rows; nothing else is asked meanwhile."""

    def map(self, table: ir.Table, each: Each, schema: pa.Schema, path: Path) -> int:
        """Write what `each` makes of the table's batches into one new Parquet file of `schema`; how many rows it has.

        Batches come in any order, several at a time.
        """

    def close(self) -> None:
        """Give everything back."""


@contextmanager
def unmerged() -> Iterator[None]:
    """Compile every step of an expression as a SELECT of its own: merging many takes Ibis long, and engines do it too.

    For expressions that are put in order last, if at all: an order further in is no order of the outermost SELECT.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def draw(salt: str, ids: ir.StringValue) -> ir.StringValue:
    """The draw of `common.ids.draw`, for a column of customer ids."""
    return (ibis.literal(f"{salt}:") + ids).hexdigest("md5").left(8)


def in_share(salt: str, ids: ir.StringValue, share: float) -> ir.BooleanValue:
    """Whether each customer falls into the first `share` of the draw named `salt`; equal to `common.ids.in_share`."""
    return draw(salt, ids) < draw_limit(share)


def safe_divide(numerator: ir.NumericValue, denominator: ir.NumericValue) -> ir.FloatingValue:
    """The quotient as a float; null where the denominator is 0 or null (DuckDB says inf, Spark fails)."""
    divisor = denominator.cast("float64")
    return numerator.cast("float64") / divisor.nullif(0.0)


def pseudonym_sql(text: str) -> str:
    """SQL of `common.ids.pseudonym` of the SQL text `text`; the key is the engine's variable `pseudonym_key`."""
    digest = f"sha256(getvariable('pseudonym_key') || ':' || {text})"
    return f"translate(to_base64(unhex(substr({digest}, 1, 18))), '+/', 'zZ')"
