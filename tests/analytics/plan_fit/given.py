"""Tariffs and use for tests, drawn by hypothesis, and bills of one row through the engine."""

from datetime import date

import ibis
import pyarrow as pa
from hypothesis import strategies as st

from yuelao.analytics.plan_fit.rehearsal import measures, with_bills
from yuelao.analytics.plan_fit.tariff import read_plans

MONTH = date(2026, 10, 1)

_price = st.integers(0, 400).map(lambda cents: cents / 100)
_cap = st.none() | st.integers(0, 60)


@st.composite
def _rate(draw, largest, block):
    rate: dict[str, object] = {"included": draw(st.integers(0, largest)), "cap": draw(_cap)}
    if block:
        rate["block"] = draw(st.sampled_from(block))
    if draw(st.booleans()):
        ends = sorted(draw(st.sets(st.integers(1, largest), max_size=3)))
        tiers: list[dict[str, object]] = [{"upto": end, "price": draw(_price)} for end in ends]
        rate["tiers"] = [*tiers, {"price": draw(_price)}]
    else:
        rate["price"] = draw(_price)
    return rate


@st.composite
def definitions(draw, name="p", shared=1):
    """A plan's definition with any of the three services."""
    return {
        "plan": name,
        "fee": draw(st.integers(0, 300)),
        "overage_cap": draw(_cap),
        "shared_lines": shared,
        "voice": draw(st.none() | _rate(500, [1, 6, 60])),
        "data": draw(st.none() | _rate(5000, [1, 64, 1024, 1048576])),
        "messages": draw(st.none() | _rate(100, [])),
    }


@st.composite
def catalogues(draw, least=1):
    """Definitions of one to six plans."""
    count = draw(st.integers(least, 6))
    return [draw(definitions(f"p{place}", draw(st.sampled_from([1, 1, 2, 3])))) for place in range(count)]


USE = st.fixed_dictionaries(
    {"voice": st.integers(0, 100_000), "data": st.integers(0, 20_000_000), "messages": st.integers(0, 500)}
)
"""A month's use in steps: seconds, KB, messages."""


def rounded(rate, steps):
    """Steps as the month's row has them."""
    block = rate.measure.block
    return -(-steps // block) * block


def rows(tariffs, uses):
    """Months' rows: `uses` are mappings with voice, data, messages and any of customer_id, month, holder, plan."""
    kept = [name for name in ("holder", "plan") if any(name in use for use in uses)]
    found = []
    for place, use in enumerate(uses):
        row = {"customer_id": use.get("customer_id", f"c{place}"), "month": use.get("month", MONTH)}
        row |= {name: use.get(name) for name in kept}
        for measure in measures(tariffs):
            row[measure.name] = -(-use[measure.service] // measure.block) * measure.block
        found.append(row)
    types = {"month": pa.date32(), "customer_id": pa.string(), "holder": pa.string(), "plan": pa.string()}
    schema = pa.schema([(name, types.get(name, pa.int64())) for name in found[0]])
    return ibis.memtable(pa.Table.from_pylist(found, schema))


def billed(definitions, uses):
    """Cents of each row under each plan, in the order of `read_plans`, computed by the engine; and the tariffs."""
    tariffs = read_plans(definitions)
    table = with_bills(rows(tariffs, uses), tariffs).order_by("customer_id", "month").to_pyarrow().to_pylist()
    return [[row[f"bill_{place}"] for place in range(len(tariffs))] for row in table], tariffs
