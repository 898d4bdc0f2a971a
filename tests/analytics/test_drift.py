"""Columns that moved are found; columns that did not are left in peace."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.checks import shuffled
from yuelao.analytics.drift import DRIFTED, STEADY, SURE, band, compare, counts, deciles, population_stability, psi
from yuelao.common.errors import Refused

SLICED = st.integers(1, 12).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 10**7), min_size=n, max_size=n)] * 2))
FLOATS = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=60).map(np.array)


@given(SLICED)
def test_psi_is_never_negative_and_the_same_both_ways_round(sliced):
    one, other = sliced
    assert psi(one, other) >= -1e-12
    assert psi(one, other) == pytest.approx(psi(other, one), abs=1e-12)
    assert psi(one, one) == 0


@given(SLICED, st.randoms(use_true_random=False))
def test_psi_does_not_ask_for_the_order_of_slices(sliced, order):
    pairs = list(zip(*sliced, strict=True))
    before = psi(*sliced)
    order.shuffle(pairs)
    assert psi(*zip(*pairs, strict=True)) == pytest.approx(before)


def test_psi_by_hand():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    by_hand = -0.1 * np.log(0.8) + 0.1 * np.log(1.5)
    assert psi(p * 1e9, q * 1e9) == pytest.approx(by_hand)


def test_slices_must_be_the_same():
    with pytest.raises(ValueError, match="3 slices are expected and 2 are given"):
        psi([1, 2, 3], [1, 2])


@given(FLOATS, FLOATS)
def test_every_value_is_in_one_slice_and_each_decile_holds_about_a_tenth_of_distinct_values(base, other):
    edges = deciles(base)
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= 9
    found = counts(other, edges)
    assert found.sum() == len(other)
    assert len(found) == len(edges) + 2
    assert found[-1] == np.isnan(other).sum()


def test_deciles_of_distinct_values_hold_a_tenth_each():
    column = np.arange(1000.0)
    assert counts(column, deciles(column)).tolist() == [100] * 10 + [0]


def test_bands():
    assert [band(index) for index in (0.0, 0.0999, 0.1, 0.25, 0.2501)] == [
        "steady",
        "steady",
        "watch",
        "watch",
        "shifted",
    ]


def test_a_moved_column_stands_out():
    rng = np.random.default_rng(1)
    earlier, later = rng.normal(size=3000), rng.normal(size=3000)
    assert population_stability(earlier, later, categorical=False) < 0.1
    assert population_stability(earlier, later + 1, categorical=False) > DRIFTED


def test_nulls_and_new_categories_count():
    codes = np.array([0.0, 1.0] * 500)
    assert population_stability(codes, codes, categorical=True) == 0
    assert population_stability(codes, codes + 1, categorical=True) > DRIFTED
    assert population_stability(codes, np.full(100, np.nan), categorical=False) > DRIFTED
    assert population_stability(np.full(100, np.nan), np.full(50, np.nan), categorical=False) < 0.1


def test_nothing_to_compare_is_no_drift():
    assert population_stability(np.array([]), np.array([]), categorical=False) == 0


def customers(seed, rows=1000, moved=0.0):
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "use": pa.array(rng.normal(size=rows) + moved, mask=rng.random(rows) < 0.1),
            "arpu": rng.normal(size=rows),
            "age": rng.integers(18, 80, rows),
            "city": rng.choice(["north", "south", "west"], rows),
            "staff": rng.random(rows) < 0.05,
        }
    )


COLUMNS = customers(0).column_names


@pytest.mark.parametrize("rows", [200, 1000])
def test_tables_that_are_alike_are_rarely_said_to_differ(rows):
    found = [compare(customers(2 * seed, rows), customers(2 * seed + 1, rows), COLUMNS) for seed in range(12)]
    assert sum(drift.differs for drift in found) <= 1
    assert np.mean([drift.auc for drift in found]) == pytest.approx(0.5, abs=0.02)
    assert np.mean([drift.interval[0] <= 0.5 <= drift.interval[1] for drift in found]) > 0.7
    assert all(drift.causes == () for drift in found if not drift.differs)


def test_the_input_that_moved_is_named_first():
    found = [compare(customers(2 * seed), customers(2 * seed + 1, moved=0.7), COLUMNS) for seed in range(5)]
    assert all(drift.differs and drift.probability >= SURE for drift in found)
    assert all(drift.causes[0].input == "use" for drift in found)
    assert all(drift.causes[0].share > 0.5 for drift in found)
    assert all(drift.causes[0].psi > DRIFTED for drift in found)


def test_what_moves_only_together_is_found():
    """Each input alone is as before; only their sum moved, which no PSI shows."""
    rng = np.random.default_rng(1)
    one, other, noise = rng.normal(size=(3, 4000))
    before, after = pa.table({"x": one, "y": other}), pa.table({"x": one, "y": one + 0.3 * noise})
    found = compare(before, after.set_column(1, "y", pa.array((one + 0.3 * noise) / np.sqrt(1.09))), ["x", "y"])
    assert found.differs
    assert {cause.input for cause in found.causes} == {"x", "y"}
    assert all(cause.psi < STEADY for cause in found.causes)


def test_the_order_of_rows_and_columns_does_not_matter():
    before, after = customers(1), customers(2, moved=0.5)
    turned = after.take(shuffled(after)).select(COLUMNS[::-1])
    assert compare(before, after, COLUMNS) == compare(before.take(shuffled(before)), turned, COLUMNS[::-1])


def test_a_column_that_is_missing_on_one_side_is_a_difference():
    empty = customers(2).set_column(0, "use", pa.nulls(1000, pa.float64()))
    assert compare(customers(1), empty, COLUMNS).causes[0].input == "use"


@pytest.mark.parametrize(
    ("training", "scoring", "inputs", "code"),
    [
        (customers(1, 49), customers(2), COLUMNS, "too_little_data"),
        (customers(1), customers(2, 0), COLUMNS, "too_little_data"),
        (customers(1), customers(2).drop_columns(["use"]), COLUMNS, "column"),
        (customers(1), customers(2).set_column(0, "use", pa.array(["?"] * 1000)), COLUMNS, "type"),
        (customers(1), customers(2), [], "no_input"),
    ],
)
def test_what_cannot_be_compared_is_refused(training, scoring, inputs, code):
    with pytest.raises(Refused) as refused:
        compare(training, scoring, inputs)
    assert refused.value.code == code
