"""Value scores and levels: exact, whatever the order of rows, and honest about what was missing."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.checks import CHECKS, Subject
from yuelao.analytics.segmentation import LEVELS, ValueTree, levels, score_value
from yuelao.common.errors import Refused

DEFINITION = {
    "name": "value",
    "children": [
        {
            "name": "now",
            "weight": 3,
            "children": [{"feature": "arpu", "weight": 2}, {"feature": "off_net", "direction": "down"}],
        },
        {"name": "later", "weight": 1, "children": [{"feature": "tenure"}]},
    ],
}
TREE = ValueTree.from_definition(DEFINITION)
SHARES = {"by": "share", "A1": 0.05, "A2": 0.10, "B1": 0.15, "B2": 0.20, "C": 0.25, "D": 0.25}
SCORES = {"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 50, "C": 30}


def customers(rows=200):
    rng = np.random.default_rng(2)
    arpu = [None if i % 7 == 0 else float(v) for i, v in enumerate(rng.integers(10, 60, rows))]
    columns = {"arpu": arpu, "off_net": rng.random(rows), "tenure": rng.integers(1, 200, rows).astype(float)}
    return pa.table({**columns, "end": [0.0] * rows})


def in_columns(table):
    known = [name for name in table.column_names if name in TREE.features()]
    return {name: table[name].to_numpy(zero_copy_only=False) for name in known}


SUBJECT = Subject(
    table=customers(),
    inputs=["arpu", "off_net", "tenure"],
    fit=lambda _: TREE,
    predict=lambda tree, table: score_value(tree, {"end": np.zeros(table.num_rows)} | in_columns(table)).score,
    refuses_missing=False,
)


@pytest.mark.parametrize("check", CHECKS)
def test_the_value_score_passes_the_suite(check):
    check(SUBJECT)


def test_weights_count_within_their_node():
    found = score_value(TREE, {"arpu": [1, 2], "off_net": [0.2, 0.1], "tenure": [20, 10]})
    assert found.score.tolist() == pytest.approx([0.75 * 25 + 0.25 * 75, 0.75 * 75 + 0.25 * 25])
    assert found.missing == {}


def test_a_null_is_neutral_and_reported():
    found = score_value(TREE, {"arpu": [1, None], "off_net": [0.1, 0.1], "tenure": [5, 5]})
    assert found.score.tolist() == pytest.approx([50.0, 50.0])
    assert found.missing == {"arpu": 0.5}


def test_an_absent_leaf_gives_its_weight_to_its_node_and_an_absent_node_to_its_siblings():
    arpu_only = score_value(TREE, {"arpu": [1, 2]})
    assert arpu_only.score.tolist() == [25.0, 75.0]
    assert arpu_only.missing == {"off_net": 1.0, "tenure": 1.0}
    null_as_well = score_value(TREE, {"arpu": [1, 2], "off_net": [None, None], "tenure": [np.nan, np.nan]})
    assert null_as_well.score.tolist() == [25.0, 75.0]
    assert null_as_well.missing == arpu_only.missing


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=1))
def test_more_is_never_worth_less(arpu):
    score = score_value(TREE, {"arpu": arpu}).score
    known = sorted((value, s) for value, s in zip(arpu, score, strict=True) if value is not None)
    assert [s for _, s in known] == sorted(s for _, s in known)
    assert all(0 <= s <= 100 for s in score)


def test_columns_of_unequal_length_or_without_numbers_are_refused():
    with pytest.raises(Refused, match="unequal"):
        score_value(TREE, {"arpu": [1, 2], "tenure": [1]})
    with pytest.raises(Refused, match="arpu has none"):
        score_value(TREE, {"arpu": ["much", "little"]})


def test_shares_give_each_level_its_part_of_the_base():
    found = levels(np.random.default_rng(1).permutation(1000).astype(float), SHARES)
    assert {level: int((found == level).sum()) for level in LEVELS} == {
        "A1": 50, "A2": 100, "B1": 150, "B2": 200, "C": 250, "D": 250,
    }  # fmt: skip


@given(st.lists(st.integers(0, 20), min_size=1), st.sampled_from([SHARES, SCORES]))
def test_a_higher_score_is_never_in_a_lower_level(scores, cutoffs):
    found = levels(scores, cutoffs)
    ranked = sorted(zip(scores, (LEVELS.index(level) for level in found), strict=True))
    assert [level for _, level in ranked] == sorted(level for _, level in ranked)
    assert len(dict(ranked)) == len(set(ranked))


def test_nobody_has_no_level():
    assert levels([], SHARES).tolist() == levels([], SCORES).tolist() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by": "taste"}, "taste"),
        ({"A1": None}, "A1"),
        ({"A1": 0.5}, "sum to 1"),
        ({"A3": 0.1}, "no level A3"),
        ({"by": "score", "D": 1}, "no level D"),
    ],
)
def test_wrong_cutoffs_are_refused(change, said):
    with pytest.raises(Refused, match=said):
        levels([1.0], SHARES | change)


def test_scores_that_do_not_fall_are_refused():
    with pytest.raises(Refused, match="must fall"):
        levels([1.0], SCORES | {"C": 90})


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        (["arpu"], "value"),
        ({"name": "value"}, "value.children"),
        ({"children": []}, "value.children"),
        ({"children": [{"feature": "arpu", "weight": -1}]}, "value.children[0].weight"),
        ({"children": [{"feature": "arpu", "weight": "much"}]}, "value.children[0].weight"),
        ({"children": [{"feature": "arpu", "weight": 0}]}, "value.children"),
        ({"children": [{"feature": ""}]}, "value.children[0].feature"),
        ({"children": [{"feature": "arpu", "direction": "sideways"}]}, "value.children[0].direction"),
        ({"children": [{"feature": "arpu", "scale": "log"}]}, "value.children[0].scale"),
        (
            {"children": [{"feature": "arpu"}, {"children": [{"feature": "a", "wieght": 1}]}]},
            "value.children[1].children[0]",
        ),
        ({"children": [{"feature": "arpu"}, {"feature": "arpu"}]}, "value"),
    ],
)
def test_a_wrong_tree_is_refused_with_its_place(definition, where):
    with pytest.raises(Refused) as refused:
        ValueTree.from_definition(definition)
    assert refused.value.where == where
