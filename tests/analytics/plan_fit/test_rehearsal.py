"""The rehearsal in the engine: the same cents as the plain rules, the cheapest plan, pools, counted events."""

from collections import defaultdict
from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.plan_fit.given import MONTH, USE, billed, catalogues, rounded, rows
from yuelao.analytics.plan_fit.rehearsal import bills, choose, summed, totals
from yuelao.analytics.plan_fit.tariff import read_plans
from yuelao.analytics.plan_fit.use import Measure, count_events, count_months, join_services

_FEW = settings(max_examples=25)


def _plain(tariff, use, lines=1):
    steps = {rate.measure.service: rounded(rate, use[rate.measure.service]) for rate in tariff.rates}
    return tariff.bill(**steps, lines=lines)


@_FEW
@given(catalogues(), st.lists(USE, min_size=1, max_size=8))
def test_the_engine_bills_what_the_rules_say(definitions, uses):
    found, tariffs = billed(definitions, uses)
    assert found == [[_plain(tariff, use) for tariff in tariffs] for use in uses]


@_FEW
@given(catalogues(), st.lists(st.tuples(USE, st.sampled_from(["h1", "h2", None])), min_size=1, max_size=8))
def test_pooled_lines_share_one_bill_to_the_cent(definitions, lines):
    found, tariffs = billed(definitions, [use | {"holder": holder} for use, holder in lines])
    pools = defaultdict(list)
    for place, (_, holder) in enumerate(lines):
        pools[holder or place].append(place)
    for place, tariff in enumerate(tariffs):
        for members in [[line] for line in range(len(lines))] if tariff.shared_lines == 1 else pools.values():
            steps = {
                rate.measure.service: sum(rounded(rate, lines[line][0][rate.measure.service]) for line in members)
                for rate in tariff.rates
            }
            shares = [found[line][place] for line in members]
            assert sum(shares) == tariff.bill(**steps, lines=len(members))
            assert max(shares) - min(shares) <= 1


@_FEW
@given(
    catalogues(least=2),
    st.lists(st.tuples(USE, st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=10),
    st.sets(st.integers(0, 5), max_size=3),
)
def test_the_cheapest_plan_is_never_dearer_and_ties_are_ordered(definitions, months, off_sale):
    plans: list[dict[str, object]] = [
        plan | {"on_sale": place not in off_sale} for place, plan in enumerate(definitions)
    ]
    tariffs = read_plans(plans)
    held = {f"c{number}": ["p0", "p1", None, "gone"][number] for number in range(4)}
    uses = [use | {"customer_id": f"c{who}", "month": date(2026, month, 1)} for use, who, month in months]
    plain: dict[str, list[int]] = defaultdict(lambda: [0] * len(tariffs))
    for use in uses:
        for place, tariff in enumerate(tariffs):
            plain[use["customer_id"]][place] += _plain(tariff, use)
    users = ibis.memtable(pa.table({"customer_id": list(held), "plan": pa.array(held.values(), pa.string())}))
    chosen = choose(totals(rows(tariffs, uses), tariffs).join(users, "customer_id"), tariffs)
    for row in chosen.to_pyarrow().to_pylist():
        sums, plan = plain[row["customer_id"]], held[row["customer_id"]]
        now = next((sums[place] for place, tariff in enumerate(tariffs) if tariff.plan == plan), None)
        open_to = [(sums[place], tariff.plan) for place, tariff in enumerate(tariffs) if tariff.on_sale]
        least = min([bill for bill, _ in open_to] + ([] if now is None else [now]), default=None)
        best = plan if now is not None and now == least else next((n for b, n in open_to if b == least), None)
        assert (row["now"], row["best"], row["best_plan"]) == (now, least, best)
        assert row["saving"] == (None if now is None or least is None else now - least)


def test_bills_are_a_row_per_customer_month_and_plan_and_sum_up():
    plans: list[dict[str, object]] = [{"plan": "a", "fee": 10, "voice": {"price": 1}}, {"plan": "b", "fee": "29.90"}]
    tariffs = read_plans(plans)
    none = {"data": 0, "messages": 0}
    use = rows(
        tariffs, [{"customer_id": "x", "voice": 90, "plan": "b"} | none, {"customer_id": "y", "voice": 3000} | none]
    )
    found = bills(use, tariffs).order_by("customer_id", "plan").to_pyarrow().to_pylist()
    assert [str(row["bill"]) for row in found] == ["11.50", "29.90", "60.00", "29.90"]
    assert found[0]["month"] == MONTH
    chosen = choose(totals(use, tariffs).join(use.select("customer_id", "plan"), "customer_id"), tariffs)
    told = summed(chosen, use).to_pyarrow().to_pylist()
    assert told == [{"customers": 2, "bill_now": 29.9, "bill_best": 41.4, "switchers": 1, "months": 1}]


def _events(*amounts, on_net=None):
    return ibis.memtable(
        pa.table(
            {
                "customer_id": ["c"] * len(amounts),
                "month": [MONTH] * len(amounts),
                "amount": pa.array(amounts, pa.int64()),
                "on_net": pa.array(on_net or [None] * len(amounts), pa.bool_()),
            }
        )
    )


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (Measure("voice", "call", 60), 60 + 60 + 120),
        (Measure("voice", "call", 1), 1 + 60 + 61),
        (Measure("voice", "month", 60), 180),
        (Measure("voice", "month", 1), 122),
        (Measure("voice", "call", 60, on_net_free=True), 60 + 120),
        (Measure("voice", "call", 60, missed="block"), 60 + 60 + 60 + 120),
        (Measure("voice", "call", 60, on_net_free=True, missed="block"), 60 + 60 + 120),
    ],
)
def test_calls_are_rounded_as_the_measure_says(measure, expected):
    calls = _events(0, 1, 60_000, 61_000, on_net=[None, False, True, False])
    [row] = count_events(calls, "voice", [measure]).to_pyarrow().to_pylist()
    assert row[measure.name] == expected


@_FEW
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), st.sampled_from([1, 64, 1024, 1048576]))
def test_blocks_are_begun_blocks(thousandths, block):
    month, session = Measure("data", "month", block), Measure("data", "session", block)
    [row] = count_events(_events(*thousandths), "data", [month, session]).to_pyarrow().to_pylist()
    size = block * 1_024_000
    assert row[month.name] == -(-sum(thousandths) // size) * block
    assert row[session.name] == sum(-(-amount // size) * block for amount in thousandths)


def test_monthly_sums_round_the_month_only():
    sums = ibis.memtable(pa.table({"minutes": [10.5, None], "off_net_minutes": [4.0, 1.0], "mb": [0.5, 1024.001],
                                   "messages": [3, 0]}))  # fmt: skip
    wanted = [Measure("voice", "call", 60), Measure("voice", "month", 60), Measure("voice", on_net_free=True),
              Measure("data", block=1024), Measure("messages")]  # fmt: skip
    found = sums.select(**count_months(sums, wanted)).to_pyarrow().to_pylist()
    assert [list(row.values()) for row in found] == [[630, 660, 240, 1024, 3], [0, 0, 60, 1025 * 1024, 0]]


def test_a_month_has_a_row_when_any_service_was_used_or_it_is_asked_for():
    measure = Measure("voice", "call", 60)
    calls = count_events(_events(1), "voice", [measure])
    asked = ibis.memtable(pa.table({"customer_id": ["c", "d"], "month": [date(2026, 9, 1), MONTH]}))
    data = count_events(_events(5).mutate(customer_id=ibis.literal("e")), "data", [measure])
    found = join_services({"voice": calls, "data": data}, [measure], asked).order_by("customer_id", "month")
    shown = [(row["customer_id"], row["month"].month, row[measure.name]) for row in found.to_pyarrow().to_pylist()]
    assert shown == [("c", 9, 0), ("c", 10, 60), ("d", 10, 0), ("e", 10, 0)]
