"""The mapping that comes with the extracts brings all of them to the contract, and only dirt is set aside."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.simulation.conftest import UNTIL
from yuelao.simulation import simulate
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.ingest import TableLoad, stage
from yuelao.warehouse.lake import Lake

DIRT = 0.02
_OURS = ("ledger_sequence",)  # Yuelao's own, in no source


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, dict[str, TableLoad]]:
    folder = tmp_path_factory.mktemp("mapped")
    simulate(2500, 6, 4, folder / "extracts", UNTIL, dirt=DIRT)
    lake = Lake(folder / "lake")
    with stage(folder / "extracts" / "mapping.yaml", lake, secret="s", today=UNTIL) as load:
        return lake, load.publish()


def test_every_table_gets_rows_and_only_dirt_is_set_aside(loaded: tuple[Lake, dict[str, TableLoad]]) -> None:
    _, done = loaded
    assert set(done) == set(CONTRACT.tables)
    for name, load in done.items():
        assert load.accepted > 0
        assert load.rejected / load.read < 2 * DIRT or load.read < 400, name
    rejected, read = sum(load.rejected for load in done.values()), sum(load.read for load in done.values())
    assert rejected / read == pytest.approx(DIRT, rel=0.25)
    assert done["plans"].rejected == 0


def test_every_field_of_the_contract_is_told(loaded: tuple[Lake, dict[str, TableLoad]]) -> None:
    lake, _ = loaded
    manifest = json.loads((lake.root / "manifest.json").read_text("utf-8"))
    for name, table in CONTRACT.tables.items():
        parts = [str(lake.root / part["file"]) for part in manifest["tables"][name]["parts"].values()]
        rows = duckdb.read_parquet(parts, union_by_name=True)
        told = rows.aggregate(", ".join(f'count("{field}") AS "{field}"' for field in table.lake_fields)).fetchone()
        assert told is not None
        empty = [field for field, count in zip(table.lake_fields, told, strict=True) if not count]
        assert set(empty) <= set(_OURS), name


def test_a_reason_for_every_rejected_row(loaded: tuple[Lake, dict[str, TableLoad]]) -> None:
    _, done = loaded
    for load in done.values():
        if load.rejects_file:
            rejects = duckdb.read_csv(Path(load.rejects_file).as_posix(), all_varchar=True)
            assert rejects.filter("reason IS NULL OR reason = ''").fetchall() == []
