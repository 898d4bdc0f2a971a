"""What the warehouse asks of an engine, asked of each: the same answers, and nothing left behind."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyspark import SparkContext

from tests.spark import MEMORY
from yuelao.common import ids
from yuelao.common.errors import Refused
from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.duck import DuckEngine
from yuelao.warehouse.engine import Engine, draw, in_share, safe_divide
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.spark import SparkEngine

pytestmark = pytest.mark.timeout(600)

FIELDS = (
    Field("customer_id", "text", "", ""),
    Field("visits", "integer", "", ""),
    Field("share", "number", "", ""),
    Field("paid", "money", "", ""),
    Field("staff", "boolean", "", ""),
    Field("joined_on", "date", "", ""),
    Field("seen_at", "timestamp", "", ""),
)
ROWS: list[dict[str, object]] = [
    {
        "customer_id": "月老 'a'",
        "visits": 2**60 + 1,
        "share": 0.1,
        "paid": Decimal("3.50"),
        "staff": True,
        "joined_on": date(2020, 2, 29),
        "seen_at": datetime(2026, 3, 29, 2, 30, 0, 123456),
    },
    {"customer_id": "b", **dict.fromkeys(("visits", "share", "paid", "staff", "joined_on", "seen_at"))},
]
TYPED = pa.Table.from_pylist(ROWS, schema=ibis.schema({f.name: f.ibis_type for f in FIELDS}).to_pyarrow())


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def made(request: pytest.FixtureRequest) -> Callable[[Path], Engine]:
    """Makes an engine that spills into a folder."""
    if request.param == "duckdb":
        return DuckEngine
    request.getfixturevalue("spark")
    return lambda spill: SparkEngine(spill, MEMORY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name no pattern and no address may take apart."""
    path = tmp_path / "the lake [1] {a}, 湖 %20?"
    path.mkdir()
    return path


@pytest.fixture
def engine(made: Callable[[Path], Engine], folder: Path) -> Iterator[Engine]:
    opened = made(folder / "tmp")
    yield opened
    opened.close()


def file_of(folder: Path, name: str, table: pa.Table) -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    return path


def rows_of(table: ibis.Table) -> list[dict[str, object]]:
    found: list[dict[str, object]] = table.to_pyarrow().sort_by([(table.columns[0], "descending")]).to_pylist()
    return found


def test_rows_are_typed_as_their_fields(engine: Engine, folder: Path):
    table = engine.rows("customers", FIELDS, [file_of(folder, "now", TYPED)])
    assert table.to_pyarrow().schema.equals(TYPED.schema)
    assert rows_of(table) == ROWS


def test_what_an_older_file_lacks_is_null_and_its_types_are_made_ours(engine: Engine, folder: Path):
    older = pa.table({"share": pa.array([1], pa.int32()), "customer_id": ["z"], "unknown": ["x"]})
    files = [file_of(folder, "now", TYPED), file_of(folder, "then", older), file_of(folder, "now too", TYPED)]
    table = engine.rows("customers", FIELDS, files)
    assert table.to_pyarrow().schema.equals(TYPED.schema)
    old = {**dict.fromkeys(f.name for f in FIELDS), "customer_id": "z", "share": 1.0}
    assert sorted(map(str, rows_of(table))) == sorted(map(str, [old, *ROWS, *ROWS]))


def test_no_files_are_no_rows(engine: Engine):
    table = engine.rows("customers", FIELDS, [])
    assert table.to_pyarrow().equals(TYPED.slice(0, 0))
    assert table.count().to_pyarrow().as_py() == 0


def test_what_is_kept_stays_until_it_is_forgotten(engine: Engine, folder: Path):
    given = file_of(folder, "given", pa.table({"a": [3, 1, None]}))
    first = engine.keep(engine.read([given]))
    second = engine.keep(first.filter(first.a.notnull()).mutate(b=first.a * 2))
    given.unlink()
    assert rows_of(second) == [{"a": 3, "b": 6}, {"a": 1, "b": 2}]
    engine.forget()
    assert rows_of(engine.keep(ibis.memtable(pa.table({"c": [1]})))) == [{"c": 1}], "it goes on after forgetting"


def test_a_table_is_written_into_one_file(engine: Engine, folder: Path):
    table = engine.rows("customers", FIELDS, [file_of(folder, "a", TYPED), file_of(folder, "b", TYPED)])
    target = folder / "written.parquet"
    assert engine.write(table, target) == 4
    assert pq.read_schema(target).remove_metadata().equals(TYPED.schema)
    assert rows_of(engine.read([target])) == [ROWS[0], ROWS[0], ROWS[1], ROWS[1]]
    assert engine.write(table.filter(table.customer_id == "nobody"), target) == 0
    assert rows_of(engine.read([target, target])) == []
    assert sorted(path.name for path in folder.glob("*")) in (
        ["a.parquet", "b.parquet", "tmp", "written.parquet"],
        ["a.parquet", "b.parquet", "written.parquet"],
    )


def test_a_table_is_handed_over_in_batches(engine: Engine, folder: Path):
    table = engine.read([file_of(folder, "many", pa.table({"n": list(range(5_000))}))])
    batches = list(engine.batches(table.mutate(twice=table.n * 2), 2_048))
    assert len(batches) > 1
    assert sorted(n for batch in batches for n in batch["twice"].to_pylist()) == list(range(0, 10_000, 2))
    assert [batch for batch in engine.batches(table.filter(table.n < 0), 10) if batch.num_rows] == []


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.record_batch({"id": batch["id"], "twice": pc.multiply(batch["n"], 2.0)})


def test_a_function_sees_every_row_once_in_batches(engine: Engine, folder: Path):
    numbers = pa.table({"id": [str(n) for n in range(150_000)], "n": [*map(float, range(149_999)), None]})
    table = engine.read([file_of(folder, "many", numbers)])
    schema, target = pa.schema({"id": pa.string(), "twice": pa.float64()}), folder / "made.parquet"
    assert engine.map(table, doubled, schema, target) == 150_000
    made = pq.read_table(target)
    assert made.schema.remove_metadata().equals(schema)
    assert dict(zip(*(made[name].to_pylist() for name in ("id", "twice")), strict=True)) == {
        row["id"]: row["n"] if row["n"] is None else 2 * row["n"] for row in numbers.to_pylist()
    }
    assert engine.map(table.filter(table.n < 0), doubled, schema, target) == 0
    assert rows_of(engine.read([target])) == []


def test_tables_in_memory_are_joined(engine: Engine, folder: Path):
    table = engine.read([file_of(folder, "stored", pa.table({"id": ["a", "b"]}))])
    told = ibis.memtable(pa.table({"id": ["b"], "paid": pa.array([Decimal("1.25")], pa.decimal128(18, 2))}))
    assert rows_of(table.left_join(told, "id").select("id", "paid")) == [
        {"id": "b", "paid": Decimal("1.25")},
        {"id": "a", "paid": None},
    ]


def test_a_draw_and_a_division_are_those_of_everywhere(engine: Engine, folder: Path):
    names = ["a", "月老", "'", "0b"]
    table = engine.read([file_of(folder, "ids", pa.table({"id": names, "by": [0, 1, None, 2]}))])
    chosen = in_share("trial", table.id, 0.5)
    found = rows_of(
        table.select("id", drawn=draw("trial", table.id), chosen=chosen, part=safe_divide(table.by, table.by))
    )
    assert {row["id"]: row["drawn"] for row in found} == {name: ids.draw("trial", name) for name in names}
    assert {row["id"]: row["chosen"] for row in found} == {name: ids.in_share("trial", name, 0.5) for name in names}
    assert {row["id"]: row["part"] for row in found} == {"a": None, "月老": 1.0, "'": None, "0b": 1.0}


def test_bits_are_put_together(engine: Engine, folder: Path):
    table = engine.read([file_of(folder, "bits", pa.table({"id": ["a", "a", "b"], "bit": [1, 4, None]}))])
    found = table.group_by("id").aggregate(bits=table.bit.bit_or(), ones=table.bit.bit_or(where=table.bit == 1))
    assert rows_of(found) == [{"id": "b", "bits": None, "ones": None}, {"id": "a", "bits": 5, "ones": 1}]


def test_what_an_engine_kept_is_gone_when_it_is_closed(made: Callable[[Path], Engine], tmp_path: Path):
    opened = made(tmp_path)
    opened.keep(ibis.memtable(pa.table({"a": [1]})))
    opened.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("name", ["customers", "contacts"])
def test_an_empty_lake_is_typed_in_spark_too(tmp_path: Path, name: str):
    with Lake(tmp_path, MEMORY, engine="spark").bulk_snapshot() as snapshot:
        found = snapshot.table(name).to_pyarrow()
    assert found.equals(CONTRACT.tables[name].schema.to_pyarrow().empty_table())


@pytest.mark.usefixtures("spark")
def test_one_spark_is_shared(tmp_path: Path):
    before = SparkContext._active_spark_context
    assert before is not None
    one, two = SparkEngine(tmp_path), SparkEngine(tmp_path)
    one.close()
    one.close()
    assert rows_of(two.keep(ibis.memtable(pa.table({"a": [1]})))) == [{"a": 1}]
    two.close()
    assert SparkContext._active_spark_context is before


def test_memory_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match=r"memory_limit 'much' cannot be read .*8GB"):
        SparkEngine(tmp_path, "much")


_ALONE = """
import json, sys
from pathlib import Path
import ibis, pyarrow
from yuelao.warehouse.spark import SparkEngine
engine = SparkEngine(Path(sys.argv[1]), "1GB", 1)
kept = engine.keep(ibis.memtable(pyarrow.table({"a": [1, None]})))
print(json.dumps(kept.count().to_pyarrow().as_py()))
engine.close()
"""


def test_spark_says_nothing_and_leaves_nothing_but_its_log(tmp_path: Path):
    for name in ("here", "spill"):
        (tmp_path / name).mkdir()
    command = [sys.executable, "-W", "always", "-c", _ALONE, str(tmp_path / "spill")]
    done = subprocess.run(command, cwd=tmp_path / "here", capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2\n", "")
    assert list((tmp_path / "here").iterdir()) == []
    assert [path.name for path in (tmp_path / "spill").iterdir()] == ["spark.log"]
