"""Definitions of trees, cut-offs, rules, dimensions and needs: what is wrong is refused, with its place."""

import copy

import pytest

from tests.analytics.segmentation.people import pack_definition
from yuelao.analytics.segmentation.dimensions import Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.levels import VALUE_LEVELS, read_cutoffs
from yuelao.analytics.segmentation.tree import read_tree
from yuelao.common.errors import Refused

SHARES = {"by": "share", "A1": 0.05, "A2": 0.10, "B1": 0.15, "B2": 0.20, "C": 0.25, "D": 0.25}
LEAF = {"feature": "a"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by": "taste"}, "taste"),
        ({"A1": None}, "A1"),
        ({"A1": 0.5}, "sum to 1"),
        ({"A1": -0.05, "D": 0.35}, "sum to 1"),
        ({"A3": 0.1}, "no level A3"),
        ({"by": "score", "D": 1}, "no level D"),
    ],
)
def test_wrong_cutoffs_are_refused(change, said):
    with pytest.raises(Refused, match=said):
        read_cutoffs(SHARES | change, VALUE_LEVELS)


def test_scores_that_do_not_fall_are_refused():
    with pytest.raises(Refused, match="must fall"):
        read_cutoffs({"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 50, "C": 90}, VALUE_LEVELS)


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        (["arpu"], "tree"),
        ({"name": "value"}, "tree.children"),
        ({"children": []}, "tree.children"),
        ({"children": [{**LEAF, "weight": -1}]}, "tree.children[0].weight"),
        ({"children": [{**LEAF, "weight": "much"}]}, "tree.children[0].weight"),
        ({"children": [{**LEAF, "weight": 0}]}, "tree.children"),
        ({"children": [{"feature": ""}]}, "tree.children[0].feature"),
        ({"children": [{**LEAF, "direction": "sideways"}]}, "tree.children[0].direction"),
        ({"children": [{**LEAF, "unknown": 101}]}, "tree.children[0].unknown"),
        ({"children": [{**LEAF, "scale": "log"}]}, "tree.children[0].scale.by"),
        ({"children": [{**LEAF, "scale": {"by": "minmax", "low": 0.9, "high": 0.1}}]}, "tree.children[0].scale"),
        ({"children": [{**LEAF, "scale": {"by": "curve", "points": [[0, 0]]}}]}, "tree.children[0].scale.points"),
        (
            {"children": [{**LEAF, "scale": {"by": "curve", "points": [[0, 0], [0, 5]]}}]},
            "tree.children[0].scale.points[1]",
        ),
        (
            {"children": [{**LEAF, "scale": {"by": "points", "values": {"x": 200}}}]},
            "tree.children[0].scale.values.x",
        ),
        ({"children": [LEAF, {"children": [{"feature": "b", "wieght": 1}]}]}, "tree.children[1].children[0]"),
        ({"children": [LEAF, {"name": "n", "children": [LEAF]}]}, "tree"),
        ({"children": [LEAF, {"name": "a", "children": [{"feature": "b"}]}]}, "tree.children"),
        ({"weights": {"by": "learned"}, "children": [LEAF]}, "tree.weights"),
        (
            {"weights": "entropy", "children": [{"weights": "entropy", "children": [LEAF]}]},
            "tree.children[0].weights",
        ),
    ],
)
def test_a_wrong_tree_is_refused_with_its_place(definition, where):
    with pytest.raises(Refused) as refused:
        read_tree(definition)
    assert refused.value.where == where


def changed(name, *steps, to):
    definition = copy.deepcopy(pack_definition(name))
    target = definition
    for step in steps[:-1]:
        target = target[step]
    target[steps[-1]] = to
    return definition


@pytest.mark.parametrize(
    ("steps", "to", "where"),
    [
        (("dimensions", "tenure", "bands", "bounds"), [1, 2, 3], "dimensions.tenure.bands.bounds"),
        (("dimensions", "tenure", "bands", "bounds"), [1, 2, 2, 3], "dimensions.tenure.bands.bounds"),
        (("dimensions", "tenure", "bands", "unknown"), 6, "dimensions.tenure.bands.unknown"),
        (("dimensions", "tenure"), {"title": {"en": "Tenure", "zh": "在网"}}, "dimensions.tenure"),
        (("dimensions", "tenure", "tree"), {"children": [LEAF]}, "dimensions.tenure"),
        (("dimensions", "channel", "cutoffs"), {"by": "score", 5: 80, 4: 60, 3: 40}, "dimensions.channel.cutoffs"),
        (("dimensions", "channel", "levels"), [{"en": "one", "zh": "一"}], "dimensions.channel.levels"),
        (("dimensions", "channel", "title"), {"en": "Channel"}, "dimensions.channel.title"),
        (("needs", "distance"), 1.5, "needs.distance"),
        (("needs", "top"), 0, "needs.top"),
        (("needs", "products", "data_10gb"), [{"why": "asked"}], "needs.products.data_10gb[0]"),
        (
            ("needs", "products", "data_10gb"),
            [{"why": "asked", "when": [{"feature": "age"}]}],
            "needs.products.data_10gb[0].when[0]",
        ),
    ],
)
def test_wrong_dimensions_are_refused_with_their_place(steps, to, where):
    with pytest.raises(Refused) as refused:
        Dimensions.from_definition(changed("dimensions", *steps, to=to))
    assert refused.value.where == where


@pytest.mark.parametrize(
    ("classes", "where"),
    [
        ([], "classes"),
        ([{"gives": "E"}], "classes[0].gives"),
        ([{"gives": "A", "when": [{"feature": "age", "below": 30}]}], "classes[0]"),
        ([{"gives": "A"}, {"gives": "D"}], "classes[0]"),
        ([{"gives": "A", "when": [{"feature": "age", "below": "young"}]}, {"gives": "D"}], "classes[0].when[0].below"),
        ([{"gives": "A", "when": [{"feature": "age", "known": "yes"}]}, {"gives": "D"}], "classes[0].when[0].known"),
    ],
)
def test_wrong_classes_are_refused_with_their_place(classes, where):
    with pytest.raises(Refused) as refused:
        HandsetDemand.from_definition({"classes": classes})
    assert refused.value.where == where


def test_the_pack_gives_every_level_a_text_in_both_languages():
    for dimension in Dimensions.from_definition(pack_definition("dimensions")).dimensions:
        assert len(dimension.levels) == 5
        assert all(en and zh for en, zh in (dimension.texts, *dimension.levels))
