"""What of a view operations may know: chosen columns as JSON, made by the engine, in batches for a bulk insert."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.warehouse.contact_facts import recent_history
from yuelao.warehouse.engine import Engine
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY

BATCH = 20_000
"""Rows of a batch: a transaction with so many takes some hundredths of a second."""


def with_history(snapshot: Snapshot, view: ir.Table, moment: datetime) -> ir.Table:
    """The view with the recent history at `moment` (local, naive), which speaks for the person where both know."""
    history = recent_history(snapshot, moment)
    own = [name for name in view.columns if name == KEY or name not in history.columns]
    return view.select(*own).left_join(history, KEY, rname="{name}_told").drop(f"{KEY}_told")


def batches(
    engine: Engine, table: ir.Table, names: Sequence[str], size: int = BATCH
) -> Iterator[list[tuple[str, str]]]:
    """Lists of (customer_id, JSON list of the columns `names`), in no particular order."""
    found = table.select(KEY, values=as_json_list(table, names))
    for batch in engine.batches(found, size):
        rows = pa.Table.from_batches([batch])
        yield from (
            list(zip(part[KEY].to_pylist(), part["values"].to_pylist(), strict=True))
            for part in (rows.slice(start, size) for start in range(0, rows.num_rows, size))
        )


def as_json_list(table: ir.Table, names: Sequence[str]) -> ir.StringValue:
    """The columns of each row as one JSON list; times and dates as ISO text.

    >>> table = ibis.memtable(pa.table({"a": [1.5], "b": ['5" screen'], "c": pa.array([None], pa.bool_())}))
    >>> as_json_list(table, ["a", "b", "c"]).to_pyarrow().to_pylist()
    ['[1.5,"5\\\\" screen",null]']
    """
    if not names:
        return ibis.literal("[]")
    return ibis.literal("[") + ibis.literal(",").join([_json(table[name]) for name in names]) + "]"


def _json(column: ir.Value) -> ir.StringValue:
    kind = column.type()
    if kind.is_boolean():
        text = ibis.cases((column, "true"), (~column, "false"))
    elif kind.is_floating():
        text = ibis.ifelse(column.isnan() | column.isinf(), ibis.null("string"), column.cast("string"))
    elif kind.is_numeric():
        text = column.cast("string")
    else:
        escaped = column.cast("string").replace("\\", "\\\\").replace('"', '\\"')
        text = ibis.literal('"') + escaped.re_replace(r"[\x00-\x1f]", " ") + '"'
    return text.fill_null("null")
