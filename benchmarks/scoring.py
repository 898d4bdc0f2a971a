"""A trained model asked about every customer of a view, beside LightGBM's own Booster on pandas frames.

    make bench                                                     20,000 customers
    python benchmarks/scoring.py --size 1000000 --files 10         ten million
    python benchmarks/scoring.py --lake LAKE                       the newest view of a lake there is

An operator is simulated, and our own recipe trains a model of who leaves on all features of earlier views. The view is
repeated with other ids until a file of it has `--size` customers, and that file is read `--files` times. Ours reads the
columns from the engine, asks the model and writes customer_id and probability. The peer reads its columns with pandas,
predicts and writes the same: a booster of as many trees and leaves as ours, fitted to the same rows, without the text
columns, the additive part and the calibration. Each is a process of its own, of two threads.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from yuelao.analytics.boosting import Boosted
from yuelao.analytics.propensity import ResponseModel, train_response
from yuelao.common.memory import peak_memory_mb
from yuelao.simulation import simulate
from yuelao.warehouse.build import Build
from yuelao.warehouse.duck import COMPUTED, DuckEngine, connect, copy_sql
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.manifest import read_manifest
from yuelao.warehouse.model_scores import Trained, score_output, write_scores
from yuelao.warehouse.targets import target_of
from yuelao.warehouse.training import windows_set

UNTIL = date(2026, 11, 1)
THREADS = 2
MEMORY = "2GB"  # what the engine may use beside the model
CUSTOMERS = 20_000
TRAINED_ON = 100_000


def trained(home: Path, customers: int) -> Path:
    """Simulate, train, keep the model and the peer in `home`; the file of the view."""
    lake = _loaded(home, customers)
    with lake.snapshot() as snapshot:
        build = Build(lake, snapshot, UNTIL, full=True)
        build.build()
        build.score({})
        build.show()
        rows = windows_set(snapshot, target_of("churn").within(1), UNTIL, TRAINED_ON)
    inputs = [name for name in rows.column_names if name not in ("customer_id", "start", "label")]
    model, card, _tested = train_response(rows, "label", "start", inputs)
    model.save(home / "model")
    trees, leaves = _size(model)
    _peer(model, rows, trees, leaves).save_model(home / "peer.txt")
    print(f"{card.family} on {len(card.features)} inputs, {trees} trees of {leaves} leaves, AUC {card.auc:.3f}")
    return lake.root / read_manifest(lake.root).datasets["view"][str(UNTIL)][0].file


def _loaded(home: Path, customers: int) -> Lake:
    """A lake of a simulated operator of 6 months."""
    simulate(customers, 6, 1, home / "extracts", UNTIL)
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="benchmark", today=UNTIL) as load:
        load.publish()
    return lake


def _size(model: ResponseModel) -> tuple[int, int]:
    """How many trees the members have together, at least one, and the leaves of the largest."""
    boosters = [scorer.trees for _, scorer in model.score.members if isinstance(scorer, Boosted)]
    trees = [tree for booster in boosters for tree in booster.dump_model()["tree_info"]]
    return max(len(trees), 1), max((tree["num_leaves"] for tree in trees), default=4)


def _peer(model: ResponseModel, rows: pa.Table, trees: int, leaves: int) -> Any:
    import lightgbm as lgb

    frame = _numeric(rows.select(model.inputs.names).to_pandas())
    settings = {"objective": "binary", "num_leaves": leaves, "num_threads": THREADS, "verbose": -1}
    return lgb.train(settings, lgb.Dataset(frame, rows["label"].to_numpy().astype(float)), trees)


def _numeric(frame: Any) -> Any:
    """The columns that are numbers or yes and no: what a booster takes from pandas as it is."""
    return frame.select_dtypes(["number", "bool"])


def larger(view: Path, target: Path, size: int) -> None:
    """The file of the view with each customer as often as it takes to be about `size`, under other ids."""
    backend = connect(target.parent / "tmp")
    [(rows,)] = backend.con.execute(f"SELECT count(*) FROM read_parquet('{view}')").fetchall()
    again = "left(md5(customer_id || copy), 12) AS customer_id"
    select = (
        f"SELECT * EXCLUDE (copy) REPLACE ({again}) FROM read_parquet('{view}'), range({round(size / rows)}) c(copy)"
    )
    backend.con.execute(copy_sql(f"{select} ORDER BY customer_id", target, COMPUTED))
    backend.disconnect()


def ours(home: Path, files: Sequence[Path]) -> int:
    """Score every file in the engine; how many customers."""
    output = score_output("churn")
    assert output is not None
    engine = DuckEngine(home / "tmp", MEMORY, THREADS)
    asked = [Trained("churn", "", output, ResponseModel.load(home / "model"))]
    rows = sum(write_scores(engine, engine.read([file]), asked, home / "scores.parquet") for file in files)
    engine.close()
    return rows


def peer(home: Path, files: Sequence[Path]) -> int:
    """Score every file in pandas; how many customers."""
    import lightgbm as lgb
    import pandas as pd  # type: ignore[import-untyped]

    booster = lgb.Booster(model_file=home / "peer.txt")
    rows = 0
    for file in files:
        frame = pd.read_parquet(file, columns=["customer_id", *booster.feature_name()])
        probability = booster.predict(frame[booster.feature_name()], num_threads=THREADS)
        pd.DataFrame({"customer_id": frame.customer_id, "p": probability}).to_parquet(home / "scores_of_peer.parquet")
        rows += len(frame)
    return rows


WORK = {"ours": ours, "LightGBM on pandas": peer}


def run(work: str, home: Path, files: Sequence[Path], runs: int) -> float:
    """Median of the wall seconds of so many processes."""
    found = []
    for _ in range(runs):
        command = [sys.executable, __file__, "--work", work, "--home", str(home), *map(str, files)]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    wall, processor, memory, rows = (float(statistics.median(each)) for each in zip(*found, strict=True))
    print(f"{work}: {rows:,.0f} customers, {wall:.1f} s, {processor:.1f} s of processors, {memory:.0f} MB", flush=True)
    return wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="simulated, to learn from")
    parser.add_argument("--size", type=int, default=CUSTOMERS, help="customers of a file to score")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--lake", type=Path, help="score its newest view instead")
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("given", type=Path, nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        wall, processor = time.perf_counter(), time.process_time()
        rows = WORK[asked.work](asked.home, asked.given)
        print(json.dumps([time.perf_counter() - wall, time.process_time() - processor, peak_memory_mb(), rows]))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        view = trained(home, asked.customers)
        if asked.lake:
            files = [asked.lake / part.file for part in _newest(asked.lake)]
        else:
            larger(view, home / "view.parquet", asked.size)
            files = [home / "view.parquet"] * asked.files
        mine, other = (run(work, home, files, asked.runs) for work in WORK)
        print(f"peer ÷ ours: {other / mine:.1f}")


def _newest(lake: Path) -> Sequence[Any]:
    views = read_manifest(lake).datasets["view"]
    return views[max(views)]


if __name__ == "__main__":
    main()
