"""Tariff rehearsal beside the plain way: every plan one expression of one pass, against pandas plan by plan.

make bench runs it at 1 M customers × 3 months × 30 plans; .venv/bin/python benchmarks/rehearsal.py --customers 100000

Both start from the same Parquet file of monthly sums and end with one row per customer: the present plan's bill, the
cheapest plan and its bill. Each runs in a process of its own, so that its peak memory is its own; bills must agree.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis
import numpy as np

from yuelao.analytics.plan_fit.rehearsal import bills, choose, measures, totals
from yuelao.analytics.plan_fit.tariff import read_plans
from yuelao.analytics.plan_fit.use import count_months
from yuelao.common.memory import peak_memory_mb

MONTHS, PLANS = 3, 30


def catalogue() -> list[dict[str, Any]]:
    """30 plans: some with tiers, some with caps, data by the MB or by 10 MB."""
    plans = []
    for place in range(PLANS):
        size = place % 10 + 1
        plan: dict[str, Any] = {"plan": f"plan_{place:02}", "fee": 8 + 25 * size + place // 10}
        plan["voice"] = {"included": 60 * size + 5 * (place // 10), "price": 0.15 if place % 3 else 0.19, "block": 60}
        plan["data"] = {"included": 1024 * size * (1 + place // 10), "block": 1024 if place % 2 else 10240}
        plan["data"] |= {"tiers": "1024:0.05, 5120:0.03, 0.01"} if place % 4 == 0 else {"price": 0.02}
        plan["messages"] = {"included": 20 * size, "price": 0.10}
        plans.append(plan | ({"overage_cap": 300} if place % 5 == 0 else {}))
    return plans


def write_usage(customers: int, file: Path) -> None:
    """Monthly sums of so many customers, and the plan each holds."""
    drawn = ", ".join(f"(hash(c, m, {place}) % 99991) / 99991.0 AS h{place}" for place in (1, 2, 3))
    ibis.duckdb.connect().con.execute(
        f"COPY (SELECT 'c' || lpad(CAST(c AS VARCHAR), 9, '0') AS customer_id, DATE '2026-08-01' + to_months(CAST(m AS "
        f"INTEGER)) AS month, 'plan_' || lpad(CAST(c % {PLANS} AS VARCHAR), 2, '0') AS plan, "
        "CAST(floor(-ln(1 - h1) * 250) AS DOUBLE) AS minutes, round(-ln(1 - h2) * 9000, 2) AS mb, "
        f"CAST(floor(-ln(1 - h3) * 40) AS BIGINT) AS messages FROM (SELECT c, m, {drawn} "
        f"FROM range({customers}) a(c), range({MONTHS}) b(m))) TO '{file}' (FORMAT parquet)"
    )


def ours(file: Path, long: bool) -> dict[str, Any]:
    """The rehearsal; `long`: write all bills, a row per customer, month and plan, too."""
    tariffs = read_plans(catalogue())
    engine = ibis.duckdb.connect(
        threads="2", temp_directory=str(file.parent / "spill"), preserve_insertion_order="false"
    )
    rows = engine.read_parquet(file)
    rows = rows.mutate(off_net_minutes=rows.minutes)
    use = rows.select("customer_id", "month", **count_months(rows, measures(tariffs)))
    held = rows.group_by("customer_id").aggregate(plan=rows.plan.max())
    chosen = engine.create_table("chosen", choose(totals(use, tariffs).join(held, "customer_id"), tariffs), temp=True)
    if long:
        select = engine.compile(bills(use, tariffs))
        engine.con.execute(f"COPY ({select}) TO '{file.parent / 'bills.parquet'}' (FORMAT parquet)")
    answer = chosen.aggregate(now=chosen.now.sum(), best=chosen.best.sum(), movers=(chosen.saving > 0).sum())
    return {name: int(value) for name, value in answer.to_pyarrow().to_pylist()[0].items()}


def peer(file: Path, _long: bool) -> dict[str, Any]:
    """Each plan in turn over whole columns, as one would in a notebook."""
    import pandas as pd  # type: ignore[import-untyped]

    frame = pd.read_parquet(file).sort_values("customer_id", kind="stable")
    codes, _ = pd.factorize(frame["customer_id"])
    plans = sorted(catalogue(), key=lambda plan: (plan["fee"], plan["plan"]))
    sums = np.stack([np.bincount(codes, weights=_plan_bill(frame, plan)) for plan in plans])
    names = {plan["plan"]: place for place, plan in enumerate(plans)}
    held = frame.groupby(codes)["plan"].first().map(names).to_numpy()
    now, best = sums[held, np.arange(sums.shape[1])], sums.min(axis=0)
    return {
        "now": round(now.sum() * 100), "best": round(best.sum() * 100), "movers": int((now - best > 0.005).sum())
    }  # fmt: skip


def _plan_bill(frame: Any, plan: Mapping[str, Any]) -> Any:
    mb = np.ceil(frame["mb"].to_numpy() * 1024 / plan["data"]["block"]) * (plan["data"]["block"] / 1024)
    beyond = np.maximum(mb - plan["data"]["included"], 0)
    if "tiers" in plan["data"]:
        first, second = np.minimum(beyond, 1024), np.clip(beyond - 1024, 0, 4096)
        data = first * 0.05 + second * 0.03 + np.maximum(beyond - 5120, 0) * 0.01
    else:
        data = beyond * plan["data"]["price"]
    voice = np.maximum(frame["minutes"].to_numpy() - plan["voice"]["included"], 0) * plan["voice"]["price"]
    sent = np.maximum(frame["messages"].to_numpy() - plan["messages"]["included"], 0) * plan["messages"]["price"]
    over = np.round(voice, 2) + np.round(data, 2) + np.round(sent, 2)
    return plan["fee"] + np.minimum(over, plan.get("overage_cap", np.inf))


WAYS: dict[str, Callable[[Path, bool], dict[str, Any]]] = {"ours": ours, "peer": peer}


def measured(way: str, file: Path, *, long: bool = False) -> dict[str, Any]:
    """One way in a process of its own: its answer, seconds, and peak memory in MB."""
    command = [sys.executable, __file__, "--way", way, "--file", str(file), *(["--long"] if long else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--way", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--long", action="store_true", help="write the bill of every customer, month and plan too")
    given = parser.parse_args()
    if given.way:
        started = time.perf_counter()
        answer = WAYS[given.way](given.file, given.long)
        seconds, memory = time.perf_counter() - started, peak_memory_mb()
        print(json.dumps({**answer, "seconds": seconds, "memory": memory}))
        return
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "usage.parquet"
        write_usage(given.customers, file)
        found = measured("ours", file)
        plain = measured("peer", file)
        long = measured("ours", file, long=True) if given.long else None
    size = f"{given.customers:,} customers × {MONTHS} months × {PLANS} plans"
    print(f"rehearsal: {size} in {found['seconds']:.1f} s, peak memory {found['memory']:,.0f} MB")
    print(
        f"pandas, plan by plan: {plain['seconds']:.1f} s, peak memory {plain['memory']:,.0f} MB; "
        f"ratio {plain['seconds'] / found['seconds']:.1f}"
    )
    if long:
        rows = given.customers * MONTHS * PLANS
        print(f"every bill written as well ({rows:,} rows): {long['seconds']:.1f} s, {long['memory']:,.0f} MB")
    differ = max(abs(found[name] - plain[name]) / max(plain[name], 1) for name in ("now", "best", "movers"))
    print(f"the two differ by at most {differ:.1e} in the sums of bills and the number of customers who should move")
    if differ > 1e-4:  # floats round some half cents and some begun steps the other way
        sys.exit("The two do not agree")


if __name__ == "__main__":
    main()
