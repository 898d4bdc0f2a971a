"""Every model of the room passes the shared suite: the pack's definitions, all ways of scaling and of weighing."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.model_checks import CHECKS, Subject
from tests.analytics.segmentation.people import holdings, pack_definition, view
from yuelao.analytics.segmentation.dimensions import Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.value import ValueModel

EVERY_SCALE = {
    "cutoffs": {"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 50, "C": 30},
    "tree": {
        "weights": {"by": "ahp", "matrix": [[1, "1/2"], [2, 1]]},
        "children": [
            {
                "name": "now",
                "weights": {"by": "entropy"},
                "children": [
                    {"feature": "arpu", "scale": {"by": "minmax", "low": 0.05, "high": 0.95}},
                    {"feature": "calls", "direction": "down"},
                ],
            },
            {
                "name": "later",
                "children": [
                    {"feature": "tenure", "scale": {"by": "curve", "points": [[0, 0], [12, 60], [40, 100]]}},
                    {"feature": "vip_type", "scale": {"by": "points", "values": {"gold": 100}}, "unknown": 10},
                ],
            },
        ],
    },
}
LEARNED = {
    "cutoffs": {"by": "share", "A1": 0.05, "A2": 0.10, "B1": 0.15, "B2": 0.20, "C": 0.25, "D": 0.25},
    "tree": {
        "weights": {"by": "learned", "outcome": "spent"},
        "children": [{"feature": "arpu"}, {"name": "use", "children": [{"feature": "calls"}]}],
    },
}


def of(model, definition, **more):
    seen = view(model.from_definition(definition).inputs())
    return Subject(model, definition, seen, **more)


def learned():
    seen = view(["arpu", "calls", "spent"])
    spent = np.nan_to_num(np.array(seen["arpu"].to_pylist(), dtype=float)) * 3 + np.arange(seen.num_rows) % 7
    seen = seen.set_column(3, "spent", pa.array(spent))
    return Subject(ValueModel, LEARNED, seen, earlier=seen.drop_columns(["spent"]))


def dimensions():
    definition = pack_definition("dimensions")
    subject = of(Dimensions, definition, free=["needs.products", *scale_values(definition)])
    return replace(subject, subscriptions=holdings(subject.view["customer_id"].to_pylist()))


def scale_values(definition):
    places = []
    for name, dimension in definition["dimensions"].items():
        for i, leaf in enumerate(dimension.get("tree", {}).get("children", [])):
            if "values" in leaf.get("scale", {}):
                places.append(f"dimensions.{name}.tree.children[{i}].scale.values")
    return places


SUBJECTS = {
    "learned": learned(),
    "every scale": of(ValueModel, EVERY_SCALE, free=["tree.children[1].children[1].scale.values"]),
    "dimensions": dimensions(),
    "handset demand": of(HandsetDemand, pack_definition("handset_demand")),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", SUBJECTS)
def test_the_model_passes_the_suite(name, check):
    check(SUBJECTS[name])


def test_classes_go_to_the_first_rule_that_holds():
    people = pa.table({
        "customer_id": ["a", "b", "c", "d", "e"],
        "age": [22, 45, 45, 45, None],
        "handset_changes_3y": [2, 1, 0, 0, None],
        "device_months": [12, 30, 12, 12, None],
        "handset_pages_30d": [0, 0, 1, 0, None],
        "interactions_handset_3m": [0, 0, 0, 0, None],
        "device_generation": [5, 4, 5, 5, None],
    })  # fmt: skip
    scored = Subject(HandsetDemand, pack_definition("handset_demand"), people).scored()
    assert scored["handset_demand"].to_pylist() == ["A", "B", "C", "D", "D"]


def test_bands_count_their_bounds_to_the_level_above():
    definition = pack_definition("dimensions")
    people = pa.table({"customer_id": list("abcdef"), "tenure_months": [5, 6, 24, 60, 120, None]})
    scored = Subject(Dimensions, definition, people).scored()
    assert scored["tenure_level"].to_pylist() == ["1", "2", "3", "4", "5", "1"]
