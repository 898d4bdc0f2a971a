"""A snapshot: the whole lake as it was at one moment, to read with Ibis for as long as one likes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from yuelao.common.errors import NotFound, nearest
from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.engine import Engine
from yuelao.warehouse.manifest import Manifest, Part

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class LastLoad:
    """The last load that changed a table: rows the table holds, when (UTC), and its rejects file or None."""

    rows: int
    loaded_at: datetime
    rejects_file: str | None


class Snapshot:
    """The lake under one manifest, in an engine of its own; a context manager."""

    def __init__(self, root: Path, manifest: Manifest, engine: Engine) -> None:
        self._root = root
        self._manifest = manifest
        self.engine = engine
        self._tables: dict[str, ir.Table] = {}

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    def table(self, name: str) -> ir.Table:
        """The contract table `name`, typed as the contract says; without rows when nothing was loaded.

        `customers` has the extra attributes as further columns.
        """
        if name not in self._tables:
            table = CONTRACT.table(name)
            fields = [*table.lake_fields.values(), *(self.extras().values() if name == "customers" else ())]
            stored = self._manifest.tables.get(name)
            files = [self._root / part.file for part in stored.parts.values()] if stored else []
            self._tables[name] = self.engine.rows(name, fields, files)
        return self._tables[name]

    def has(self, name: str) -> bool:
        """Whether the contract table `name` has any row."""
        stored = self._manifest.tables.get(CONTRACT.table(name).name)
        return stored is not None and any(part.rows for part in stored.parts.values())

    def dataset(self, name: str, partition: str) -> ir.Table:
        """One partition of a derived dataset; NotFound where it was never published."""
        return self.read(self._parts(name, partition))

    def rows(self, name: str, partition: str) -> pa.Table:
        """The rows of a small partition of a derived dataset, read without the engine."""
        return pa.concat_tables(pq.read_table(self._root / part.file) for part in self._parts(name, partition))

    def read(self, parts: Sequence[Part]) -> ir.Table:
        """The rows of files of one dataset, shown already or not."""
        return self.engine.read([self._root / part.file for part in parts])

    def _parts(self, name: str, partition: str) -> Sequence[Part]:
        parts = self._manifest.datasets.get(name, {})
        if partition not in parts:
            raise NotFound(f"The lake has no {name} {partition!r}", hint=nearest(partition, list(parts)))
        return parts[partition]

    def partitions(self, name: str) -> list[str]:
        """The published partitions of a derived dataset, sorted."""
        return sorted(self._manifest.datasets.get(name, {}))

    def months(self, name: str) -> list[str]:
        """The months, as in 2026-10, by which the rows of a contract table are kept, sorted; none of one kept whole."""
        stored = self._manifest.tables.get(CONTRACT.table(name).name)
        return sorted(part for part in stored.parts if _MONTH.fullmatch(part)) if stored else []

    def extras(self) -> Mapping[str, Field]:
        """The extra attributes of the customers by name: type, en, zh."""
        return extra_fields(self._manifest)

    def last_loads(self) -> Mapping[str, LastLoad]:
        """What the lake holds of each table ever loaded."""
        return {
            name: LastLoad(
                rows=sum(part.rows for part in stored.parts.values()),
                loaded_at=datetime.fromisoformat(stored.loaded_at),
                rejects_file=str(self._root / stored.rejects) if stored.rejects else None,
            )
            for name, stored in self._manifest.tables.items()
        }

    def last_changes(self) -> Mapping[str, str]:
        """Table → the load that changed it last; empty where that is not known."""
        stored = self._manifest.tables.items()
        return {name: table.changes[-1].load if table.changes else "" for name, table in stored}

    def changed_since(self, name: str, load: str) -> Sequence[Part] | None:
        """Files with the customer_id of those whose rows of a table changed after a load; None: anybody's may have."""
        changes = self._manifest.tables[name].changes_since(load)
        if changes is None:
            return None
        parts = [change.customers for change in changes]
        return None if None in parts else [part for part in parts if part]

    def newest_as_of(self) -> date:
        """The latest day as of which a view makes sense.

        The first day of the month after the newest month of usage; without usage, the day after the newest dated row
        of any table; without that, today.
        """
        usage = self._manifest.tables.get("usage_monthly")
        if usage is not None and usage.parts:
            newest = date.fromisoformat(f"{max(usage.parts)}-01")
            return (newest + timedelta(days=31)).replace(day=1)
        days = [day for name in CONTRACT.tables if self.has(name) and (day := self._newest_day(name)) is not None]
        return max(days) + timedelta(days=1) if days else datetime.now(UTC).date()

    def _newest_day(self, name: str) -> date | None:
        known = CONTRACT.tables[name].known
        if known is None:
            return None
        value: Any = self.table(name)[known[0]].max().as_scalar().to_pyarrow().as_py()
        return value.date() if isinstance(value, datetime) else value


def extra_fields(manifest: Manifest) -> dict[str, Field]:
    """The extra attributes of the customers that the manifest describes."""
    return {name: Field(name, extra["type"], extra["en"], extra["zh"]) for name, extra in manifest.extras.items()}
