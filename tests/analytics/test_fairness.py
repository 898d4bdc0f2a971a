"""Groups: told from the others where they are served otherwise, and, all together, hardly ever where they are not."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from yuelao.analytics.fairness import Grouping, compare_groups

GROUPINGS = (Grouping("city"), Grouping("age", (25, 45)), Grouping("member"), Grouping("star"))


def customers(rows=3000, seed=1):
    """Customers of several groups, and probabilities that are right for everybody."""
    rng = np.random.default_rng(seed)
    table = pa.table(
        {
            "city": pa.array(rng.choice(["east", "south", "west"], rows), mask=rng.random(rows) < 0.05),
            "age": rng.integers(18, 80, rows),
            "member": rng.random(rows) < 0.2,
            "star": pa.array(rng.integers(0, 4, rows)).dictionary_encode(),
        }
    )
    p = rng.beta(1, 6, rows)
    return table, rng.random(rows) < p, p


def verdicts(found):
    return {(group.column, group.value, group.low): group.verdicts for group in found}


def test_a_fair_model_is_called_unfair_less_than_once_in_twenty_times_over_all_groups():
    alarms = [
        any(group.verdicts not in (["alike"], ["too few"]) for group in compare_groups(t, GROUPINGS, y, p))
        for t, y, p in (customers(1500, seed) for seed in range(40))
    ]
    assert sum(alarms) <= 5  # 2 of 40 are expected at most; 6 would come once in 70 times


def test_a_group_whose_customers_are_not_ranked_is_told_and_no_other():
    table, y, p = customers()
    south = np.array(table["city"].to_pylist()) == "south"
    p = np.where(south, np.random.default_rng(0).permutation(p), p)
    told = {key for key, said in verdicts(compare_groups(table, GROUPINGS, y, p)).items() if "worse ranked" in said}
    assert told == {("city", "south", None)}


@pytest.mark.parametrize(("factor", "said"), [(0.4, "promised too little"), (1.8, "promised too much")])
def test_a_group_expected_wrongly_is_told(factor, said):
    table, y, p = customers()
    members = np.array(table["member"])
    found = verdicts(compare_groups(table, GROUPINGS, y, np.where(members, np.minimum(p * factor, 1), p)))
    assert said in found["member", True, None]


def test_the_figures_are_those_of_the_groups_own_rows():
    table, y, p = customers()
    found = compare_groups(table, GROUPINGS, y, p)
    middle = next(group for group in found if group.low == 25)
    rows = (np.array(table["age"]) >= 25) & (np.array(table["age"]) < 45)
    assert (middle.rows, middle.positives, middle.high) == (rows.sum(), y[rows].sum(), 45)
    assert middle.auc == pytest.approx(roc_auc_score(y[rows], p[rows]))
    assert middle.ranking
    assert middle.ranking.value == pytest.approx(middle.auc - roc_auc_score(y[~rows], p[~rows]))
    assert (middle.predicted, middle.observed) == pytest.approx((p[rows].mean(), y[rows].mean()))
    best = np.argsort(-p)[:300]
    assert middle.selected == pytest.approx(np.isin(np.flatnonzero(rows), best).mean())
    for column in ("city", "age", "member", "star"):
        assert sum(group.rows for group in found if group.column == column) == len(y)


def test_the_more_groups_are_asked_about_the_wider_is_each_interval():
    table, y, p = customers()
    alone, among = (compare_groups(table, groupings, y, p)[0].ranking for groupings in (GROUPINGS[:1], GROUPINGS))
    assert alone
    assert among
    assert alone.value == among.value
    assert among.low < alone.low < alone.high < among.high


def test_what_cannot_be_judged_is_said_and_what_is_no_group_is_passed_by():
    table, y, p = customers()
    table = table.append_column("one", pa.array(["x"] * len(y))).append_column("none", pa.nulls(len(y)))
    table = table.append_column("rare", pa.array(np.arange(len(y)) < 20))
    asked = [Grouping(name) for name in ("one", "none", "unheard", "rare")]
    found = compare_groups(table, asked, y, p)
    assert {group.column for group in found} == {"rare"}
    assert {tuple(group.verdicts) for group in found} == {("too few",)}
    assert all(group.auc is None and group.promised is None for group in found)


@settings(max_examples=15)
@given(st.permutations(range(400)))
def test_the_order_of_the_rows_changes_nothing(order):
    table, y, p = customers(400)
    turned = compare_groups(table.take(pa.array(order)), GROUPINGS, y[list(order)], p[list(order)])
    for group, other in zip(compare_groups(table, GROUPINGS, y, p), turned, strict=True):
        assert (group.value, group.rows, group.verdicts) == (other.value, other.rows, other.verdicts)
        assert group.selected == pytest.approx(other.selected)
