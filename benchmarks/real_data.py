"""The product's own recipe on public data beside peers fitted in the same run on the same rows.

make bench runs it; alone: python benchmarks/real_data.py --only telco. Each way runs in a process of its own, so that
its peak memory is its own. Peers: LightGBM with defaults, LightGBM with 8 leaves, logistic regression (scikit-learn).
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.evaluation import auc, reached
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.history import read_history
from yuelao.analytics.propensity.evaluating import Protocol, Split, divide, evaluate
from yuelao.analytics.propensity.training import rows_of
from yuelao.warehouse.table_file import read_table

DATA = Path(__file__).parents[2] / "shared" / "data"
BANK, TELCO = DATA / "bank/bank-full.csv", DATA / "telco_churn/Telco-Customer-Churn.csv"
STEADY_ROWS = 30_000
Peer = Callable[[Rows, Floats], Floats]


def lightgbm(rows: Rows, x: Floats, leaves: int = 31) -> Floats:
    """LightGBM as it comes."""
    import lightgbm as lgb

    model = lgb.LGBMClassifier(num_leaves=leaves, n_jobs=1, verbose=-1)
    model.fit(rows.x, rows.y, categorical_feature=list(rows.categorical))
    return np.asarray(model.predict_proba(x), dtype=np.float64)[:, 1]


def logistic(rows: Rows, x: Floats) -> Floats:
    """Logistic regression on standardised numbers and one column a category."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [place for place in range(rows.x.shape[1]) if place not in rows.categorical]
    prepared = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("codes", OneHotEncoder(handle_unknown="ignore"), list(rows.categorical)),
        ]
    )
    model = make_pipeline(prepared, LogisticRegression(max_iter=2000))
    return np.asarray(model.fit(rows.x, rows.y).predict_proba(x), dtype=np.float64)[:, 1]


PEERS: dict[str, Peer] = {
    "LightGBM defaults": lightgbm,
    "LightGBM 8 leaves": lambda rows, x: lightgbm(rows, x, leaves=8),
    "logistic regression": logistic,
}


def bank() -> tuple[pa.Table, list[str]]:
    """Telemarketing contacts in time order; how long the call took is known only after it."""
    table = read_table(BANK)
    return _labelled(table, "y", "yes"), [name for name in table.column_names if name not in ("y", "duration")]


def telco() -> tuple[pa.Table, list[str]]:
    """Churn of a telecom operator."""
    table = read_table(TELCO)
    inputs = [name for name in table.column_names if name not in ("customerID", "Churn")]
    return _labelled(table, "Churn", "Yes"), inputs


def steady(shuffled: bool = False) -> tuple[pa.Table, list[str]]:
    """A simulated world that does not change; `shuffled`: the rows before the test in random order."""
    rng = np.random.default_rng(0)
    x, kind = rng.normal(size=(STEADY_ROWS, 8)), rng.integers(0, 6, STEADY_ROWS)
    odds = x @ [0.8, -0.5, 0.4, 0.3, 0.2, 0, 0, 0] + 0.4 * np.abs(x[:, 1]) + 0.3 * x[:, 2] * x[:, 3]
    odds += np.array([0.5, -0.4, 0.2, 0, 0.1, -0.3])[kind] - 2.2
    sold = rng.random(STEADY_ROWS) < 1 / (1 + np.exp(-odds))
    columns = {f"x{place}": x[:, place] for place in range(8)}
    table = pa.table({**columns, "kind": kind.astype(str), "event_": sold, "place_": np.arange(STEADY_ROWS)})
    cut = STEADY_ROWS - round(STEADY_ROWS / 3)
    if shuffled:
        order = np.r_[rng.permutation(cut), np.arange(cut, STEADY_ROWS)]
        table = table.take(order).set_column(table.num_columns - 1, "place_", pa.array(np.arange(STEADY_ROWS)))
    return table, [*columns, "kind"]


PROTOCOLS = {
    "bank forward": (bank, Protocol("forward")),
    "bank rolling": (bank, Protocol("rolling")),
    "telco 5-fold × 5": (telco, Protocol("kfold", folds=5, repeats=5)),
    "steady": (steady, Protocol("forward")),
    "steady, shuffled": (lambda: steady(shuffled=True), Protocol("forward")),
}


def measure(name: str, way: str) -> dict[str, float]:
    """AUC, share reached by half of the calls, CPU seconds and peak memory (MB) of one way."""
    load, protocol = PROTOCOLS[name]
    table, inputs = load()
    started = time.process_time()
    if way == "recipe":
        found = evaluate(table, "event_", "place_", inputs, protocol)
        figures = found.auc, found.reached_at_half
    else:
        rows = rows_of(read_history(table, "event_", "place_", inputs))
        figures = tuple(np.mean([_tested(rows, run, PEERS[way]) for run in divide(rows, protocol)], axis=0))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return dict(
        zip(("auc", "half", "seconds", "memory"), (*figures, time.process_time() - started, memory), strict=True)
    )


def _tested(rows: Rows, splits: Sequence[Split], peer: Peer) -> tuple[float, float]:
    scores = []
    for split in splits:
        known = Rows(rows.x[split.train], rows.y[split.train], rows.categorical)
        scores.append(peer(known, rows.x[split.test]))
    labels = np.concatenate([rows.y[split.test] for split in splits])
    return auc(labels, np.concatenate(scores)), reached(labels, np.concatenate(scores))


def _labelled(table: pa.Table, target: str, positive: str) -> pa.Table:
    event = pc.equal(table[target].cast(pa.string()), positive)
    return table.append_column("event_", event).append_column("place_", pa.array(np.arange(table.num_rows)))


def _apart(name: str, way: str) -> dict[str, float]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--only", name, "--way", way]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print one table a protocol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="protocols whose name begins so")
    parser.add_argument("--way", default="", help="one way, as JSON, in this process")
    given, _ = parser.parse_known_args()
    if given.way:
        print(json.dumps(measure(given.only, given.way)))
        return
    if not BANK.exists():
        sys.exit(f"The public data is not in {DATA.name}: see its README")
    for name in [name for name in PROTOCOLS if name.startswith(given.only)]:
        found = {way: _apart(name, way) for way in ("recipe", *PEERS)}
        first = found["LightGBM defaults"]["seconds"]
        print(f"{name:18}{'AUC':>8}{'half':>8}{'CPU s':>8}{'MB':>7}{'ratio':>8}")
        for way, f in found.items():
            ratio = f["seconds"] / first
            print(f"  {way:20}{f['auc']:4.3f}{f['half']:8.1%}{f['seconds']:8.1f}{f['memory']:7.0f}{ratio:8.1f}")


if __name__ == "__main__":
    main()
