"""Reducts and the core against every subset, on small tables; what they owe noise, weights, null and order."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics import checks
from tests.analytics.rough_sets import reference
from yuelao.analytics.rough_sets import dependency, from_codes, importance, read_table, reduct
from yuelao.analytics.rough_sets.greedy import eliminated, forward
from yuelao.analytics.rough_sets.target import set_target
from yuelao.common.errors import Refused

REAL = Path(__file__).parents[4] / "shared/data/rough_sets"
TOLERANCES = st.sampled_from([0.0, 0.05, 0.3, 0.7])


def read(table, **options):
    return read_table(reference.arrow(table), "d", weights="w" if "w" in table else None, **options)


@given(reference.tables())
def test_a_reduct_keeps_the_positive_region_and_none_of_it_can_go(table):
    found = reduct(read(table))
    assert set(found.attributes) in reference.reducts(table)
    assert found.dependency == found.kept == pytest.approx(reference.dependency(table, found.attributes))


@given(reference.tables())
def test_the_core_is_what_all_reducts_have_in_common(table):
    assert set(reduct(read(table)).core) == set.intersection(*reference.reducts(table))


@given(reference.tables(most_attributes=6))
def test_the_exact_search_finds_a_reduct_as_small_as_any(table):
    everyone = reference.reducts(table)
    found = reduct(read(table), exact=True)
    assert set(found.attributes) in everyone
    assert found.smallest
    assert len(found.attributes) == min(map(len, everyone))


@given(reference.tables())
def test_smallest_is_said_only_where_it_is_true(table):
    found = reduct(read(table))
    assert not found.smallest or len(found.attributes) == min(map(len, reference.reducts(table)))


@given(reference.tables(weighted=True), TOLERANCES)
def test_with_a_tolerance_a_reduct_keeps_that_much_information_and_none_of_it_can_go(table, tolerance):
    found = reduct(read(table), tolerance=tolerance)
    everyone = reference.reducts(table, tolerance)
    assert set(found.attributes) in everyone
    assert set(found.core) == set.intersection(*everyone)
    assert found.kept == pytest.approx(reference.dependency(table, found.attributes))


@given(reference.tables(), TOLERANCES, TOLERANCES)
def test_more_tolerance_never_needs_more(table, one, other):
    small, large = sorted([one, other])
    strict, loose = (set_target(read(table), share) for share in (small, large))
    found = forward(strict, strict.table.names)
    assert loose.met(loose.refined(loose.start, found))
    assert forward(loose, loose.table.names) == found[: len(forward(loose, loose.table.names))]


@given(reference.tables(weighted=True), st.one_of(st.none(), TOLERANCES))
def test_a_weight_counts_as_repeated_rows(table, tolerance):
    repeated = {n: [v for v, w in zip(table[n], table["w"], strict=True) for _ in range(w)] for n in table if n != "w"}
    assert reduct(read(table), tolerance=tolerance) == reduct(read(repeated), tolerance=tolerance)


@given(reference.tables())
def test_null_is_a_value_like_any_other(table):
    replaced = {n: [{None: "none" if n == "d" else 9}.get(v, v) for v in values] for n, values in table.items()}
    assert reduct(read(table)) == reduct(read(replaced))


@given(reference.tables(), st.one_of(st.none(), TOLERANCES), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_is_irrelevant(table, tolerance, random):
    order = list(range(len(table["d"])))
    random.shuffle(order)
    names = list(table)
    random.shuffle(names)
    turned = {name: [table[name][row] for row in order] for name in names}
    assert reduct(read(table), tolerance=tolerance) == reduct(read(turned), tolerance=tolerance)


@given(reference.tables())
def test_elimination_keeps_those_named_first(table):
    target = set_target(read(table))
    names = target.table.names
    kept = list(names)
    for name in reversed(names):  # one after another, from the last
        without = [other for other in kept if other != name]
        kept = without if target.met(target.refined(target.start, without)) else kept
    assert eliminated(target, names) == kept


def test_what_only_two_attributes_together_tell_is_found():
    rng = np.random.default_rng(3)
    codes = {f"noise{i}": rng.integers(0, 4, 3000, dtype=np.uint8) for i in range(8)}
    codes |= {name: rng.integers(0, 2, 3000, dtype=np.uint8) for name in ("left", "right")}
    table = from_codes(codes, codes["left"] ^ codes["right"])
    assert set(reduct(table, exact=True).attributes) == {"left", "right"}
    assert dependency(table, ["left"]) == 0


def test_a_tolerance_sees_through_noise():
    rng = np.random.default_rng(4)
    codes = {f"a{i:02}": rng.integers(0, 4, 20_000, dtype=np.uint8) for i in range(20)}
    truth = (codes["a03"] + codes["a07"] + codes["a11"] > 4).astype(np.uint8)
    table = from_codes(codes, truth ^ (rng.random(20_000) < 0.01))
    assert len(reduct(table).attributes) > 6
    assert sorted(reduct(table, tolerance=0.2).attributes) == ["a03", "a07", "a11"]


def test_importance_is_what_the_others_do_not_tell():
    table = read({"a0": [0, 0, 1, 1], "a1": [0, 0, 1, 1], "a2": [0, 1, 0, 1], "d": ["x", "y", "z", "u"]})
    assert importance(table, ["a0", "a1", "a2"]) == pytest.approx({"a2": 1.0, "a0": 0.0, "a1": 0.0})


def test_a_decision_of_one_value_needs_no_attribute():
    found = reduct(read({"a0": [0, 1], "d": ["x", "x"]}), exact=True)
    assert (found.attributes, found.core, found.dependency) == ([], [], 1.0)


def test_attributes_without_any_value_decide_nothing():
    found = reduct(read({"a0": [None, None], "d": ["x", "y"]}))
    assert (found.attributes, found.dependency) == ([], 0.0)


@pytest.mark.parametrize("tolerance", [-0.1, 1, float("nan")])
def test_a_tolerance_that_is_no_share_is_refused(tolerance):
    with pytest.raises(Refused, match="share"):
        reduct(read({"a0": [0, 1], "d": ["x", "y"]}), tolerance=tolerance)


def test_the_exact_search_refuses_a_tolerance_and_tables_that_are_too_large():
    with pytest.raises(Refused, match="without a tolerance"):
        reduct(read({"a0": [0, 1], "d": ["x", "y"]}), tolerance=0.1, exact=True)
    bits = np.arange(4, dtype=np.uint8) % 2
    wide = from_codes({f"a{i}": bits for i in range(65)}, bits)
    with pytest.raises(Refused, match="65 attributes"):
        reduct(wide, exact=True)


def test_progress_is_told_up_to_the_end():
    told = []
    table = read({"a0": [0, 0, 1, 1], "a1": [0, 1, 0, 1], "d": ["x", "y", "y", "x"]})
    reduct(table, exact=True, tell=lambda step, done, total: told.append((step, done / total)))
    assert ("forward", 1.0) in told
    assert told[-1] == ("discernibility", 1.0)


LEARNED = pa.table(
    {
        "a": [0, 0, 1, 1, 2, 2, 0, 1],
        "b": ["p", "q", "p", "q", None, "p", "q", "q"],
        "c": [1.5, None, 1.5, 2.5, 2.5, 1.5, 2.5, None],
        "d": ["x", "y", "x", "x", "y", "x", "y", "x"],
    }
)
SUBJECT = checks.Subject(
    table=LEARNED,
    inputs=["a", "b", "c"],
    fit=lambda table: reduct(read_table(table, "d")),
    predict=lambda found, table: np.array([name in found.attributes for name in sorted(table.column_names)], float),
)


@pytest.mark.parametrize(
    "check",
    [
        checks.leaves_its_input_as_it_was,
        checks.learns_from_rows_in_any_order,
        checks.takes_columns_in_any_order,
        checks.repeats_itself,
        checks.survives_pickling,
    ],
)
def test_the_shared_checks_that_fit_hold(check):
    check(SUBJECT)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data of ../shared/data is not here")
@pytest.mark.parametrize(
    ("file", "decision", "without", "size"),
    [
        ("agaricus-lepiota.data", "l", [], 4),
        ("zoo.csv", "type", ["animal name"], 5),
        ("kr-vs-kp.csv", "A37", ["chess"], 29),
        ("vote.csv", "class", ["id"], 9),
        ("tictactoe.csv", "result", ["practice"], 8),
        ("car.csv", "car_acceptabillity", ["car"], 6),
    ],
)
def test_real_tables_have_the_known_smallest_reduct(file, decision, without, size):
    rows = pyarrow.csv.read_csv(REAL / file)
    if decision == "l":  # the mushrooms' file holds other rows too
        rows = rows.filter(pc.is_in(rows["l"], pa.array(["e", "p"])))
    table = read_table(rows, decision, exclude=without)
    greedy, exact = reduct(table), reduct(table, exact=True)
    assert len(exact.attributes) == size
    assert len(greedy.attributes) <= size + 1
    assert dependency(table, exact.attributes) == dependency(table, greedy.attributes) == exact.dependency
