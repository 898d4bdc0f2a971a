"""Writes the simulated operator to files: raw extracts, the mapping that brings them to the contract, the truth.

Small tables are GB18030 CSV, the large ones Parquet by month, the catalogue Excel. `truth/` lies beside them, for
`outcomes` alone. The same seed, months and end give the same bytes, however many processes work on it, and fewer
customers a prefix of more.
"""

import shutil
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from yuelao.common.errors import Refused
from yuelao.common.progress import Progress, silent
from yuelao.simulation import blocks, plan_book, population
from yuelao.simulation.blocks import TRUTH, Work

__all__ = ["TRUTH", "Simulated", "simulate"]

_ROW_GROUP = 100_000
PROCESSES = 2
"""Processes that live blocks side by side, unless said."""
_FEW = 4  # blocks that are lived here, without starting processes


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written: paths below the folder, data rows in the extracts, and the day after the last month.

    `peak_memory_mb` is the sum of the peaks of all processes.
    """

    files: list[str]
    rows: int
    seconds: float
    as_of: date
    customers: int
    peak_memory_mb: float

    @property
    def rows_per_customer(self) -> float:
        """Data rows of all extracts for one customer."""
        return self.rows / self.customers


def simulate(
    customers: int,
    months: int,
    seed: int,
    out: Path,
    until: date,
    progress: Progress = silent,
    *,
    dirt: float = 0.005,
    processes: int = PROCESSES,
    cut_link: bool = False,
) -> Simulated:
    """Simulate `customers` over the `months` before `until` (a first of month) and write the extracts to `out`.

    `dirt` is the share of rows that are spoilt; `cut_link` is for tests (see `world.live`). Files of an earlier
    simulation in `out` are replaced. With more than one of `processes`, a script that calls this must be importable
    (`if __name__ == "__main__":`). Raises Refused for numbers out of range, Unavailable when a process dies.
    """
    _check(customers, months, seed, until, dirt)
    began = time.perf_counter()
    _clear(out)
    work = Work(seed, np.datetime64(until, "M") + np.arange(-months, 0), customers, dirt, cut_link)
    count = -(-customers // population.BLOCK)
    processes = 1 if count < _FEW else processes
    with _Folder(out) as folder, closing(blocks.in_order(work, count, processes)) as written:
        plan_rows = plan_book.write(out / "plans.xlsx")
        progress("simulate", 0, customers)
        for number, block in enumerate(written, start=1):
            folder.write(block.pieces)
            progress("simulate", min(number * population.BLOCK, customers), customers)
    mapping = files("yuelao.simulation").joinpath("mapping.yaml").read_text("utf-8")
    (out / "mapping.yaml").write_text(mapping.replace("{today}", until.isoformat()), "utf-8")
    names = sorted([*(name for name in folder.sinks if name != TRUTH), "plans.xlsx", "mapping.yaml"])
    seconds, peak = time.perf_counter() - began, blocks.peak_memory_mb()
    return Simulated(names, folder.rows + plan_rows, seconds, until, customers, peak)


class _Sink:
    """One file that grows block by block; CSV at once, Parquet when a row group is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._parquet: pa.parquet.ParquetWriter | None = None

    def write(self, rows: bytes | pa.Table) -> None:
        if isinstance(rows, bytes):
            with self._path.open("ab") as file:
                file.write(rows)
            return
        self._waiting.append(rows)
        self._rows += rows.num_rows
        if self._rows >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        try:
            if self._waiting:
                self._flush()
        finally:
            if self._parquet is not None:
                self._parquet.close()

    def _flush(self) -> None:
        rows = pa.concat_tables(self._waiting)
        if self._parquet is None:
            self._parquet = pa.parquet.ParquetWriter(self._path, rows.schema, store_schema=False)
        self._parquet.write_table(rows, row_group_size=_ROW_GROUP)
        self._waiting, self._rows = [], 0


class _Folder:
    """The folder of extracts being written; counts the data rows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sinks: dict[str, _Sink] = {}
        self.rows = 0

    def __enter__(self) -> "_Folder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for sink in self.sinks.values():
            sink.close()

    def write(self, pieces: Mapping[str, blocks.Piece]) -> None:
        """Append a block's pieces, each to its extract; a new CSV begins with its headings."""
        for name, piece in pieces.items():
            if name not in self.sinks:
                self.sinks[name] = _Sink(self.root / name)
                if piece.headings:
                    self.sinks[name].write(piece.headings)
            self.sinks[name].write(piece.content if piece.headings else piece.table())
            self.rows += piece.rows if name != TRUTH else 0


def _clear(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.csv", "*.parquet", "plans.xlsx", "mapping.yaml"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "truth", ignore_errors=True)
    (out / "truth").mkdir()


def _check(customers: int, months: int, seed: int, until: date, share: float) -> None:
    if not 1 <= customers <= 99_999_999:
        raise Refused(f"cannot simulate {customers} customers", hint="Give 1 to 99,999,999")
    if not 1 <= months <= 60:
        raise Refused(f"cannot simulate {months} months", hint="Give 1 to 60")
    if seed < 0:
        raise Refused(f"a seed is not negative, as {seed} is")
    if until.day != 1:
        raise Refused(f"the simulation ends on the first of a month, not on {until}")
    if not 0 <= share <= 0.5:
        raise Refused(f"cannot spoil a share of {share} of the rows", hint="Give 0 to 0.5")
