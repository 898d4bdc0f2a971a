"""Lives blocks and renders what they leave, here or in processes of their own, and hands it over in order.

A block depends on nothing but its number, so any number of processes gives the same pieces. At most a few blocks wait
to be written, however many there are.
"""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
from numpy.typing import NDArray

from yuelao.common import memory
from yuelao.common.errors import Unavailable
from yuelao.simulation import columns, dirt, words, world
from yuelao.simulation.catalogue import Integers

TRUTH = "truth/customers.parquet"
_MONTHLY = {
    "usage_monthly": "usage",
    **{name: name for name in ("payments", "interactions", "transactions", "browsing")},
}
"""Large tables: Parquet, a file a month, by the name their files begin with."""
_CODES = {"interactions": len(words.CHANNELS), "payments": len(words.PAYMENT_CHANNELS)}
_peaks: dict[int, float] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be simulated: the seed, consecutive months, the number of customers kept, the share of dirt.

    cut_link, for tests: what customers do has nothing to do with what is true of them (see `world.live`).
    """

    seed: int
    months: NDArray[np.datetime64]
    customers: int
    dirt: float
    cut_link: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What a block adds to one file: GB18030 lines and the headings they belong under, or (without headings) rows.

    The rows are a stream of Arrow: a slice of a table would bring all of the table to another process.
    """

    content: bytes
    rows: int
    headings: bytes = b""

    def table(self) -> pa.Table:
        """The rows of a piece without headings."""
        return pa.ipc.open_stream(self.content).read_all()


@dataclass(frozen=True, slots=True)
class Written:
    """All a block leaves, by file name; the process that lived it and the most memory that has had."""

    pieces: dict[str, Piece]
    process: int
    peak_mb: float


def in_order(work: Work, count: int, processes: int) -> Generator[Written]:
    """The blocks 0 … count − 1, one after the other. Unavailable when a process dies (of hunger for memory, mostly)."""
    _peaks.clear()
    if processes <= 1:
        for block in range(count):
            yield _noted(write_block(work, block))
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"))
    try:
        waiting: deque[Future[Written]] = deque()
        for block in range(count):
            with _interrupts_held():  # a process born here never hears of them: stopping it is our business
                waiting.append(pool.submit(write_block, work, block))
            if len(waiting) > processes + 1:
                yield _noted(waiting.popleft().result())
        while waiting:
            yield _noted(waiting.popleft().result())
    except BrokenProcessPool as error:
        hint = "Free memory, or simulate with fewer processes"
        raise Unavailable("A process of the simulation ended before its work was done", hint=hint) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def write_block(work: Work, block: int) -> Written:
    """Live one block and render what it leaves."""
    lived = world.live(work.seed, block, work.months, cut_link=work.cut_link)
    rng = world.dirt_generator(work.seed, block)
    pieces: dict[str, Piece] = {}
    for table in columns.TABLES:
        pieces.update(_pieces(work, table, lived.log.table(table), rng))
    hidden = world.truth(lived, work.months[-1] + 1)
    kept = hidden["number"] <= work.customers
    truth = pa.table({name: values[kept] for name, values in hidden.items()})
    pieces[TRUTH] = _rows(truth)
    return Written(pieces, os.getpid(), memory.peak_memory_mb())


def peak_memory_mb() -> float:
    """The sum of the most memory (MB) this process and those of the last `in_order` have had."""
    return sum({**_peaks, os.getpid(): memory.peak_memory_mb()}.values())


def _pieces(work: Work, table: str, rows: dict[str, NDArray[Any]], rng: np.random.Generator) -> dict[str, Piece]:
    months = work.months
    file, names = _files(table, rows, months)
    if table in _CODES:
        channel = dirt.respelt(table, rows["channel"], _month(rows, months), len(months), work.dirt, _CODES[table])
        rows = {**rows, "channel": channel}
    plan = dirt.plan(table, file, len(names), work.dirt, rng).only(rows["number"] <= work.customers)
    rendered = columns.render(table, {name: values[plan.origin] for name, values in rows.items()})
    if work.dirt:
        rendered = dirt.soil(table, rendered, plan)
    edges = np.searchsorted(plan.file, np.arange(len(names) + 1))
    found: dict[str, Piece] = {}
    for name, start, end in zip(names, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = rendered.slice(start, end - start)
        found[name] = _rows(part) if name.endswith(".parquet") else _csv(part)
    return found


def _files(table: str, rows: dict[str, NDArray[Any]], months: NDArray[np.datetime64]) -> tuple[Integers, list[str]]:
    """The place of each row's file among the files of the table, and their names."""
    if table in _MONTHLY:
        return _month(rows, months), [f"{_MONTHLY[table]}_{str(month).replace('-', '')}.parquet" for month in months]
    if table == "customers":  # the register is read before the first month and after the last
        read = months[0] - 1, months[-1]
        second = rows["observed"] >= months[0].astype("datetime64[D]")
        return second.astype(int), [f"customers_{str(month).replace('-', '')}.csv" for month in read]
    return np.zeros(len(rows["number"]), dtype=int), [f"{table}.csv"]


def _month(rows: dict[str, NDArray[Any]], months: NDArray[np.datetime64]) -> Integers:
    month = rows["month"] if "month" in rows else rows["moment"].astype("datetime64[M]")
    return np.asarray(np.clip((month - months[0]).astype(int), 0, len(months) - 1))


def _rows(table: pa.Table) -> Piece:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return Piece(sink.getvalue().to_pybytes(), table.num_rows)


def _csv(rows: pa.Table) -> Piece:
    options = pa.csv.WriteOptions(include_header=True, quoting_style="none")
    buffer = pa.BufferOutputStream()
    decoded = {name: _decoded(rows.column(name)) for name in rows.column_names}
    pa.csv.write_csv(pa.table(decoded), buffer, options)
    headings, _, lines = buffer.getvalue().to_pybytes().decode("utf-8").partition("\n")
    plain = f"{headings}\n".replace('"', "")
    return Piece(lines.encode("gb18030"), rows.num_rows, plain.encode("gb18030"))


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    # an interrupt meanwhile is not lost: it comes when the mask is as before
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _noted(written: Written) -> Written:
    _peaks[written.process] = max(_peaks.get(written.process, 0.0), written.peak_mb)
    return written
