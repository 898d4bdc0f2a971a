"""What a changed definition would do: nothing when nothing changed, all moves counted, estimates said to be such."""

from datetime import date
from unittest.mock import Mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import AS_OF
from yuelao.common.errors import NotFound, Refused
from yuelao.operations import audit, customers
from yuelao.operations.customers import KINDS, ViewModelDefinition
from yuelao.warehouse.evidence import evidence
from yuelao.warehouse.remarks import Remarks
from yuelao.warehouse.views import DATASET
from yuelao.workflows.check_definition import as_text
from yuelao.workflows.compare_definition import LevelMoves, compare
from yuelao.workflows.describe_segments import UNKNOWN, describe_segments, export_members, members


def present(house, kind):
    with house.database.transaction(read_only=True) as session:
        version = customers.current_definition(session, kind)
    assert version is not None
    return version.definition


def changed(house, kind, old, new):
    text = as_text(present(house, kind))
    assert old in text
    return ViewModelDefinition.model_validate(yaml.safe_load(text.replace(old, new, 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_definition_moves_nobody(trained, kind):
    found = compare(trained, present(trained, kind))
    assert found.moved == 0
    assert found.moves
    assert not found.estimated
    assert all(sum(moves.after) == found.customers == sum(moves.before) for moves in found.moves)


def test_moves_are_counted_level_by_level(trained):
    found = compare(trained, changed(trained, "handset_demand", "below: 30", "below: 45"))
    [moves] = found.moves
    assert moves.moved == found.moved > 0
    off_diagonal = sum(n for i, row in enumerate(moves.matrix) for j, n in enumerate(row) if i != j)
    assert off_diagonal == moves.moved
    up = moves.levels.index("A")
    assert moves.after[up] > moves.before[up]


def saved(house, definition):
    with house.database.transaction() as session:
        return customers.save_definition(session, definition, "planner", house.now())


def test_moves_are_counted_from_the_published_levels_not_from_what_is_only_saved(trained):
    house = trained
    applied = present(house, "handset_demand")
    proposed = changed(house, "handset_demand", "below: 30", "below: 45")
    before = compare(house, proposed)
    version = saved(house, proposed)
    after = compare(house, proposed)
    assert (after.moves, after.moved) == (before.moves, before.moved)
    assert compare(house, applied).moved == 0
    assert compare(house, applied, most=after.customers // 2).moved == 0
    segments = describe_segments(house)
    assert (segments.applied["handset_demand"], version) == (1, 2)
    assert segments.waits("handset_demand")
    assert not segments.waits("plan_fit")
    assert [list(each.counts.values()) for each in segments.levels["handset_demand"]] == [after.moves[0].before]


def test_a_model_that_the_view_does_not_know_has_no_levels_yet(trained, monkeypatch):
    kept = {"plan_fit": Remarks(version=1)}
    monkeypatch.setattr("yuelao.workflows.describe_segments.read_remarks", lambda *_of: kept)
    segments = describe_segments(trained)
    assert segments.levels["plan_fit"]
    assert segments.levels["handset_demand"] == []
    assert segments.waits("handset_demand")
    assert not segments.waits("plan_fit")


def test_weights_are_told_side_by_side(trained):
    found = compare(trained, changed(trained, "value_segmentation", "weight: 0.6", "weight: 0.2"))
    weights = {weight.path: weight for weight in found.weights}
    assert weights["current_value"].before == pytest.approx(0.6)
    assert weights["current_value"].after == pytest.approx(0.2 / 0.6)
    assert found.moved > 0


def test_a_large_base_is_compared_on_a_sample_and_says_so(trained):
    whole = compare(trained, changed(trained, "handset_demand", "below: 30", "below: 45"))
    some = compare(trained, changed(trained, "handset_demand", "below: 30", "below: 45"), most=whole.customers // 2)
    assert some.estimated
    assert some.share == pytest.approx(0.5, abs=0.01)
    assert some.customers == whole.customers
    assert abs(sum(some.moves[0].after) - whole.customers) <= len(some.moves[0].levels) ** 2


def test_a_first_definition_brings_everybody_from_nowhere(trained, monkeypatch):
    definition = present(trained, "plan_fit")
    monkeypatch.setattr("yuelao.workflows.compare_definition.applied_definition", lambda *_of: None)
    found = compare(trained, definition)
    assert found.first
    assert found.moved == found.customers
    assert sum(found.moves[0].matrix[-1]) == found.customers


def test_a_try_learns_from_the_earlier_view_that_a_refresh_learns_from(trained, monkeypatch):
    with trained.lake.snapshot() as snapshot:
        view = snapshot.dataset(DATASET, AS_OF.isoformat()).to_pyarrow()
    for day in ("2026-09-01", "2026-10-01", "2026-10-25"):  # the last one is too young to tell what came after it
        trained.lake.publish(DATASET, day, view)
    given_to_models = Mock(wraps=evidence)
    monkeypatch.setattr("yuelao.workflows.compare_definition.evidence", given_to_models)
    compare(trained, present(trained, "plan_fit"))
    assert given_to_models.call_args.args[-1] == date(2026, 10, 1)


def test_without_a_view_it_is_refused(office):
    with pytest.raises(Refused, match="no customer view"):
        compare(office, present(office, "plan_fit"))


@given(st.lists(st.integers(0, 50), min_size=9, max_size=9))
@settings(max_examples=30)
def test_before_and_after_are_the_sums_of_the_matrix(cells):
    matrix = [cells[0:3], cells[3:6], cells[6:9]]
    moves = LevelMoves(name="x", title={"en": "x"}, levels=["a", "b", "–"], matrix=matrix, moved=0)
    assert sum(moves.before) == sum(moves.after) == sum(cells)
    assert moves.before[0] == sum(cells[0:3])
    assert moves.after[0] == cells[0] + cells[3] + cells[6]


def test_levels_are_counted_and_their_customers_listed(trained, tmp_path):
    segments = describe_segments(trained)
    [levels] = segments.levels["value_segmentation"]
    assert levels.total == segments.customers > 0
    assert set(segments.definitions) == set(KINDS)
    first = members(trained, "value_segmentation", "value_level", "A1", 0, 2)
    second = members(trained, "value_segmentation", "value_level", "A1", 2, 2)
    assert first.total == levels.counts["A1"]
    assert len({each.customer_id for each in (*first.rows, *second.rows)}) == 4
    assert all(each.phone is None or "****" in each.phone for each in first.rows)
    out = tmp_path / "a1.csv"
    assert export_members(trained, "value_segmentation", "value_level", "A1", out, "planner") == first.total
    lines = out.read_text("utf-8-sig").splitlines()
    assert lines[0] == "customer,name,phone,city,level"
    assert len(lines) == first.total + 1
    with trained.database.transaction(read_only=True) as session:
        assert audit.trail(session, "value_segmentation")[0].actor == "planner"


@pytest.mark.parametrize(("output", "level"), [("value_level", "A9"), ("nothing", "A1"), ("value_score", "A1")])
def test_what_is_no_level_is_not_found(trained, output, level):
    with pytest.raises(NotFound):
        members(trained, "value_segmentation", output, level, 0, 5)


def test_who_has_no_level_can_be_listed_too(trained):
    assert members(trained, "value_segmentation", "value_level", UNKNOWN, 0, 5).total == 0


def test_an_empty_house_says_that_nothing_is_counted(office):
    segments = describe_segments(office)
    assert segments.as_of is None
    assert all(not levels for levels in segments.levels.values())
