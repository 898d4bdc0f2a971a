"""The customer view beside the plain way: one pass per table against one query per feature, on the same lake.

make bench ARGS="--customers 50000"
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis.expr.types as ir

from yuelao.simulation import simulate
from yuelao.warehouse.features import FEATURES, build_view
from yuelao.warehouse.features.registry import PASSES
from yuelao.warehouse.features.rows import Rows, known_rows
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.snapshot import Snapshot

_UNTIL = date(2026, 11, 1)


def loaded(home: Path, customers: int) -> Lake:
    """A lake of a simulated operator of 6 months."""
    simulate(customers, 6, 1, home / "extracts", _UNTIL)
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="benchmark", today=_UNTIL) as load:
        load.publish()
    return lake


def one_query_per_feature(snapshot: Snapshot) -> list[ir.Table]:
    """Each feature of the families with many rows per customer as a query of its own."""
    queries: list[ir.Table] = []
    for each in PASSES[1:]:
        known = known_rows(snapshot.table(each.source.name), each.source, _UNTIL)
        rows = Rows(each.prepare(known, snapshot, _UNTIL) if each.prepare else known, each.source, _UNTIL)
        expressions = [feature.expression(rows) for feature in each.features.values()]
        queries += [rows.table.group_by("customer_id").aggregate(value=expression) for expression in expressions]
    return queries


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    customers = parser.parse_args().customers
    with tempfile.TemporaryDirectory() as home, loaded(Path(home), customers).snapshot() as snapshot:
        view = min(seconds(lambda: build_view(snapshot, _UNTIL).to_pyarrow()) for _ in range(3))
        singly = seconds(lambda: [query.to_pyarrow() for query in one_query_per_feature(snapshot)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"view: {customers} customers, {len(FEATURES)} features in {view:.2f} s")
    print(f"one query per feature, not yet joined: {singly:.2f} s; ratio {singly / view:.1f}")
    print(f"peak memory, the load included: {memory:.0f} MB")


if __name__ == "__main__":
    main()
