"""Why a customer has the level: the indicators add up to the score of the view, and stand where they are said to."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import yaml

from tests.world import AS_OF
from yuelao.analytics.segmentation.value import ValueModel
from yuelao.operations import customers
from yuelao.operations.customers import ViewModelDefinition
from yuelao.warehouse.build import Build
from yuelao.warehouse.standing import counted_among
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.check_definition import as_text
from yuelao.workflows.explain_value import KIND, explain_value

FOUND = {
    "tree": {
        "children": [
            {
                "name": "here",
                "weights": "entropy",
                "children": [{"feature": "tenure_months"}, {"feature": "points_total"}],
            },
            {
                "name": "spends",
                "weights": {"by": "learned", "outcome": "arpu_3m"},
                "children": [{"feature": "arpu_3m"}, {"feature": "voice_minutes_3m"}],
            },
        ]
    }
}
"""A tree of which the data finds the weights: by entropy, and from what customers pay a month later."""


def view_of(house, *names):
    with house.lake.snapshot() as snapshot:
        view = read_view(snapshot, newest_view(snapshot))
        return view.select("customer_id", *names).order_by("customer_id").to_pyarrow().to_pylist()


def definition_of(house):
    with house.database.transaction(read_only=True) as session:
        version = customers.current_definition(session, KIND)
    assert version is not None
    return version.definition


def replaced(house, monkeypatch, old, new):
    """The house explains by a changed definition, as if that had given the levels."""
    with house.database.transaction(read_only=True) as session:
        version = customers.current_definition(session, KIND)
    assert version is not None
    text = as_text(version.definition)
    assert old in text
    definition = ViewModelDefinition.model_validate(yaml.safe_load(text.replace(old, new, 1)))
    other = version.model_copy(update={"definition": definition})
    monkeypatch.setattr("yuelao.workflows.explain_value.applied_definition", lambda *_of: other)


def test_the_indicators_add_up_to_the_score(trained):
    rows = view_of(trained, "value_score", "value_level")
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        told = explain_value(trained, row["customer_id"])
        assert told is not None
        assert (told.score, told.level) == (row["value_score"], row["value_level"])
        assert 50 + sum(each.adds for each in told.indicators) == pytest.approx(row["value_score"], abs=1e-9)
        assert sum(each.weight for each in told.indicators) == pytest.approx(1)
        added = [abs(each.adds) for each in told.indicators]
        assert added == sorted(added, reverse=True)


def test_the_share_is_that_of_the_customers_with_less(trained):
    rows = view_of(trained, "arpu_3m")
    values = [row["arpu_3m"] for row in rows if row["arpu_3m"] is not None]
    row = next(row for row in rows if row["arpu_3m"] is not None)
    told = explain_value(trained, row["customer_id"])
    assert told is not None
    [arpu] = [each for each in told.indicators if each.feature == "arpu_3m"]
    assert arpu.value == pytest.approx(float(row["arpu_3m"]))
    assert arpu.below == pytest.approx(sum(value < row["arpu_3m"] for value in values) / len(values))
    assert arpu.above == pytest.approx(sum(value > row["arpu_3m"] for value in values) / len(values))


def test_what_is_unknown_counts_as_the_definition_says(trained):
    row = next(row for row in view_of(trained, "arpu_3m") if row["arpu_3m"] is None)
    told = explain_value(trained, row["customer_id"])
    assert told is not None
    [arpu] = [each for each in told.indicators if each.feature == "arpu_3m"]
    assert (arpu.value, arpu.below, arpu.score) == (None, None, 50)


def test_a_scale_that_does_not_rank_is_scored_alike(trained, monkeypatch):
    row = view_of(trained, "tenure_months")[0]
    curve = "feature: tenure_months, scale: {by: curve, points: [[0, 10], [1000, 10]]}"
    replaced(trained, monkeypatch, "feature: tenure_months", curve)
    told = explain_value(trained, row["customer_id"])
    assert told is not None
    [tenure] = [each for each in told.indicators if each.feature == "tenure_months"]
    assert (tenure.score, tenure.below) == (10, None)


def scored_by(house, day, **models):
    """The view of a day built and scored by these models alone."""
    with house.lake.bulk_snapshot() as snapshot:
        build = Build(house.lake, snapshot, day)
        build.build()
        build.score(models)
        build.show()


def test_weights_that_the_data_found_are_those_that_gave_the_score(trained, monkeypatch):
    month_before = AS_OF - timedelta(days=31)
    scored_by(trained, month_before)
    content = FOUND | {"cutoffs": definition_of(trained).content["cutoffs"]}
    scored_by(trained, AS_OF, **{KIND: ValueModel.from_definition(content)})
    found = SimpleNamespace(definition=SimpleNamespace(content=content))
    monkeypatch.setattr("yuelao.workflows.explain_value.applied_definition", lambda *_of: found)
    rows = view_of(trained, "value_score")
    for row in (rows[0], rows[-1]):
        told = explain_value(trained, row["customer_id"])
        assert told is not None
        assert 50 + sum(each.adds for each in told.indicators) == pytest.approx(row["value_score"], abs=1e-9)
        weights = {each.feature: each.weight for each in told.indicators}
        assert sum(weights.values()) == pytest.approx(1)
        assert weights["tenure_months"] != weights["points_total"]  # told apart by entropy, given alike by hand
        assert weights["arpu_3m"] > weights.get("voice_minutes_3m", 0)  # what was paid tells best what is paid


def test_nothing_is_told_of_found_weights_that_were_not_kept_and_of_whom_nobody_knows(trained, monkeypatch):
    assert explain_value(trained, "nobody") is None
    someone = view_of(trained)[0]["customer_id"]
    monkeypatch.setattr("yuelao.workflows.explain_value.read_remarks", lambda *_of: {})
    by_hand = explain_value(trained, someone)
    assert by_hand is not None
    assert sum(each.weight for each in by_hand.indicators) == pytest.approx(1)
    replaced(trained, monkeypatch, "tree:\n", "tree:\n  weights: entropy\n")
    assert explain_value(trained, someone) is None


def test_without_a_view_nothing_is_told(office):
    assert explain_value(office, "nobody") is None


def test_of_a_large_base_a_part_is_counted_and_about_right(trained, monkeypatch):
    row = view_of(trained, "value_score")[0]
    monkeypatch.setattr("yuelao.workflows.explain_value.counted_among", lambda view: counted_among(view, 1000))
    with trained.lake.snapshot() as snapshot:
        view = read_view(snapshot, newest_view(snapshot))
        customers = view.count().to_pyarrow().as_py()
        counted = counted_among(view, 1000).count().to_pyarrow().as_py()
        assert counted_among(view, customers) is view
    assert counted == pytest.approx(1000, rel=0.2) or customers < 1200
    told = explain_value(trained, row["customer_id"])
    assert told is not None
    assert 50 + sum(each.adds for each in told.indicators) == pytest.approx(row["value_score"], abs=2)
