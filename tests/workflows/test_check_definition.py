"""Definitions of the models of the view as text: out and in again without a change, mistakes with their line."""

from importlib.resources import files

import pytest
import yaml

from yuelao.common.errors import Refused
from yuelao.conditions import Kind
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.features.family import Unbound
from yuelao.workflows.check_definition import as_text, check_inputs, checked_definition, line_of, path_of

PACK = files("yuelao") / "packs" / "telecom"
FILES = ("value", "dimensions", "preference", "plan_fit", "handset_demand")


@pytest.mark.parametrize("name", FILES)
def test_text_written_is_the_definition_read(name):
    definition = checked_definition(yaml.safe_load((PACK / f"{name}.yaml").read_text()))
    text = as_text(definition)
    assert checked_definition(yaml.safe_load(text)) == definition
    assert as_text(checked_definition(yaml.safe_load(text))) == text


@pytest.mark.parametrize("kind", ["value", "", "campaign", None])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(Refused, match="kind"):
        checked_definition({"kind": kind, "name": "x", "title": "X"})


def test_what_is_no_number_is_refused():
    content = yaml.safe_load((PACK / "plan_fit.yaml").read_text()) | {"months": float("nan")}
    with pytest.raises(Refused):
        checked_definition(content)


def test_a_path_finds_its_line():
    text = "tree:\n  children:\n  - {feature: a}\n  - feature: b\n    weight: x\n"
    assert path_of("tree.children[1].weight") == ["tree", "children", 1, "weight"]
    assert line_of(text, path_of("tree.children[1].weight")) == 5
    assert line_of(text, path_of("tree.children[0].unknown")) == 3
    assert line_of(": :", ["tree"]) is None


def value_with(leaf):
    """The value model of the pack with one more indicator."""
    content = yaml.safe_load((PACK / "value.yaml").read_text())
    content["tree"]["children"][0]["children"].append(leaf)
    place = len(content["tree"]["children"][0]["children"]) - 1
    return checked_definition(content), f"tree.children[0].children[{place}].feature"


FEATURES = view_fields(Unbound())
UNCOUNTED = sorted(name for name, field in FEATURES.items() if field.kind in (Kind.TEXT, Kind.DATE))


@pytest.mark.parametrize("scale", ["percentile", "minmax", {"by": "curve", "points": [[0, 0], [1, 100]]}])
@pytest.mark.parametrize("name", [UNCOUNTED[0], UNCOUNTED[-1], "value_level"])
def test_an_indicator_without_numbers_is_refused_at_its_place(name, scale):
    definition, place = value_with({"feature": name, "scale": scale})
    with pytest.raises(Refused, match="has none") as refusal:
        check_inputs(definition, FEATURES)
    assert refusal.value.where == place


def test_points_may_be_given_to_what_is_no_number():
    definition, _place = value_with({"feature": UNCOUNTED[0], "scale": {"by": "points", "values": {"a": 100}}})
    check_inputs(definition, FEATURES)


def test_an_unknown_feature_is_told_with_its_place_where_all_are_known():
    definition, place = value_with({"feature": "arpu_3x"})
    with pytest.raises(Refused, match="no feature") as refusal:
        check_inputs(definition, FEATURES)
    assert (refusal.value.where, "arpu_3m" in refusal.value.hint) == (place, True)
    check_inputs(definition, FEATURES, all_known=False)
