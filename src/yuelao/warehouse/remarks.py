"""Which version of each model scored a day, what its parts weighed, and what it did about the quality of the data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pyarrow as pa

from yuelao.warehouse.snapshot import Snapshot

DATASET = "remarks"
_SCHEMA = pa.schema(dict.fromkeys(("kind", "missing", "notes", "version", "weights"), pa.string()))


@dataclass(frozen=True)
class Remarks:
    """Of one model: its inputs that no source gave, and a sentence on each thing it did about the data.

    version: of the definition, a number, or of the trained model, a text; None of a day that was scored before versions
    were kept. weights: of the nodes and leaves of its tree, by path; empty of a model
    without one, and of a day that was scored before weights were kept.
    """

    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    version: int | str | None = None
    weights: Mapping[str, float] = field(default_factory=dict)


def remarks_table(by_kind: Mapping[str, Remarks]) -> pa.Table:
    """Remarks by the kind or name of the model, as the dataset keeps them."""
    rows = [
        {
            "kind": kind,
            "missing": json.dumps(each.missing),
            "notes": json.dumps(each.notes),
            "version": json.dumps(each.version),
            "weights": json.dumps(dict(each.weights)),
        }
        for kind, each in by_kind.items()
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def with_versions(by_kind: Mapping[str, Remarks], versions: Mapping[str, int | str]) -> dict[str, Remarks]:
    """The remarks, each with the version of its model."""
    return {kind: replace(each, version=versions.get(kind)) for kind, each in by_kind.items()}


def read_remarks(snapshot: Snapshot, as_of: date) -> dict[str, Remarks]:
    """The remarks of a day by the kind of model; none of a day that was scored before they were kept."""
    day = as_of.isoformat()
    if day not in snapshot.partitions(DATASET):
        return {}
    rows = snapshot.dataset(DATASET, day).to_pyarrow().to_pylist()
    return {
        row["kind"]: Remarks(
            tuple(json.loads(row["missing"])),
            tuple(json.loads(row["notes"])),
            _version(row),
            json.loads(row.get("weights") or "{}"),
        )
        for row in rows
    }


def _version(row: Mapping[str, Any]) -> int | str | None:
    """The version of a row; once it was a plain number, before that there was none."""
    said = row.get("version")
    found: int | str | None = json.loads(said) if isinstance(said, str) else said
    return found
