"""The examples in docs/definitions.md are definitions that the models read."""

import re
from pathlib import Path

import yaml

from yuelao.analytics.segmentation.dimensions import NAMES, Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.value import ValueModel

PAGE = (Path(__file__).parents[3] / "docs" / "definitions.md").read_text(encoding="utf-8")


def example(kind):
    """The example of a kind, as its model gets it."""
    blocks = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    found = next(block for block in blocks if isinstance(block, dict) and block.get("kind") == kind)
    return {key: value for key, value in found.items() if key not in ("kind", "name", "title")}


def test_the_value_segmentation_is_read():
    assert ValueModel.from_definition(example("value_segmentation")).inputs()


def test_the_dimensions_are_read():
    definition = example("dimensions")
    shown = definition["dimensions"]
    rest = {name: shown["tenure"] for name in NAMES if name not in shown}
    assert len(Dimensions.from_definition({**definition, "dimensions": {**shown, **rest}}).inputs()) == 5


def test_the_handset_classes_are_read():
    assert HandsetDemand.from_definition(example("handset_demand")).inputs()
