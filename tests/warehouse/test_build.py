"""The view of a day is the same however many customers are computed at a time, and nobody sees half of one."""

from datetime import date
from importlib.resources import files
from itertools import chain

import ibis
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelao.analytics.segmentation.dimensions import Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.value import ValueModel
from yuelao.simulation import simulate
from yuelao.warehouse.buckets import Bucket, Within, cut
from yuelao.warehouse.build import Build, counts
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.views import SITUATIONS, read_view, scored_outputs

AS_OF = date(2026, 11, 1)
CUSTOMERS = 1_200


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of a simulated operator, without a view yet."""
    home = tmp_path_factory.mktemp("build")
    simulate(CUSTOMERS, 4, 7, home / "extracts", AS_OF)
    made = Lake(home / "lake")
    made.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", made, secret="test", today=AS_OF) as load:
        load.publish()
    return made


def models():
    return {
        "value_segmentation": ValueModel.from_definition(definition("value")),
        "handset_demand": HandsetDemand.from_definition(definition("handset_demand")),
    }


def definition(file):
    content = yaml.safe_load(files("yuelao.packs.telecom").joinpath(f"{file}.yaml").read_text("utf-8"))
    return {key: value for key, value in content.items() if key not in ("kind", "name", "title")}


def built(lake: Lake, size: int) -> tuple[pa.Table, dict[str, dict[str, int]], int]:
    """View and scores, customers by level, and in how many files the view lies."""
    with lake.snapshot() as snapshot:
        build = Build(lake, snapshot, AS_OF, size)
        build.build()
        levels = counts(build.score(models()), build.outputs)
        build.show()
    with lake.snapshot() as snapshot:
        assert {output.name for output in scored_outputs(snapshot)} >= {"value_score", "handset_demand"}
        return read_view(snapshot, AS_OF).to_pyarrow().sort_by("customer_id"), levels, len(build.view)


def test_buckets_make_the_same_view_and_scores_as_one_piece(lake: Lake):
    whole, levels, files_of_whole = built(lake, 1_000_000)
    parts, levels_of_parts, files_of_parts = built(lake, 200)
    assert files_of_whole == 1
    assert files_of_parts > 3
    assert whole.num_rows > 0.95 * CUSTOMERS
    assert parts.equals(whole.select(parts.column_names))
    assert levels_of_parts == levels
    assert sum(levels["value_level"].values()) == whole.num_rows


def test_nobody_sees_a_view_before_it_is_shown(lake: Lake):
    day = date(2026, 10, 1)
    with lake.snapshot() as snapshot:
        build = Build(lake, snapshot, day)
        build.build()
        build.score(models())
        with lake.snapshot() as reader:
            assert day.isoformat() not in reader.partitions("view") + reader.partitions("scores")
        build.show()
    with lake.snapshot() as reader:
        assert {"view", "scores"} == {name for name in ("view", "scores") if day.isoformat() in reader.partitions(name)}


def test_needs_of_an_earlier_try_of_the_day_do_not_outlive_their_definition(lake: Lake):
    with_needs = definition("dimensions")
    without = {name: part for name, part in with_needs.items() if name != "needs"}
    found = []
    for content in (with_needs, without):
        with lake.snapshot() as snapshot:
            build = Build(lake, snapshot, AS_OF)
            build.build()
            build.score({"dimensions": Dimensions.from_definition(content)})
            build.show()
        with lake.snapshot() as snapshot:
            found.append(AS_OF.isoformat() in snapshot.partitions(SITUATIONS))
    assert found == [True, False]


def test_what_belongs_to_no_customer_is_whole_in_every_bucket(lake: Lake):
    with lake.snapshot() as snapshot:
        nobody = Within(snapshot, Bucket("~", None))
        assert nobody.table("customers").count().to_pyarrow().as_py() == 0
        plans = nobody.table("plans").count().to_pyarrow().as_py()
        assert plans == snapshot.table("plans").count().to_pyarrow().as_py() > 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("aZ09", min_size=1, max_size=6), min_size=1, max_size=60, unique=True), st.integers(1, 20))
def test_buckets_hold_every_customer_once(ids: list[str], size: int):
    table = ibis.memtable(pa.table({"customer_id": ids}))
    found = [bucket.of(table).to_pyarrow()["customer_id"].to_pylist() for bucket in cut(table, size)]
    assert sorted(chain.from_iterable(found)) == sorted(ids)


def test_buckets_are_about_as_large_as_asked():
    ids = [f"{number * 2_654_435_761 % 2**32:08x}" for number in range(1_000)]
    table = ibis.memtable(pa.table({"customer_id": ids}))
    sizes = [len(bucket.of(table).to_pyarrow()) for bucket in cut(table, 250)]
    assert len(sizes) == 4
    assert max(sizes) < 300
