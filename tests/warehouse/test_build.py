"""The view of a day is the same however many customers are computed at a time, and nobody sees half of one."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import chain
from types import SimpleNamespace

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.warehouse.given import FAMILY, offer_family_plan
from yuelao.analytics.evidence import Output
from yuelao.analytics.inputs import check_columns
from yuelao.analytics.plan_fit.fit import PlanFit
from yuelao.analytics.segmentation.dimensions import Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.value import ValueModel
from yuelao.simulation import simulate
from yuelao.warehouse.buckets import Bucket, Within, cut
from yuelao.warehouse.build import Build, counts
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.model_scores import Trained
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
    offer_family_plan(made)
    return made


def models():
    return {
        "value_segmentation": ValueModel.from_definition(definition("value")),
        "plan_fit": PlanFit.from_definition(definition("plan_fit")),
        "handset_demand": HandsetDemand.from_definition(definition("handset_demand")),
    }


def definition(file):
    content = yaml.safe_load(files("yuelao.packs.telecom").joinpath(f"{file}.yaml").read_text("utf-8"))
    return {key: value for key, value in content.items() if key not in ("kind", "name", "title")}


@dataclass(frozen=True)
class Tenth:
    """Expects a tenth of the tenure, in years, where a column called `asks` is there too."""

    asks: str = "age"

    @property
    def inputs(self) -> SimpleNamespace:
        return SimpleNamespace(names=["tenure_months", self.asks])

    def predict(self, table: pa.Table) -> NDArray[np.float64]:
        check_columns(table, self.inputs.names)
        years: NDArray[np.float64] = np.nan_to_num(table["tenure_months"].cast(pa.float64()).to_numpy()) / 120
        return years


def trained():
    """Two models in use; what the second asks for, no view has."""
    outputs = [Output(f"{name}_probability", "number", name, name, "share") for name in ("churn", "complaint")]
    return [Trained("churn", "1", outputs[0], Tenth()), Trained("complaint", "2", outputs[1], Tenth("shoe_size"))]


def built(lake: Lake, size: int) -> tuple[pa.Table, dict[str, dict[str, int]], int]:
    """View and scores, customers by level, and in how many files the view lies."""
    with lake.snapshot() as snapshot:
        build = Build(lake, snapshot, AS_OF, size)
        build.build()
        levels = counts(build.score(models(), trained=trained()), build.outputs)
        build.show()
    assert build.notes[0] == "complaint: There is no column shoe_size"
    assert build.remarks["complaint"].notes == (build.notes[0],)
    with lake.snapshot() as snapshot:
        assert {output.name for output in scored_outputs(snapshot)} >= {"value_score", "handset_demand"}
        return read_view(snapshot, AS_OF).to_pyarrow().sort_by("customer_id"), levels, len(build.view)


def test_buckets_make_the_same_view_and_scores_as_one_piece(lake: Lake):
    whole, levels, files_of_whole = built(lake, 1_000_000)
    parts, levels_of_parts, files_of_parts = built(lake, 300)
    assert files_of_whole == 1
    assert files_of_parts > 3
    assert whole.num_rows > 0.95 * CUSTOMERS
    assert parts.equals(whole.select(parts.column_names))
    assert whole.filter(pc.equal(whole["best_plan"], FAMILY)).num_rows > 0  # persons whose lines lie in many buckets
    assert levels_of_parts == levels
    assert sum(levels["value_level"].values()) == whole.num_rows
    years = pc.divide(pc.fill_null(whole["tenure_months"], 0).cast(pa.float64()), 120)
    assert whole["churn_probability"].equals(years)
    assert whole["complaint_probability"].null_count == whole.num_rows, "who cannot be asked says nothing"


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
