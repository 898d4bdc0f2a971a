"""The customer view and its models: how they grow with the customers, and beside the same written in pandas.

    make bench                                                   20,000 customers, and twice as many
    python benchmarks/customer_view.py --customers 1000000 --times 10 --runs 3

An operator is simulated and loaded once. For `--times` as many customers its lake is repeated with other customer ids,
so a customer has as many rows as before. Each run is a process of its own, which tells its own peak of memory; seconds
are medians. The peer computes 20 of the features and the value model, and is held against us computing the same.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from yuelao.common.memory import peak_memory_mb
from yuelao.simulation import simulate
from yuelao.warehouse.build import Build
from yuelao.warehouse.duck import connect, copy_sql
from yuelao.warehouse.evidence import evidence
from yuelao.warehouse.features import build_view
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.manifest import Manifest, Part, Stored, new_file, read_manifest, write_manifest
from yuelao.workflows.view_models import MODELS

_UNTIL = date(2026, 11, 1)
_MEMORY = "10.5GB"  # what the engine may use, as the setting memory_limit says it
_PACK = {
    "value_segmentation": "value",
    "preference": "preference",
    "dimensions": "dimensions",
    "plan_fit": "plan_fit",
    "handset_demand": "handset_demand",
}
_MONTHLY = {
    "arpu_3m": "charge",
    "voice_minutes_3m": "voice_minutes",
    "roaming_minutes_3m": "roaming_minutes",
    "sms_3m": "sms_count",
    "data_mb_3m": "data_mb",
    "overage_data_mb_3m": "overage_data_mb",
    "overage_charge_3m": "overage_charge",
}
_SHARES = {
    "charge_per_minute_3m": ("charge", "voice_minutes"),
    "fast_data_share_3m": ("fast_data_mb", "data_mb"),
    "off_net_share_3m": ("off_net_minutes", "voice_minutes"),
    "vas_share_3m": ("vas_charge", "charge"),
}
_OTHERS = (
    "distance_roaming_share_3m",
    "payment_mean_3m",
    "payments_3m",
    "electronic_share_3m",
    "vas_count",
    "tenure_months",
    "points_total",
    "star_level",
    "overdraft_allowance",
)
TWENTY = (*_MONTHLY, *_SHARES, *_OTHERS)
_ELECTRONIC = ["ivr", "sms", "web", "app", "wap", "kiosk", "phone_wallet"]


def loaded(home: Path, customers: int) -> Lake:
    """A lake of a simulated operator of 6 months."""
    simulate(customers, 6, 1, home / "extracts", _UNTIL)
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="benchmark", today=_UNTIL) as load:
        load.publish()
    shutil.rmtree(home / "extracts")
    return lake


def repeated(lake: Lake, root: Path, times: int) -> Lake:
    """The lake with each customer so many times, under other ids; written in order of customers, as a load does."""
    root.mkdir()
    backend = connect(root / "tmp")
    tables: dict[str, Stored] = {}
    for name, stored in read_manifest(lake.root).tables.items():
        parts = {}
        for partition, part in stored.parts.items():
            source = f"SELECT * FROM read_parquet('{lake.root / part.file}')"
            again = source if name == "plans" else _again(source, times)
            file = new_file(root, name, partition)
            [(rows,)] = backend.con.execute(copy_sql(again, root / file)).fetchall()
            parts[partition] = Part(file, int(rows))
        tables[name] = Stored(parts, stored.loaded_at, "")
    backend.disconnect()
    write_manifest(root, Manifest(tables=tables))
    return Lake(root)


def _again(source: str, times: int) -> str:
    redrawn = "left(md5(customer_id || copy), 12) AS customer_id"
    return (
        f"SELECT * EXCLUDE (copy) REPLACE ({redrawn}) FROM ({source}), range({times}) AS c(copy) ORDER BY customer_id"
    )


def definition(kind: str) -> dict[str, Any]:
    content = yaml.safe_load(files("yuelao.packs.telecom").joinpath(f"{_PACK[kind]}.yaml").read_text("utf-8"))
    return {key: value for key, value in content.items() if key not in ("kind", "name", "title")}


def view_and_models(lake: Lake) -> None:
    """All features and all models from scratch, written into the lake."""
    _build(lake, _UNTIL, full=True)


def next_day(lake: Lake) -> None:
    """The same a day later, built on it."""
    _build(lake, _UNTIL + timedelta(days=1), full=False)


def _build(lake: Lake, day: date, *, full: bool) -> None:
    models = {kind: model.from_definition(definition(kind)) for kind, model in MODELS.items()}
    with lake.snapshot() as snapshot:
        build = Build(lake, snapshot, day, full=full)
        build.build()
        build.score(models)
        build.show()


def twenty(lake: Lake) -> None:
    """The features that the peer computes, and the value model, written to a file."""
    value = MODELS["value_segmentation"].from_definition(definition("value_segmentation"))
    with lake.snapshot() as snapshot:
        view = snapshot.engine.keep(build_view(snapshot, _UNTIL, wanted=TWENTY))
        fitted = value.fit(evidence(snapshot, view, _UNTIL, everybody=True))
        snapshot.engine.write(fitted.score(view), lake.root / "twenty.parquet")


def in_pandas(lake: Lake) -> None:
    """The same in pandas, read from the same files."""
    import pandas as pd  # type: ignore[import-untyped]

    tables = read_manifest(lake.root).tables

    def read(name: str, columns: list[str]) -> Any:
        parts = tables[name].parts.values()
        return pd.concat([pd.read_parquet(lake.root / part.file, columns=columns) for part in parts])

    view = _registered(pd, read)
    view = view.join(_billed(read)).join(_paid(read)).join(_touched(read)).join(_held(read))
    counts = ["payments_3m", "vas_count"]
    view[counts] = view[counts].fillna(0)
    _value(pd, view)
    view.to_parquet(lake.root / "pandas.parquet")


def _registered(pd: Any, read: Callable[[str, list[str]], Any]) -> Any:
    wanted = ["joined_on", "points_balance", "points_redeemed", "star_level", "overdraft_allowance", "observed_on"]
    rows = read("customers", ["customer_id", *wanted]).sort_values("observed_on")
    rows = rows[pd.to_datetime(rows.observed_on) < pd.Timestamp(_UNTIL)].groupby("customer_id").last()
    joined = pd.to_datetime(rows.joined_on)
    months = (_UNTIL.year - joined.dt.year) * 12 + _UNTIL.month - joined.dt.month - (joined.dt.day > _UNTIL.day)
    points = rows.points_balance + rows.points_redeemed.fillna(0)
    kept = {"star_level": rows.star_level, "overdraft_allowance": rows.overdraft_allowance.astype(float)}
    return pd.DataFrame({"tenure_months": months, "points_total": points, **kept})


def _billed(read: Callable[[str, list[str]], Any]) -> Any:
    used = {*_MONTHLY.values(), "long_distance_minutes", *(field for pair in _SHARES.values() for field in pair)}
    bills = read("usage_monthly", ["customer_id", "month", *used])
    recent = bills[bills.month >= date(2026, 8, 1)].drop(columns="month")
    recent[list(used)] = recent[list(used)].astype(float)
    grouped = recent.groupby("customer_id")
    total, mean = grouped.sum(min_count=1), grouped.mean()
    found = mean[list(_MONTHLY.values())].set_axis(list(_MONTHLY), axis=1)
    for name, (part, whole) in _SHARES.items():
        found[name] = total[part] / total[whole].where(total[whole] != 0)
    far = total.long_distance_minutes + total.roaming_minutes.fillna(0)
    found["distance_roaming_share_3m"] = far / total.voice_minutes.where(total.voice_minutes != 0)
    return found


def _paid(read: Callable[[str, list[str]], Any]) -> Any:
    rows = read("payments", ["customer_id", "paid_at", "amount"])
    rows = rows[(rows.paid_at >= datetime(2026, 8, 1)) & (rows.paid_at < datetime(2026, 11, 1))]
    amounts = rows.assign(amount=rows.amount.astype(float)).groupby("customer_id").amount
    return amounts.agg(payment_mean_3m="mean", payments_3m="size")


def _touched(read: Callable[[str, list[str]], Any]) -> Any:
    rows = read("interactions", ["customer_id", "occurred_at", "channel"])
    rows = rows[(rows.occurred_at >= datetime(2026, 8, 1)) & (rows.occurred_at < datetime(2026, 11, 1))]
    electronic = rows.channel.isin(_ELECTRONIC)
    return electronic.groupby(rows.customer_id).mean().rename("electronic_share_3m")


def _held(read: Callable[[str, list[str]], Any]) -> Any:
    rows = read("subscriptions", ["customer_id", "kind", "started_on", "ended_on"])
    rows = rows[(rows.started_on < _UNTIL) & ~(rows.ended_on < _UNTIL).fillna(False) & (rows.kind == "vas")]
    return rows.groupby("customer_id").size().rename("vas_count")


def _value(pd: Any, view: Any) -> None:
    def score(node: dict[str, Any]) -> Any:
        if "feature" in node:
            ranks = view[node["feature"]].rank(ascending=node.get("direction") != "down")
            return (100 * (ranks - 0.5) / ranks.count()).fillna(50)
        weights = sum(child.get("weight", 1) for child in node["children"])
        return sum(child.get("weight", 1) / weights * score(child) for child in node["children"])

    content = definition("value_segmentation")
    view["value_score"] = score(content["tree"])
    place = (view.value_score.rank(ascending=False) - 0.5) / len(view)
    shares = [content["cutoffs"][level] for level in ("A1", "A2", "B1", "B2", "C")]
    edges = [0, *(sum(shares[: i + 1]) for i in range(5)), 1]
    view["value_level"] = pd.cut(place, edges, labels=["A1", "A2", "B1", "B2", "C", "D"])


WORK: dict[str, Callable[[Lake], None]] = {
    "view and models": view_and_models,
    "view and models a day later": next_day,
    "20 features and value": twenty,
    "20 features and value in pandas": in_pandas,
}


def run(work: str, lake: Lake, runs: int) -> tuple[float, float]:
    """Median of seconds and of peak memory in MB, each run in a process of its own."""
    found = []
    for _ in range(runs):
        command = [sys.executable, __file__, "--work", work, "--lake", str(lake.root)]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    seconds, memory = zip(*found, strict=True)
    print(f"{work}: {statistics.median(seconds):.1f} s, {statistics.median(memory):.0f} MB", flush=True)
    return statistics.median(seconds), statistics.median(memory)


def agreement(lake: Lake) -> float:
    """Share of customers whom both give the same value level."""
    backend = connect(lake.root / "tmp")
    sides = (f"read_parquet('{lake.root / file}')" for file in ("twenty.parquet", "pandas.parquet"))
    sql = "SELECT avg((a.value_level = b.value_level)::int) FROM {} a JOIN {} b USING (customer_id)"
    [(share,)] = backend.con.execute(sql.format(*sides)).fetchall()
    return float(share)


def compared(home: Path, customers: int, times: int, runs: int) -> None:
    lake = loaded(home, customers)
    print(f"{customers} customers")
    one, _ = run("view and models", lake, runs)
    run("view and models a day later", lake, runs)
    ours, _ = run("20 features and value", lake, runs)
    peer, _ = run("20 features and value in pandas", lake, runs)
    print(f"pandas ÷ ours: {peer / ours:.1f}; same value level: {agreement(lake):.2%}")
    many = repeated(lake, home / "many", times)
    print(f"{customers * times} customers")
    more, _ = run("view and models", many, runs)
    print(f"growth for {times} times the customers: {more / one:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--lake", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        started = time.perf_counter()
        WORK[given.work](Lake(given.lake, _MEMORY))
        print(json.dumps([time.perf_counter() - started, peak_memory_mb()]))
        return
    with tempfile.TemporaryDirectory() as home:
        compared(Path(home), given.customers, given.times, given.runs)


if __name__ == "__main__":
    main()
