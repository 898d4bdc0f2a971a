"""Value scores and levels: exactly those of the definition, and honest about what was missing."""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.model_checks import AS_OF, in_order, kept
from tests.analytics.segmentation import reference
from yuelao.analytics.evidence import Evidence
from yuelao.analytics.segmentation.value import ValueModel
from yuelao.common.errors import Refused

SHARES = {"by": "share", "A1": 0.05, "A2": 0.10, "B1": 0.15, "B2": 0.20, "C": 0.25, "D": 0.25}
SCORES = {"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 50, "C": 30}
TREE = {
    "children": [
        {
            "name": "now",
            "weight": 3,
            "children": [{"feature": "arpu", "weight": 2}, {"feature": "off_net", "direction": "down"}],
        },
        {"name": "later", "weight": 1, "children": [{"feature": "tenure"}]},
    ],
}


def table(**columns):
    rows = max(map(len, columns.values()))
    typed = {name: pa.array(values, pa.float64()) for name, values in columns.items()}
    return pa.table({"customer_id": [f"c{i:04d}" for i in range(rows)], **typed})


def fit(view, tree=TREE, cutoffs=SHARES, earlier=None):
    evidence = Evidence(ibis.memtable(view), AS_OF, kept, earlier=None if earlier is None else ibis.memtable(earlier))
    model = ValueModel.from_definition({"tree": tree, "cutoffs": cutoffs}).fit(evidence)
    return model, in_order(model.score(evidence.view))


def scores(view, tree=TREE, cutoffs=SHARES):
    return fit(view, tree, cutoffs)[1]["value_score"].to_pylist()


def customers(rows=400):
    rng = np.random.default_rng(2)
    arpu = [None if i % 7 == 0 else float(v) for i, v in enumerate(rng.integers(10, 60, rows))]
    return table(arpu=arpu, off_net=rng.random(rows).round(2), tenure=rng.integers(1, 200, rows).astype(float))


def in_arrays(view):
    return {name: view[name].to_numpy(zero_copy_only=False) for name in view.column_names[1:]}


def test_scores_and_levels_are_those_of_the_reference():
    view = customers()
    _, scored = fit(view)
    expected = reference.score(TREE, in_arrays(view))
    np.testing.assert_allclose(scored["value_score"].to_numpy(), expected, rtol=0, atol=1e-10)
    assert scored["value_level"].to_pylist() == reference.levels_by_share(expected, SHARES)


NUMBERS = st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=1, max_size=12)


@settings(max_examples=25)
@given(NUMBERS, NUMBERS)
def test_any_small_base_is_scored_as_the_reference_does(arpu, tenure):
    rows = min(len(arpu), len(tenure))
    view = table(arpu=arpu[:rows], tenure=tenure[:rows])
    _, scored = fit(view)
    expected = reference.score(TREE, in_arrays(view))
    expected = np.full(rows, 50.0) if expected is None else expected
    np.testing.assert_allclose(scored["value_score"].to_numpy(), expected, rtol=0, atol=1e-10)
    assert scored["value_level"].to_pylist() == reference.levels_by_share(expected.round(9), SHARES)


@pytest.mark.parametrize(
    "scale",
    ["percentile", "minmax", {"by": "curve", "points": [[0, 0], [3, 20], [9, 100]]}],
    ids=["percentile", "minmax", "curve"],
)
@pytest.mark.parametrize("direction", ["up", "down"])
def test_more_of_a_leaf_is_never_worth_less(scale, direction):
    rng = np.random.default_rng(8)
    values = rng.integers(0, 12, 60).astype(float)
    leaf = {"feature": "arpu", "scale": scale, "direction": direction}
    found = scores(table(arpu=values, tenure=[1.0] * 60), {"children": [leaf, {"feature": "tenure"}]})
    ranked = sorted(zip(values if direction == "up" else -values, found, strict=True))
    assert [s for _, s in ranked] == sorted(s for _, s in ranked)
    assert ranked[0][1] < ranked[-1][1]
    assert all(0 <= s <= 100 for s in found)


def test_weights_count_within_their_node():
    view = table(arpu=[1, 2], off_net=[0.2, 0.1], tenure=[20, 10])
    model, scored = fit(view)
    assert scored["value_score"].to_pylist() == pytest.approx([0.75 * 25 + 0.25 * 75, 0.75 * 75 + 0.25 * 25])
    assert model.weights == pytest.approx(
        {"now": 0.75, "now.arpu": 0.5, "now.off_net": 0.25, "later": 0.25, "later.tenure": 0.25}
    )
    assert model.missing == ()


def test_a_null_is_neutral_unless_the_leaf_says_what_it_counts():
    view = table(arpu=[1, None], off_net=[0.1, 0.1], tenure=[5, 5])
    assert scores(view) == pytest.approx([50, 50])
    tree = {"children": [{"feature": "arpu", "unknown": 0}, {"feature": "tenure"}]}
    assert scores(view, tree) == pytest.approx([50, 25])


def test_an_absent_leaf_gives_its_weight_to_its_node_and_an_absent_node_to_its_siblings():
    model, scored = fit(table(arpu=[1, 2]))
    assert scored["value_score"].to_pylist() == [25.0, 75.0]
    assert model.missing == ("off_net", "tenure")
    assert model.weights["now.arpu"] == 1.0
    assert model.weights["later.tenure"] == 0.0
    assert "Nobody has a value of tenure" in model.notes[1]
    _, without_values = fit(table(arpu=[1, 2], off_net=[None, None], tenure=[None, np.nan]))
    assert without_values["value_score"].to_pylist() == [25.0, 75.0]


def test_a_customer_never_seen_stands_between_the_neighbours():
    model, _ = fit(table(arpu=[10, 20, 20, 40]), {"children": [{"feature": "arpu"}]})
    later = ibis.memtable(table(arpu=[5, 10, 15, 20, 90]))
    assert in_order(model.score(later))["value_score"].to_pylist() == pytest.approx([0, 12.5, 25, 50, 100])


def test_minmax_holds_back_what_lies_beyond_the_quantiles():
    tree = {"children": [{"feature": "arpu", "scale": {"by": "minmax", "low": 0.2, "high": 0.8}}]}
    view = table(arpu=[-1000, 10, 15, 20, 10_000])
    assert scores(view, tree) == pytest.approx([0, 100 * 1010 / 1020, 100 * 1015 / 1020, 100, 100])
    assert scores(table(arpu=[7, 7, 7]), tree) == [50, 50, 50]


def test_a_curve_goes_through_its_points_and_is_level_beyond_them():
    tree = {"children": [{"feature": "age", "scale": {"by": "curve", "points": [[20, 10], [30, 90], [60, 30]]}}]}
    assert scores(table(age=[0, 20, 25, 30, 45, 60, 99]), tree) == pytest.approx([10, 10, 50, 90, 60, 30, 30])


def test_points_are_given_to_texts_booleans_and_small_numbers():
    view = pa.table({
        "customer_id": ["a", "b", "c"],
        "vip": ["gold", "none", None],
        "staff": [True, False, None],
        "star": pa.array([5, 0, None], pa.int64()),
    })  # fmt: skip

    def scored(feature, values):
        leaf = {"feature": feature, "scale": {"by": "points", "values": values, "other": 5}, "unknown": 1}
        return scores(view, {"children": [leaf]})

    assert scored("vip", {"gold": 100}) == [100, 5, 1]
    assert scored("staff", {True: 80, False: 20}) == [80, 20, 1]
    assert scored("star", {5: 90, "gold": 3}) == [90, 5, 1]


def test_text_is_refused_where_a_number_is_needed():
    view = pa.table({"customer_id": ["a"], "arpu": ["much"]})
    with pytest.raises(Refused, match="arpu has none"):
        fit(view, {"children": [{"feature": "arpu"}]})


def test_shares_give_each_level_its_part_of_the_base():
    view = table(arpu=np.random.default_rng(1).permutation(1000))
    model, scored = fit(view, {"children": [{"feature": "arpu"}]})
    found = scored["value_level"].to_pylist()
    assert {level: found.count(level) for level in reference.LEVELS} == {
        "A1": 50, "A2": 100, "B1": 150, "B2": 200, "C": 250, "D": 250,
    }  # fmt: skip
    assert list(model.limits) == ["A1", "A2", "B1", "B2", "C"]
    assert model.limits["A1"] == pytest.approx(95.05)


def test_scores_that_are_cut_by_score_need_no_base():
    _, scored = fit(table(arpu=[0, 30, 50, 85]), {"children": [{"feature": "arpu", "scale": identity()}]}, SCORES)
    assert scored["value_level"].to_pylist() == ["D", "C", "B2", "A1"]


def test_weights_by_comparison_are_used_and_their_ratio_is_told():
    weights = {"by": "ahp", "matrix": [[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]]}
    tree = {"weights": weights, "children": [{"feature": "arpu"}, {"feature": "off_net"}, {"feature": "tenure"}]}
    model, _ = fit(customers(), tree)
    assert [round(w, 3) for w in model.weights.values()] == [0.637, 0.258, 0.105]  # Saaty's own example
    assert model.consistency == {"all": pytest.approx(0.033, abs=1e-3)}
    assert model.notes == ()


def test_contradicting_comparisons_that_are_forced_are_noted():
    weights = {"by": "ahp", "matrix": [[1, 3, "1/5"], ["1/3", 1, 3], [5, "1/3", 1]], "force": True}
    tree = {"weights": weights, "children": [{"feature": "arpu"}, {"feature": "off_net"}, {"feature": "tenure"}]}
    model, _ = fit(customers(), tree)
    assert "consistency ratio" in model.notes[0]


def test_entropy_weighs_what_tells_customers_apart():
    rng = np.random.default_rng(4)
    view = table(rare=(rng.random(300) < 0.05).astype(float), alike=rng.normal(50, 1, 300).clip(0, 100))
    tree: dict[str, Any] = {
        "weights": "entropy",
        "children": [{"feature": name, "scale": identity()} for name in ("rare", "alike")],
    }
    tree["children"][0]["scale"] = {"by": "curve", "points": [[0, 0], [1, 100]]}
    model, _ = fit(view, tree)
    assert model.weights["rare"] > 0.99
    assert sum(model.weights.values()) == pytest.approx(1)


def test_weights_are_learned_from_what_came_after():
    rng = np.random.default_rng(6)
    good, noise = rng.random(600), rng.random(600)
    earlier = table(good=good, noise=noise, worse=1 - good)
    now = table(good=good, noise=noise, worse=1 - good, spent=100 * good + rng.normal(0, 5, 600))
    tree = {
        "weights": {"by": "learned", "outcome": "spent"},
        "children": [{"feature": "good"}, {"name": "rest", "children": [{"feature": "noise"}, {"feature": "worse"}]}],
    }
    model, _ = fit(now, tree, earlier=earlier)
    assert model.weights["good"] > 0.9
    assert model.weights["rest.worse"] < 0.05
    assert "rank correlation 0.9" in model.notes[0]


def test_weights_are_learned_from_a_yes_or_no():
    rng = np.random.default_rng(7)
    good, noise = rng.random(800), rng.random(800)
    now = table(good=good, noise=noise, stayed=(rng.random(800) < good).astype(float))
    tree = {
        "weights": {"by": "learned", "outcome": "stayed", "method": "logistic"},
        "children": [{"feature": "good"}, {"feature": "noise"}],
    }
    model, _ = fit(now, tree, earlier=now.drop_columns(["stayed"]))
    assert model.weights["good"] > 0.8
    with pytest.raises(Refused, match="0 or 1"):
        fit(table(good=good, noise=noise, stayed=good), tree, earlier=now)


def test_learning_without_an_earlier_view_is_refused_and_without_an_outcome_done_by_hand():
    tree: dict[str, Any] = {"weights": {"by": "learned", "outcome": "arpu"}, "children": [{"feature": "tenure"}]}
    with pytest.raises(Refused, match="no view of an earlier day"):
        fit(customers(), tree)
    tree["weights"]["outcome"] = "unheard_of"
    model, _ = fit(customers(), tree, earlier=customers())
    assert model.missing == ("unheard_of",)
    assert "weighed by hand" in model.notes[0]


def identity():
    return {"by": "curve", "points": [[0, 0], [100, 100]]}
