"""Needs: support and lift are those of a count by hand, nothing held is needed, what was shown comes first."""

from collections import defaultdict

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.model_checks import AS_OF, kept
from yuelao.analytics.evidence import Evidence
from yuelao.analytics.segmentation.dimensions import COLUMNS, NAMES, Dimensions
from yuelao.analytics.segmentation.needs import read_ranking

PLAIN = {"minimum_support": 0.0, "minimum_lift": 0.0, "minimum_customers": 1, "top": 60}


def definition(**needs):
    """Dimensions that are what the view says, one feature each."""
    each = {name: {"bands": {"feature": name, "bounds": [2, 3, 4, 5]}} for name in NAMES}
    return {"dimensions": each, "needs": {**PLAIN, **needs}}


def customers(rows, seed=1, spread=5):
    levels = np.random.default_rng(seed).integers(1, spread + 1, (rows, 5))
    columns = {name: levels[:, i].tolist() for i, name in enumerate(NAMES)}
    return pa.table(
        {"customer_id": [f"c{i:04d}" for i in range(rows)], **columns, "asked": [i % 4 for i in range(rows)]}
    )


def holding(pairs, kind="pack"):
    names = ("customer_id", "product", "kind")
    rows = [(customer, product, kind) for customer, product in pairs]
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def planted(view, seed=2):
    """Whoever has the highest consumption and tenure mostly holds the roaming pack, others seldom; tones at random."""
    rng = np.random.default_rng(seed)
    pairs = []
    for row in view.to_pylist():
        alike = row["consumption"] >= 4 and row["tenure"] >= 4
        if rng.random() < (0.8 if alike else 0.05):
            pairs.append((row["customer_id"], "roaming_pack"))
        if rng.random() < 0.3:
            pairs.append((row["customer_id"], "tone"))
    return pairs


def fit(view, pairs, **needs):
    subscriptions = None if pairs is None else ibis.memtable(holding(pairs))
    evidence = Evidence(ibis.memtable(view), AS_OF, kept, subscriptions=subscriptions)
    return Dimensions.from_definition(definition(**needs)).fit(evidence), evidence.view


def needs_of(view, pairs, **needs):
    return told(*fit(view, pairs, **needs))


def told(model, table):
    """The needs of every customer, from what is kept to tell them one by one."""
    kept = model.details(table)
    ranking = read_ranking(kept["need_ranking"].to_pyarrow()["text"][0].as_py())
    like = defaultdict(list)
    for row in kept["like_customers"].to_pyarrow().to_pylist():
        like[row["cell"]].append(row)
    return [
        {"customer_id": row["customer_id"], "rank": rank, **need}
        for row in kept["situations"].to_pyarrow().to_pylist()
        for rank, need in enumerate(ranking.needs_in(row["held"], row["shown"], like[row["cell"]]), 1)
    ]


def by_hand(view, pairs, distance):
    """(customer, product) → (support, lift), comparing every customer with every other."""
    rows = view.to_pylist()
    held = set(pairs)
    products = sorted({product for _, product in pairs})
    overall = {p: sum((r["customer_id"], p) in held for r in rows) / len(rows) for p in products}
    found = {}
    for row in rows:
        like = [r for r in rows if sum(abs(r[n] - row[n]) for n in NAMES) <= distance]
        for product in products:
            if (row["customer_id"], product) not in held:
                support = sum((r["customer_id"], product) in held for r in like) / len(like)
                found[row["customer_id"], product] = (support, support / overall[product])
    return found


@pytest.mark.parametrize("distance", [0, 1, 2])
def test_support_and_lift_are_those_of_a_count_by_hand(distance):
    view = customers(150, spread=3)
    pairs = planted(view)
    found = {
        (need["customer_id"], need["product"]): (need["support"], need["lift"])
        for need in needs_of(view, pairs, distance=distance)
    }
    expected = by_hand(view, pairs, distance)
    assert found.keys() == expected.keys()
    for pair, numbers in expected.items():
        assert found[pair] == pytest.approx(numbers), pair


def test_a_planted_association_is_found():
    view = customers(2000)
    pairs = planted(view)
    found = needs_of(view, pairs, minimum_lift=1.5, minimum_support=0.2, minimum_customers=5, distance=2)
    needing = {need["customer_id"] for need in found if need["product"] == "roaming_pack"}
    alike = {r["customer_id"] for r in view.to_pylist() if r["consumption"] >= 4 and r["tenure"] >= 4}
    lacking = set(view["customer_id"].to_pylist()) - {c for c, product in pairs if product == "roaming_pack"}
    assert len(needing & alike) / len(lacking & alike) > 0.5
    assert len(needing - alike) / len(lacking - alike) < 0.1


@settings(max_examples=10)
@given(st.integers(0, 100))
def test_nothing_held_is_needed_and_ranks_have_no_gaps(seed):
    view = customers(60, seed, spread=2)
    pairs = planted(view, seed)
    found = needs_of(view, pairs * 2, top=2, products={"tone": [{"why": "asked", "when": sign()}]})
    assert not {(need["customer_id"], need["product"]) for need in found} & set(pairs)
    for customer in {need["customer_id"] for need in found}:
        own = sorted((need for need in found if need["customer_id"] == customer), key=lambda need: need["rank"])
        assert [need["rank"] for need in own] == list(range(1, len(own) + 1))
        assert [need["kind"] for need in own] == sorted(need["kind"] for need in own)  # explicit before latent
        assert len(own) <= 2


def sign():
    return [{"feature": "asked", "at_least": 3}]


def test_what_was_shown_is_explicit_and_says_why():
    view = customers(40)
    signs = {
        "tone": [{"why": "asked", "when": sign()}, {"why": "present", "when": [{"feature": "asked", "known": True}]}]
    }
    found = needs_of(view, [("c0000", "tone"), ("nobody", "tone")], products=signs, minimum_lift=99.0)
    assert {need["customer_id"] for need in found} == set(view["customer_id"].to_pylist()) - {"c0000"}
    assert {need["kind"] for need in found} == {"explicit"}
    asked = {f"c{i:04d}" for i in range(40) if i % 4 == 3}
    assert {need["customer_id"] for need in found if need["why"] == "asked"} == asked


def test_thresholds_hold_back_what_is_rare_or_no_more_than_usual():
    view = customers(300, spread=2)
    pairs = planted(view)
    for key, least in (("minimum_lift", 1.1), ("minimum_support", 0.3)):
        found = needs_of(view, pairs, **{key: least})
        assert found
        assert all(need[key.removeprefix("minimum_")] >= least for need in found)
    assert needs_of(view, pairs, minimum_customers=301) == []


def test_the_first_need_is_a_column_of_the_view():
    view = customers(200, spread=2)
    pairs = planted(view)
    model, table = fit(view, pairs)
    scored = {row["customer_id"]: row for row in model.score(table).to_pyarrow().to_pylist()}
    first = {need["customer_id"]: need for need in told(model, table) if need["rank"] == 1}
    assert len(scored) == 200
    for customer, row in scored.items():
        assert [row[c] for c in COLUMNS] == [str(row[n]) for n in NAMES]
        need = first.get(customer, {"product": None, "lift": None})
        assert (row["top_need"], row["top_need_lift"]) == (need["product"], need["lift"])


def test_without_subscriptions_only_what_was_shown_is_a_need():
    view = customers(20)
    found = needs_of(view, None, products={"tone": [{"why": "asked", "when": sign()}]})
    assert {need["kind"] for need in found} == {"explicit"}
    assert fit(view, None)[0].notes[-1].startswith("Nothing is known of what customers hold")


def test_of_very_many_products_those_with_most_holders_are_looked_at():
    view = customers(70)
    pairs = [(f"c{i:04d}", f"p{k:02d}") for k in range(70) for i in range(70 - k)]
    model, table = fit(view, pairs, distance=4, top=100)
    assert "8 products" in model.notes[-1]
    products = {need["product"] for need in told(model, table)}
    assert "p61" in products
    assert "p62" not in products


def test_dimensions_without_needs_have_none():
    plain = {"dimensions": definition()["dimensions"]}
    view = ibis.memtable(customers(5))
    model = Dimensions.from_definition(plain).fit(Evidence(view, AS_OF, kept))
    assert set(model.score(view).columns) == {*view.columns, *COLUMNS}
    assert model.details(view) == {}
