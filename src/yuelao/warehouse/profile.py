"""The profile of a customer view: of every column its nulls, its range, its shape, and how far it moved.

Nulls, least, mean and most are of all customers, in one pass of the engine. The shape, and the drift against the view
before, are of a sample drawn by the hash of the customer, so that both views show the same customers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.drift import counts, deciles, psi
from yuelao.warehouse.engine import in_share
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import DATASET as VIEWS
from yuelao.warehouse.views import SCORES, read_view

DATASET = "profile"
SAMPLE = 200_000
"""As many customers, at most and about, tell the shape of a column."""
_CODES = 10
_SALT = "profile"
RANGE, CODE, OTHER, NULL = "range", "code", "other", "null"
"""What a bin holds: numbers above `lower` up to `upper`, one code, all other codes, what is unknown."""
SCHEMA = pa.schema(
    {
        "name": pa.string(),
        "type": pa.string(),
        "customers": pa.int64(),
        "nulls": pa.int64(),
        "least": pa.float64(),
        "mean": pa.float64(),
        "most": pa.float64(),
        "before": pa.date32(),
        "psi": pa.float64(),
        "bin": pa.int64(),
        "holds": pa.string(),
        "lower": pa.float64(),
        "upper": pa.float64(),
        "code": pa.string(),
        "share": pa.float64(),
        "share_before": pa.float64(),
    }
)
"""A row for each column of the view and bin of it. What is of the column stands in each of its rows."""

Row = dict[str, Any]


def publish_profile(lake: Lake, as_of: date) -> None:
    """Write the profile of the view as of a day, against the newest view of an earlier day; Refused without a view."""
    with lake.bulk_snapshot() as snapshot:
        table = profile(snapshot, as_of)
    lake.publish(DATASET, as_of.isoformat(), table)


def profile(snapshot: Snapshot, as_of: date, most: int = SAMPLE) -> pa.Table:
    """The profile of the view as of a day, as SCHEMA says; about `most` customers tell the shape of a column."""
    view, before, day = read_view(snapshot, as_of), view_before(snapshot, as_of), as_of.isoformat()
    whole = _of_all([snapshot.dataset(name, day) for name in (VIEWS, SCORES) if day in snapshot.partitions(name)])
    sample = _sample(view, int(whole["customers"]), most)
    earlier = None
    if before is not None:
        held = read_view(snapshot, before)
        earlier = _sample(held, held.count().to_pyarrow().as_py(), most)
    rows: list[Row] = []
    for name in sample.column_names:
        past = earlier[name] if earlier is not None and name in earlier.column_names else None
        shared = {"name": name, "customers": whole["customers"], "before": before if past is not None else None}
        shared["nulls"] = whole.get(f"nulls_{name}", whole["customers"])  # in neither: only newer views have it
        shared |= {part: whole.get(f"{part}_{name}") for part in ("least", "mean", "most")}
        rows += [{**shared, **row} for row in _shape(sample[name], past)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def view_before(snapshot: Snapshot, as_of: date) -> date | None:
    """The day of the newest view before that of `as_of`."""
    earlier = [day for day in snapshot.partitions(VIEWS) if day < as_of.isoformat()]
    return date.fromisoformat(max(earlier)) if earlier else None


def sample_of(view: ir.Table, name: str, most: int = SAMPLE) -> pa.ChunkedArray:
    """One column of about `most` customers, the same ones of every view that has them."""
    return _sample(view.select(KEY, name), view.count().to_pyarrow().as_py(), most)[name]


def is_counted(kind: pa.DataType) -> bool:
    """Whether a column of the type has numbers or days, not codes."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_temporal)
    return any(test(kind) for test in tests)


def numbers_of(column: pa.ChunkedArray) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The column as numbers, NaN where it is null; days since 1970 for dates and times."""
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    numbers: np.ndarray[Any, np.dtype[np.float64]] = column.cast(pa.float64()).to_numpy()
    return numbers


def read_profile(snapshot: Snapshot, as_of: date) -> pa.Table:
    """The published profile of a day, columns in the order of the view and bins in theirs; NotFound without one."""
    table = snapshot.dataset(DATASET, as_of.isoformat()).to_pyarrow()
    return table.cast(SCHEMA)


def _of_all(tables: Sequence[ir.Table]) -> Mapping[str, Any]:
    """Of all customers: how many there are, and of each column the nulls and, of numbers, least, mean and most.

    The tables that a view is made of are asked one by one: joining them would cost more than reading them.
    """
    found: dict[str, Any] = {}
    for table in tables:
        sums: dict[str, ir.Value] = {"customers": table.count()}
        for name in _names(table):
            column = table[name]
            sums[f"nulls_{name}"] = table.count() - column.count()
            if isinstance(column.type(), dt.Numeric) and not column.type().is_boolean():
                number = column.cast("float64")
                sums |= {f"least_{name}": number.min(), f"mean_{name}": number.mean(), f"most_{name}": number.max()}
        found |= table.aggregate(**sums).to_pyarrow().to_pylist()[0]
    return found


def _names(view: ir.Table) -> list[str]:
    return [name for name in view.columns if name != KEY]


def _sample(view: ir.Table, customers: int, most: int) -> pa.Table:
    """All columns of about `most` customers, the same ones of every view that has them."""
    chosen = view if customers <= most else view.filter(in_share(_SALT, view[KEY], most / customers))
    return chosen.select(*_names(view)).to_pyarrow()


def _shape(column: pa.ChunkedArray, before: pa.ChunkedArray | None) -> list[Row]:
    """The bins of a column with their shares and the PSI; the bins are those of the view before, where there is one."""
    base = column if before is None else before
    bins = _bins(column.type, base)
    now = bins.counts(column)
    then = bins.counts(before) if before is not None else None
    moved = psi(then, now) if then is not None else None
    kind = "number" if isinstance(bins, _Ranges) else "code"
    shares, past = _shares(now), _shares(then) if then is not None else [None] * len(now)
    return [
        {"type": kind, "psi": moved, "bin": place, "share": share, "share_before": was, **held}
        for place, (held, share, was) in enumerate(zip(bins.held(), shares, past, strict=True))
    ]


def _shares(found: "np.ndarray[Any, np.dtype[np.int64]]") -> list[float]:
    shares: list[float] = (found / max(int(found.sum()), 1)).tolist()
    return shares


@dataclass(frozen=True)
class _Ranges:
    """Numbers in ranges between edges; the unknown last."""

    edges: "np.ndarray[Any, np.dtype[np.float64]]"

    def counts(self, column: pa.ChunkedArray) -> "np.ndarray[Any, np.dtype[np.int64]]":
        return counts(numbers_of(column), self.edges)

    def held(self) -> list[Row]:
        edges = [None, *self.edges.tolist(), None]
        ranges = [{"holds": RANGE, "lower": low, "upper": up} for low, up in pairwise(edges)]
        return [*ranges, {"holds": NULL}]


@dataclass(frozen=True)
class _Codes:
    """The commonest codes, all others, and the unknown last."""

    codes: Sequence[str]

    def counts(self, column: pa.ChunkedArray) -> "np.ndarray[Any, np.dtype[np.int64]]":
        texts = column.cast(pa.string())
        found = {row["values"]: row["counts"] for row in pc.value_counts(texts).to_pylist()}
        unknown = found.pop(None, 0)
        known = [found.pop(code, 0) for code in self.codes]
        return np.array([*known, sum(found.values()), unknown], dtype=np.int64)

    def held(self) -> list[Row]:
        return [*({"holds": CODE, "code": code} for code in self.codes), {"holds": OTHER}, {"holds": NULL}]


def _bins(kind: pa.DataType, base: pa.ChunkedArray) -> _Ranges | _Codes:
    if is_counted(kind):
        return _Ranges(deciles(numbers_of(base)))
    found = [row for row in pc.value_counts(base.cast(pa.string())).to_pylist() if row["values"] is not None]
    common = sorted(found, key=lambda row: (-row["counts"], row["values"]))[:_CODES]
    return _Codes([row["values"] for row in common])
