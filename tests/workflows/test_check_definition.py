"""Definitions of the models of the view as text: out and in again without a change, mistakes with their line."""

from importlib.resources import files

import pytest
import yaml

from yuelao.common.errors import Refused
from yuelao.workflows.check_definition import as_text, checked_definition, line_of, path_of

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
