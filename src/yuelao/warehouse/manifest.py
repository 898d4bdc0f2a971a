"""The manifest: which files make up the lake at this moment. It is replaced whole, and it alone is the truth.

A file of the lake never changes once the manifest names it. A new state is: write new files, then replace the manifest.
Files that the manifest no longer names stay for `GRACE`, so that whoever reads an earlier state is not disturbed.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from yuelao.common.errors import Conflict, Refused
from yuelao.common.ids import new_id

GRACE = timedelta(hours=24)
_NAME = "manifest.json"
_VERSION = 2
_READABLE = (1, 2)
"""Version 1 had one file a partition; its states are read as they are and written anew as version 2."""
_CHANGES = 100


@dataclass(frozen=True)
class Part:
    """One immutable Parquet file: its path within the lake, and its rows."""

    file: str
    rows: int


@dataclass(frozen=True)
class Change:
    """What one load changed in a table: `customers` are the ids whose rows it touched, None for everybody's."""

    load: str
    customers: Part | None


@dataclass(frozen=True)
class Stored:
    """A contract table in the lake; `loaded_at` is ISO UTC, `rejects` the rejects file of the last load or empty.

    changes: those of the last loads, the newest last.
    """

    parts: dict[str, Part]
    loaded_at: str
    rejects: str
    changes: tuple[Change, ...] = ()

    def loaded(self, parts: dict[str, Part], change: Change) -> "Stored":
        """This table after a load that ends now."""
        now = datetime.now(UTC).isoformat()
        return replace(self, parts=parts, loaded_at=now, changes=(*self.changes, change)[-_CHANGES:])

    def changes_since(self, load: str) -> tuple[Change, ...] | None:
        """What came after the load; None where that is no longer known."""
        loads = [change.load for change in self.changes]
        return self.changes[loads.index(load) + 1 :] if load in loads else None

    @property
    def files(self) -> Iterator[str]:
        """Every file named."""
        yield from (part.file for part in self.parts.values())
        yield from (change.customers.file for change in self.changes if change.customers)


_Parts = Annotated[tuple[Part, ...], BeforeValidator(lambda raw: [raw] if isinstance(raw, dict) else raw)]
"""The files of a dataset's partition; version 1 names one without a list around it."""


@dataclass(frozen=True)
class Manifest:
    """Tables and derived datasets by name and partition, and the extra attributes of the customers.

    A partition of a dataset may consist of several files, in order: each has the customers of a range.
    """

    tables: dict[str, Stored] = field(default_factory=dict)
    datasets: dict[str, dict[str, _Parts]] = field(default_factory=dict)
    extras: dict[str, dict[str, str]] = field(default_factory=dict)

    def with_table(self, name: str, stored: Stored, extras: dict[str, dict[str, str]]) -> "Manifest":
        """This state with one contract table replaced, and the extra attributes as given."""
        return replace(self, tables={**self.tables, name: stored}, extras=extras)

    def with_dataset(self, dataset: str, partition: str, parts: Sequence[Part]) -> "Manifest":
        """This state with one partition of a dataset replaced; without files there is none."""
        partitions = {**self.datasets.get(dataset, {}), partition: tuple(parts)}
        partitions = {name: files for name, files in partitions.items() if files}
        return replace(self, datasets={**self.datasets, dataset: partitions})

    @property
    def files(self) -> set[str]:
        """Every file named."""
        tables = {file for stored in self.tables.values() for file in stored.files}
        return tables | {p.file for named in self.datasets.values() for parts in named.values() for p in parts}


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(root: Path) -> Manifest:
    """The present state of the lake at `root`; an empty one where nothing was ever written."""
    try:
        raw = json.loads((root / _NAME).read_text(encoding="utf-8"))
        if raw["version"] in _READABLE:
            return _MANIFEST.validate_python({part.name: raw[part.name] for part in fields(Manifest)})
    except FileNotFoundError:
        return Manifest()
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(
            "The manifest of the lake cannot be read", where=str(root / _NAME), hint="Restore it from a backup"
        ) from error
    raise Refused("The lake was written by another version of Yuelao", where=str(root), hint="Use that version")


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Replace the state of the lake; when this returns, the new state survives a power cut."""
    new = root / f"{_NAME}.{new_id()}"
    with new.open("w", encoding="utf-8") as stream:
        json.dump({"version": _VERSION, **asdict(manifest)}, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    for file in read_manifest(root).files - manifest.files:
        with suppress(FileNotFoundError):
            os.utime(root / file)  # the grace period of a file counts from the moment it was dropped
    new.replace(root / _NAME)
    sync(root)


def new_file(root: Path, name: str, partition: str) -> str:
    """A path within the lake for a new file; nobody reads it before a manifest names it."""
    file = Path(name) / partition / f"{new_id()}.parquet"
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    return str(file)


def sync(path: Path) -> None:
    """Bring a file or a directory entry to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(root: Path, file: str) -> None:
    """Bring a new file of the lake to the disk, with the entries of the directories that lead to it."""
    path = root / file
    for part in (path, path.parent, path.parent.parent, root):
        sync(part)


def sweep(root: Path, manifest: Manifest) -> None:
    """Remove what no state has named for `GRACE`: dropped files, files of writers that died, left-over spill."""
    limit = time.time() - GRACE.total_seconds()
    unnamed = [file for file in root.glob("*/*/*.parquet") if str(file.relative_to(root)) not in manifest.files]
    for left in [*unnamed, *root.glob("tmp/*"), *root.glob(f"{_NAME}.*")]:
        with suppress(FileNotFoundError):  # another process may be tidying up too
            if _touched_since(left, limit):
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def _touched_since(path: Path, limit: float) -> bool:
    """Whether the file is written to, or anything in the folder: the folder's own time tells only of what is new in it.

    It looks until it finds something young, so where it looks at everything, everything is removed next.
    """
    return any(entry.lstat().st_mtime >= limit for entry in chain([path], path.rglob("*")))


@contextmanager
def locked(root: Path, name: str, wait_seconds: float, refusal: str) -> Iterator[None]:
    """Hold the lock called `name` of the lake; Conflict(refusal) when another holds it for longer than the wait.

    The operating system frees it when the process ends, however it ends.
    """
    root.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with (root / f".{name}.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise Conflict(refusal, where=str(root), hint="Wait until it has ended, then try again") from error
                time.sleep(0.05)
        yield
