"""The engine of the warehouse: how it is opened, and the Ibis pieces that mean the same on every engine.

Each process works in a DuckDB of its own in memory. Nothing is fetched: extensions are never installed or loaded.
"""

from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from yuelao.common.ids import draw_limit, new_id


def connect(spill: Path, memory_limit: str = "") -> Backend:
    """Open an empty engine that spills under `spill`; `memory_limit` as '8GB', empty for DuckDB's own default."""
    config: dict[str, str] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill / new_id()),  # one each: two processes must not share a spill directory
    }
    if memory_limit:
        config["memory_limit"] = memory_limit
    backend: Backend = ibis.duckdb.connect(**config)
    return backend


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
