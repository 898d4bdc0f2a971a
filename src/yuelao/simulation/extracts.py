"""Writes the simulated operator to files: raw extracts, the mapping that brings them to the contract, the truth.

Small tables are GB18030 CSV, the large ones Parquet, the catalogue Excel. `truth/` lies beside them and is read by
`outcomes` alone. The same seed, months and end give the same bytes, and fewer customers a prefix of more.
"""

import shutil
import time
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from yuelao.common.errors import Refused
from yuelao.common.progress import Progress, silent
from yuelao.simulation import catalogue, columns, population, world
from yuelao.simulation.behaviour import Block
from yuelao.simulation.dirt import soil

TRUTH = "truth/customers.parquet"
_PARQUET = {"payments", "browsing"}
_ROW_GROUP = 250_000


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written: paths below the folder, data rows in the extracts, and the day after the last month."""

    files: list[str]
    rows: int
    seconds: float
    as_of: date


def simulate(
    customers: int,
    months: int,
    seed: int,
    out: Path,
    until: date,
    progress: Progress = silent,
    *,
    dirt: float = 0.005,
) -> Simulated:
    """Simulate `customers` over the `months` before `until` (a first of month) and write the extracts to `out`.

    `dirt` is the share of rows that are spoilt. Files of an earlier simulation in `out` are replaced. Raises
    Refused for numbers out of range.
    """
    _check(customers, months, seed, until, dirt)
    began = time.perf_counter()
    span = np.datetime64(until, "M") + np.arange(-months, 0)
    _clear(out)
    blocks = -(-customers // population.BLOCK)
    with _Folder(out) as folder:
        _write_catalogue(folder)
        for block in range(blocks):
            progress("simulate", block * population.BLOCK, customers)
            _write_block(folder, world.live(seed, block, span), customers, dirt, seed, until)
    progress("simulate", customers, customers)
    mapping = files("yuelao.simulation").joinpath("mapping.yaml").read_text("utf-8")
    (out / "mapping.yaml").write_text(mapping.replace("{today}", until.isoformat()), "utf-8")
    written = sorted([*folder.sinks, "plans.xlsx", "mapping.yaml"])
    return Simulated(written, folder.rows, time.perf_counter() - began, until)


class _Sink:
    """One file that grows block by block; CSV at once, Parquet when a row group is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[pa.Table] = []
        self._parquet: pa.parquet.ParquetWriter | None = None
        self._started = False

    def write(self, rows: pa.Table) -> None:
        if self._path.suffix == ".csv":
            self._write_csv(rows)
            return
        self._waiting.append(rows)
        if sum(piece.num_rows for piece in self._waiting) >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        if self._waiting:
            self._flush()
        if self._parquet is not None:
            self._parquet.close()

    def _write_csv(self, rows: pa.Table) -> None:
        options = pa.csv.WriteOptions(include_header=not self._started, quoting_style="none")
        buffer = pa.BufferOutputStream()
        pa.csv.write_csv(rows, buffer, options)
        with self._path.open("ab") as file:
            file.write(buffer.getvalue().to_pybytes().decode("utf-8").encode("gb18030"))
        self._started = True

    def _flush(self) -> None:
        rows = pa.concat_tables(self._waiting)
        if self._parquet is None:
            self._parquet = pa.parquet.ParquetWriter(self._path, rows.schema)
        self._parquet.write_table(rows, row_group_size=_ROW_GROUP)
        self._waiting = []


class _Folder:
    """The folder of extracts being written; counts the data rows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sinks: dict[str, _Sink] = {}
        self.truth = _Sink(root / TRUTH)
        self.rows = 0

    def __enter__(self) -> "_Folder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for sink in (*self.sinks.values(), self.truth):
            sink.close()

    def write(self, name: str, rows: pa.Table) -> None:
        """Append to an extract."""
        self.sinks.setdefault(name, _Sink(self.root / name)).write(rows)
        self.rows += rows.num_rows


def _write_block(folder: _Folder, block: Block, customers: int, share: float, seed: int, until: date) -> None:
    rng = world.dirt_generator(seed, block.log.block)
    for table in columns.TABLES:
        rows = block.log.table(table)
        rendered, order = soil(table, columns.render(table, rows), share, rng)
        order = order[rows["number"][order] <= customers]
        for name, part in _files(table, rows, order, until):
            folder.write(name, rendered.take(pa.array(part)))
    hidden = world.truth(block, np.datetime64(until, "D"))
    kept = hidden["number"] <= customers
    folder.truth.write(pa.table({name: values[kept] for name, values in hidden.items()}))


def _files(table: str, rows: dict[str, np.ndarray], order: np.ndarray, until: date) -> list[tuple[str, np.ndarray]]:
    if table == "customers":
        return [(f"customers_{until:%Y%m}.csv", order)]
    if table != "usage_monthly":
        return [(f"{table}.{'parquet' if table in _PARQUET else 'csv'}", order)]
    month = rows["month"][order]
    return [(f"usage_{str(name).replace('-', '')}.parquet", order[month == name]) for name in np.unique(month)]


def _write_catalogue(folder: _Folder) -> None:
    headings = (
        "套餐编码",
        "套餐名称",
        "月费(元)",
        "含通话(分钟)",
        "含流量(GB)",
        "含短信",
        "套外通话(元/分钟)",
        "套外流量(元/MB)",
        "制式",
    )
    with xlsxwriter.Workbook(folder.root / "plans.xlsx") as book:
        book.set_properties({"created": datetime(2020, 1, 1)})
        sheet = book.add_worksheet("套餐目录")
        sheet.write_row(0, 0, headings)
        for row, plan in enumerate(catalogue.PLANS, start=1):
            prices = catalogue.VOICE_PRICE, catalogue.DATA_PRICE
            allowances = plan.minutes, plan.data_mb / 1024, plan.sms
            sheet.write_row(row, 0, (plan.code, plan.name, plan.fee, *allowances, *prices, plan.generation))
    folder.rows += len(catalogue.PLANS)


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
