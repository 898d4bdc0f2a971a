"""Reading the definition of the channel preference."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.analytics.preference.people import definition
from yuelao.analytics.channels import BUSINESSES
from yuelao.analytics.preference.definition import read
from yuelao.common.errors import Refused


def test_the_packs_definition_has_the_factors_of_practice():
    read_in = read(definition())

    assert [len(read_in.of(channel)) for channel in ("phone", "sms", "online", "hall")] == [7, 6, 4, 5]
    down = [(factor.channel, factor.feature) for factor in read_in.factors if factor.sign < 0]
    assert down == [("sms", "tenure_months"), ("hall", "tenure_months")]
    assert read_in.touches.strength is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"channels": {"fax": []}}, "channels.fax"),
        ({"channels": {"phone": [{"feature": "a"}, {"feature": "b", "weight": -1}]}}, "channels.phone[1].weight"),
        ({"channels": {"phone": [{"feature": "a"}, {"feature": "a"}]}}, "channels.phone[1]"),
        ({"channels": {"phone": [{"feature": "a", "scale": "order"}]}}, "channels.phone[0].scale"),
        ({"channels": {"phone": [{"feature": "a", "direction": "left"}]}}, "channels.phone[0].direction"),
        ({"levels": [1, 3, 2, 4]}, "levels"),
        ({"levels": [1, 2, 3, 6]}, "levels[3]"),
        ({"weights": "guess"}, "preference.weights"),
        ({"touches": {"strength": "strong"}}, "touches.strength"),
        ({"businesses": {"payment": -1}}, "businesses.payment"),
        ({"businesses": dict.fromkeys(BUSINESSES, 0)}, "businesses"),
        ({"quality": {"nulls": 2}}, "quality.nulls"),
        ({"learning": {"answers": []}}, "learning.answers"),
    ],
)
def test_a_wrong_place_is_named(change: dict[str, Any], where: str):
    with pytest.raises(Refused) as refused:
        read({"channels": {}} | change)

    assert refused.value.where == where


def test_the_example_of_the_documentation_is_read():
    page = (Path(__file__).parents[3] / "docs" / "definitions.md").read_text(encoding="utf-8")
    blocks = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    found = next(block for block in blocks if isinstance(block, dict) and block.get("kind") == "preference")

    read_in = read({key: value for key, value in found.items() if key not in ("kind", "name", "title")})

    assert [factor.scale for factor in read_in.factors] == ["log", "order", "linear"]
    assert (read_in.touches.strength, read_in.touches.business_strength) == (None, 10)
