"""Rough sets beside the plain way: a minimal reduct of large tables, against the same search by GROUP BY.

make bench runs 1 M rows × 40 attributes, random and planted, with DuckDB and pandas as peers;
.venv/bin/python benchmarks/rough_sets.py --rows 10000000 --attributes 40 --no-peers

Random: 2 to 10 values an attribute and a decision of 2, all drawn, so that about a dozen attributes are needed to tell
every row apart. Planted: the first five attributes decide. The peers make the same search (what all attributes leave
open; forward by entropy; backward; the core) and ask each question by one GROUP BY. A peer is stopped at a hundred
times our time. Each runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from yuelao.analytics.rough_sets import DecisionTable, from_codes, reduct
from yuelao.common.memory import peak_memory_mb

DECIDING, STOPPED_AT, REPEATS = 5, 100, 3
KINDS = ("random", "planted")


def table(kind: str, rows: int, attributes: int, seed: int = 0) -> DecisionTable:
    """A table of codes of 8 bits."""
    rng = np.random.default_rng(seed)
    values = rng.integers(2, 11, attributes)
    codes = {f"a{i:03}": rng.integers(0, values[i], rows, dtype=np.uint8) for i in range(attributes)}
    if kind == "random":
        return from_codes(codes, rng.integers(0, 2, rows, dtype=np.uint8))
    together = np.zeros(rows, np.int64)
    for i in range(DECIDING):
        together = together * values[i] + codes[f"a{i:03}"]
    return from_codes(codes, rng.integers(0, 2, int(values[:DECIDING].prod()), dtype=np.uint8)[together])


def ours(given: DecisionTable, kind: str) -> dict[str, Any]:
    """The median of some runs, and what the first run of a process pays for compiled code: made or read from disk."""
    started = time.perf_counter()
    reduct(table(kind, 1000, 40))
    ready = time.perf_counter() - started
    wall, cpu = [], []
    for _ in range(REPEATS):
        started, used = time.perf_counter(), time.process_time()
        found = reduct(given)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    seconds = {"seconds": statistics.median(wall), "cpu": statistics.median(cpu), "ready": ready}
    return {"attributes": found.attributes, "core": found.core, **seconds}


class Stopped(Exception):
    """A peer's time is over."""


def plainly(bits: Callable[[list[str]], float], names: list[str], limit: float) -> dict[str, Any]:
    """The same search with one GROUP BY a question; `bits`: the entropy that attributes leave, as a sum over rows."""
    started, used, tried = time.perf_counter(), time.process_time(), 0

    def left(chosen: list[str]) -> float:
        nonlocal tried
        if time.perf_counter() - started > limit:
            raise Stopped
        tried += 1
        return bits(chosen)

    taken: list[str] = []
    common: list[str] = []
    done = "stopped"
    try:
        least = left(names) + 1e-6
        while left(taken) > least:
            found = {name: left([*taken, name]) for name in names if name not in taken}
            taken.append(min(found, key=lambda name: found[name]))
        for name in list(taken):
            if left([other for other in taken if other != name]) <= least:
                taken.remove(name)
        common = [name for name in taken if left([other for other in names if other != name]) > least]
        done = "done"
    except Stopped:
        pass
    seconds = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}
    return {"attributes": taken, "core": common, "done": done, "questions": tried, **seconds}


def in_duckdb(given: DecisionTable) -> Callable[[list[str]], float]:
    """Two threads, the table in DuckDB's own form."""
    import duckdb
    import pyarrow as pa

    engine = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    arrow = pa.table({name: given.columns[name].codes for name in given.names} | {"d": given.decision.codes})  # noqa: F841
    engine.execute("CREATE TABLE rows AS SELECT * FROM arrow")

    def bits(chosen: list[str]) -> float:
        cells = f"SELECT {', '.join([*chosen, 'count(*) AS c'])} FROM rows GROUP BY {', '.join([*chosen, 'd'])}"
        by = f"GROUP BY {', '.join(chosen)}" if chosen else ""
        groups = f"SELECT sum(c) AS n, sum(c * log2(c)) AS s FROM ({cells}) {by}"
        return float(engine.sql(f"SELECT sum(n * log2(n) - s) FROM ({groups})").fetchall()[0][0])

    return bits


def in_pandas(given: DecisionTable) -> Callable[[list[str]], float]:
    """One thread, as pandas has it."""
    import pandas as pd  # type: ignore[import-untyped]

    frame = pd.DataFrame({name: given.columns[name].codes for name in given.names} | {"d": given.decision.codes})

    def sums(by: list[str]) -> float:
        counts = frame.groupby(by, sort=False).size().to_numpy() if by else np.array([len(frame)])
        return float((counts * np.log2(counts)).sum())

    return lambda chosen: sums(chosen) - sums([*chosen, "d"])


PEERS = {"DuckDB": in_duckdb, "pandas": in_pandas}


def measured(way: str, given: argparse.Namespace, kind: str, limit: float = 0.0) -> dict[str, Any]:
    """One way in a process of its own."""
    size = ["--rows", str(given.rows), "--attributes", str(given.attributes), "--kind", kind]
    command = [sys.executable, __file__, "--way", way, "--limit", str(limit), *size]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def compare(given: argparse.Namespace, kind: str) -> None:
    """Print one paragraph about one table."""
    mine = measured("ours", given, kind)
    print(
        f"rough sets, {kind}, {given.rows:,} × {given.attributes}: reduct of {len(mine['attributes'])}, core of "
        f"{len(mine['core'])}, in {mine['seconds']:.2f} s ({mine['cpu']:.2f} s of CPU), peak memory "
        f"{mine['memory']:,.0f} MB; compiled code ready after {mine['ready']:.1f} s",
        flush=True,
    )
    for peer in PEERS if given.peers else ():
        other = measured(peer, given, kind, STOPPED_AT * mine["seconds"])
        print(
            f"  {peer} {other['done']} after {other['seconds']:.1f} s ({other['cpu']:.1f} s of CPU) and "
            f"{other['questions']} questions, {len(other['attributes'])} attributes; peak memory "
            f"{other['memory']:,.0f} MB; ratio {other['seconds'] / mine['seconds']:.0f}, "
            f"of CPU {other['cpu'] / mine['cpu']:.0f}",
            flush=True,
        )
        if other["done"] == "done" and len(other["attributes"]) != len(mine["attributes"]):
            sys.exit(f"{peer} found another reduct: {other['attributes']}, not {mine['attributes']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--attributes", type=int, default=40)
    parser.add_argument("--kind", choices=KINDS, help="one kind only")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--way", choices=["ours", *PEERS], help=argparse.SUPPRESS)
    parser.add_argument("--limit", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        made = table(given.kind, given.rows, given.attributes)
        if given.way == "ours":
            answer = ours(made, given.kind)
        else:
            answer = plainly(PEERS[given.way](made), made.names, given.limit)
        print(json.dumps({**answer, "memory": peak_memory_mb()}))
        return
    for kind in [given.kind] if given.kind else KINDS:
        compare(given, kind)


if __name__ == "__main__":
    main()
