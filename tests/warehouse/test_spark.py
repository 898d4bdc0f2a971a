"""Spark computes what DuckDB computes: every feature, score and level of a simulated operator, and the profile."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from tests.spark import MEMORY
from tests.warehouse.given import FAMILY, offer_family_plan
from yuelao.analytics.evidence import Model
from yuelao.common.settings import EngineName
from yuelao.simulation import simulate
from yuelao.warehouse.build import Build, counts
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.profile import profile
from yuelao.warehouse.views import read_view
from yuelao.workflows.view_models import MODELS

AS_OF = date(2026, 11, 1)
FILES = {
    "value_segmentation": "value",
    "preference": "preference",
    "dimensions": "dimensions",
    "plan_fit": "plan_fit",
    "handset_demand": "handset_demand",
}
CLOSE = 1e-9

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Computed:
    """What one engine made of the lake: the view with its scores, customers by level, notes, and the profile."""

    view: pa.Table
    levels: dict[str, dict[str, int]]
    told: tuple[list[str], list[str]]
    profile: pa.Table


@pytest.fixture(scope="module", params=[20_000, pytest.param(100_000, marks=pytest.mark.slow)])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Computed]:
    """The same lake computed by both engines."""
    request.getfixturevalue("spark")
    home = tmp_path_factory.mktemp("operator")
    simulate(request.param, 4, 5, home / "extracts", AS_OF)
    (home / "lake").mkdir()
    with stage(home / "extracts" / "mapping.yaml", Lake(home / "lake"), secret="test", today=AS_OF) as load:
        load.publish()
    offer_family_plan(Lake(home / "lake"))
    engines: tuple[EngineName, ...] = ("duckdb", "spark")
    return {engine: computed(home / "lake", engine) for engine in engines}


def computed(root: Path, engine: EngineName) -> Computed:
    lake = Lake(root, MEMORY, engine=engine)
    with lake.bulk_snapshot() as snapshot:
        build = Build(lake, snapshot, AS_OF, full=True)  # not on what the other engine built
        build.build()
        levels = counts(build.score(models()), build.outputs)
        build.show()
    with lake.bulk_snapshot() as snapshot:
        described = profile(snapshot, AS_OF)
    with lake.snapshot() as snapshot:  # as everybody reads it, whoever wrote it
        view = read_view(snapshot, AS_OF).to_pyarrow().sort_by("customer_id")
    return Computed(view, levels, (build.missing, build.notes), described)


def models() -> dict[str, Model]:
    pack = files("yuelao.packs.telecom")
    contents = {kind: yaml.safe_load(pack.joinpath(f"{FILES[kind]}.yaml").read_text("utf-8")) for kind in MODELS}
    about = ("kind", "name", "title")
    return {
        kind: model.from_definition({name: value for name, value in contents[kind].items() if name not in about})
        for kind, model in MODELS.items()
    }


def assert_same(found: pa.Table, expected: pa.Table) -> None:
    """Numbers to CLOSE of their size, all else to the letter."""
    assert found.schema.equals(expected.schema)
    assert found.num_rows == expected.num_rows
    different = [name for name in expected.column_names if not same(found[name], expected[name])]
    assert different == []


def same(found: pa.ChunkedArray, expected: pa.ChunkedArray) -> bool:
    if found.equals(expected):
        return True
    if not pa.types.is_floating(expected.type) or not found.is_null().equals(expected.is_null()):
        return False
    apart = pc.abs(pc.subtract(found, expected))
    limit = pc.multiply(pc.abs(expected), CLOSE)
    return bool(pc.all(pc.less_equal(apart, limit)).as_py())


def test_every_feature_score_and_level_is_the_same(both: dict[str, Computed]):
    ours, theirs = both["duckdb"], both["spark"]
    assert ours.view.num_rows > 18_000
    assert len(ours.view.column_names) > 180
    assert FAMILY in ours.view["best_plan"].unique().to_pylist()  # lines of one person are billed together
    assert_same(theirs.view, ours.view)
    assert theirs.levels == ours.levels
    assert theirs.told == ours.told


def test_the_profile_is_the_same(both: dict[str, Computed]):
    ours, theirs = both["duckdb"].profile, both["spark"].profile
    assert len(set(ours["name"].to_pylist())) > 180
    assert_same(theirs, ours)
