"""Handset replacement beside LightGBM's defaults, out of time, on a simulated operator; and the tree's speed.

make bench runs it on 50,000 customers over 8 months; .venv/bin/python benchmarks/replacement.py --customers 100000

Forty attributes in four groups; who uses another handset within a month, about 2 % of the customers. Every model is
fitted to the earlier windows, takes its threshold from the next and is measured on the last; and it scores the newest
view, beside the true chance of everybody who is still there. The peer is LightGBM as it comes, on all attributes and on
our reduct. The tree grows on a million rows of forty attributes, beside scikit-learn's tree of the same depth and
smallest leaf. Each runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yuelao.analytics.cost_sensitive.binning import learn_bins
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.tree import DEPTH, FEWEST, grow
from yuelao.analytics.evaluation import auc, rank_correlation
from yuelao.analytics.family import Rows
from yuelao.analytics.inputs import learn_inputs
from yuelao.analytics.replacement import train_replacement
from yuelao.analytics.replacement.comparison import operate
from yuelao.analytics.replacement.windows import windows
from yuelao.common.ids import pseudonym
from yuelao.common.memory import peak_memory_mb
from yuelao.simulation import load_truth, simulate
from yuelao.warehouse.features import build_view
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.targets import target_of
from yuelao.warehouse.training import windows_set

UNTIL = date(2026, 11, 1)
COSTS = Costs(call=6.0, margin=180.0)
GROUPS = {
    "basic": "gender city brand star_level vip_type age tenure_months contract_months_left points_total "
    "overdraft_allowance",
    "consumption": "arpu_3m arpu_6m charge_change_3m charge_per_minute_3m voice_minutes_3m voice_change_3m "
    "numbers_called_3m roaming_minutes_3m sms_3m off_net_share_3m overage_charge_3m plan_fee_share_3m",
    "device use": "device_brand device_price device_generation device_months handset_changes_12m handset_changes_3y "
    "months_between_devices previous_device_price device_price_highest_3y generation_headroom",
    "internet use": "data_mb_3m data_change_3m data_days_3m fast_data_share_3m overage_months_3m handset_pages_30d "
    "handset_pages_3m browsing_6m",
}
ATTRIBUTES = [name for group in GROUPS.values() for name in group.split()]
TREE_ROWS = 1_000_000


def write_rows(home: Path, customers: int, months: int, seed: int) -> Path:
    """The forty attributes of everybody on the first of each month, with the label of that month."""
    simulate(customers, months, seed, home / "extracts", UNTIL)
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="benchmark", today=UNTIL) as load:
        load.publish()
    truth = load_truth(home / "extracts")
    chance = {
        pseudonym("benchmark", f"KH{number:08d}"): float(value)
        for number, value, left in zip(*map(truth.column, ("number", "replacement", "left")), strict=True)
        if not left
    }
    with lake.snapshot() as snapshot:
        newest = build_view(snapshot, UNTIL).select(KEY, *ATTRIBUTES).to_pyarrow()
        table = windows_set(snapshot, target_of("replacement").within(1), UNTIL, most_rows=customers * months)
    true = pa.array([chance.get(customer) for customer in newest[KEY].to_pylist()], pa.float64())
    pq.write_table(newest.append_column("true", true).filter(true.is_valid()), home / "newest.parquet")
    file = home / "rows.parquet"
    pq.write_table(table.select([*ATTRIBUTES, "start", "label"]), file)
    return file


def ours(file: Path, _given: Sequence[str]) -> dict[str, Any]:
    """The card of the whole comparison."""
    table = pq.read_table(file)
    model, card, _tested = train_replacement(table, "label", "start", ATTRIBUTES, COSTS)
    newest = pq.read_table(file.with_name("newest.parquet"))
    return {"card": card.as_dict(), "truth": rank_correlation(newest["true"], model.predict(newest))}


def peer(file: Path, given: Sequence[str]) -> dict[str, Any]:
    """LightGBM's defaults on the given attributes; threshold from the validation rows as ours, figures of the test."""
    import lightgbm as lgb

    table = pq.read_table(file)
    inputs, _ = learn_inputs(table, given)
    y = table["label"].to_numpy().astype(np.float64)
    rows = Rows(inputs.matrix(table), y, tuple(inputs.categorical), times=table["start"].to_numpy())
    parts = windows(rows)
    model = lgb.LGBMClassifier(n_jobs=1, verbose=-1)
    model.fit(parts.train.x, parts.train.y, categorical_feature=list(rows.categorical))
    earlier, later = (np.asarray(model.predict_proba(p.x, raw_score=True)) for p in (parts.validation, parts.test))
    operating = operate(earlier, parts.validation.y, COSTS)
    probability = operating.probability(later)
    cost = COSTS.of(parts.test.y, probability >= operating.threshold)
    newest = pq.read_table(file.with_name("newest.parquet"))
    truth = rank_correlation(newest["true"], np.asarray(model.predict_proba(inputs.matrix(newest)))[:, 1])
    return {"auc": auc(parts.test.y, probability), "cost": 1000 * float(cost.mean()), "truth": truth}


def drawn() -> tuple[Any, Any]:
    """A million rows of forty numbers, of which three tell, a tenth of some unknown; 2 % positives."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(TREE_ROWS, len(ATTRIBUTES)))
    odds = -4.6 + x[:, 0] + 0.6 * x[:, 7] * x[:, 8]
    x[:, :5][rng.random((TREE_ROWS, 5)) < 0.1] = np.nan
    return x, (rng.random(TREE_ROWS) < 1 / (1 + np.exp(-odds))).astype(np.float64)


def tree(_file: Path, _given: Sequence[str]) -> dict[str, Any]:
    """Our tree, on bins made within the time."""
    x, y = drawn()
    blocks = [list(range(first, first + 10)) for first in range(0, len(ATTRIBUTES), 10)]
    few = learn_bins(x[:1000], [])
    grow(few.codes(x[:1000]), y[:1000], few, blocks, COSTS)  # compiles
    began, wall = time.process_time(), time.perf_counter()
    bins = learn_bins(x, [])
    codes = bins.codes(x)
    binned = time.process_time() - began
    grown = grow(codes, y, bins, blocks, COSTS)
    used = {"cpu": time.process_time() - began, "wall": time.perf_counter() - wall, "binned": binned}
    return used | {"nodes": len(grown.attribute), "auc": auc(y, grown.log_odds(codes))}


def sklearn_tree(_file: Path, _given: Sequence[str]) -> dict[str, Any]:
    """scikit-learn's tree, weighted by what a mistake costs."""
    from sklearn.tree import DecisionTreeClassifier

    x, y = drawn()
    began, wall = time.process_time(), time.perf_counter()
    grown = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=FEWEST, random_state=0)
    grown.fit(x, y, sample_weight=np.where(y > 0, COSTS.margin, COSTS.call))
    used = {"cpu": time.process_time() - began, "wall": time.perf_counter() - wall}
    return used | {"nodes": int(grown.tree_.node_count), "auc": auc(y, grown.predict_proba(x)[:, 1])}


WAYS: dict[str, Callable[[Path, Sequence[str]], dict[str, Any]]] = {
    "ours": ours,
    "peer": peer,
    "tree": tree,
    "sklearn_tree": sklearn_tree,
}


def measured(way: str, file: Path, given: Sequence[str] = ()) -> dict[str, Any]:
    """One way in a process of its own: its answer, CPU seconds of all, and peak memory in MB."""
    command = [sys.executable, __file__, "--way", way, "--file", str(file), "--given", ",".join(given)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def show(card: dict[str, Any]) -> None:
    """The candidates side by side."""
    print(f"windows: fitted {card['train_window']}, chosen {card['validation_window']}, tested {card['test_window']}")
    print(
        "learner   inputs  balance   nulls      | chosen by cost |  test cost    AUC  called  precision  recall  lift"
    )
    for each in card["candidates"]:
        way = each["way"]
        mark = "← used" if way == card["used"] else ""
        print(
            f"{way['learner']:9} {way['inputs']:7} {way['imbalance']:9} {way['missing']:10} |"
            f"{each['validation_cost']:15,.0f} |{each['cost']:11,.0f} {each['auc']:6.4f} {each['called']:7.1%} "
            f"{each['precision']:10.1%} {each['recall']:7.1%} {each['lift']:5.2f}  {mark}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--way", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--given", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        began = time.process_time()
        answer = WAYS[given.way](given.file, given.given.split(","))
        print(json.dumps({**answer, "seconds": time.process_time() - began, "memory": peak_memory_mb()}))
        return
    with tempfile.TemporaryDirectory() as home:
        file = write_rows(Path(home), given.customers, given.months, given.seed)
        labels = pq.read_table(file, columns=["label"])["label"]
        found = measured("ours", file)
        card = found["card"]
        plain, reduced = measured("peer", file, ATTRIBUTES), measured("peer", file, list(card["reduct"]))
        grown, other = measured("tree", file), measured("sklearn_tree", file)
    print(f"replacement: {len(labels):,} rows × {len(ATTRIBUTES)} attributes, {np.mean(labels):.2%} positives")
    show(card)
    used = next(each for each in card["candidates"] if each["way"] == card["used"])
    told = ", ".join(f"{name} {share:.2%}" for name, share in card["reduct"].items())
    print(f"{found['seconds']:.0f} CPU s for all ways, peak memory {found['memory']:,.0f} MB")
    print(f"reduct: {len(card['reduct'])} of {len(ATTRIBUTES)} attributes ({told})")
    print(
        f"LightGBM's defaults: AUC {plain['auc']:.4f}, cost {plain['cost']:,.0f} yuan per 1,000 customers on all "
        f"attributes; {reduced['auc']:.4f}, {reduced['cost']:,.0f} on the reduct "
        f"(AUC lost {plain['auc'] - reduced['auc']:+.4f}); {plain['seconds']:.1f} CPU s, {plain['memory']:,.0f} MB"
    )
    best = max(each["auc"] for each in card["candidates"] if each["way"]["inputs"] == "reduct")
    print(
        f"the way used: AUC {used['auc']:.4f}, cost {used['cost']:,.0f}, ratio {used['cost'] / plain['cost']:.3f}; "
        f"our best on the reduct: AUC {best:.4f} ({plain['auc'] - best:+.4f} lost against the defaults on all)"
    )
    told = f"{found['truth']:.3f}, of the defaults {plain['truth']:.3f}"
    print(f"rank correlation with the true chance in the newest view: of the model in use {told}")
    for name, each in (("ours", grown), ("scikit-learn's", other)):
        print(
            f"tree on {TREE_ROWS:,} rows, {name}: {each['cpu']:.1f} CPU s, {each['nodes']} nodes, "
            f"AUC {each['auc']:.4f}, peak memory {each['memory']:,.0f} MB"
        )
    print(f"ratio {other['cpu'] / grown['cpu']:.1f}; of ours {grown['binned']:.1f} s are bins")


if __name__ == "__main__":
    main()
