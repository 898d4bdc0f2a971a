"""Registers of several days: none overwrites another, what one does not bring is kept, the newest speaks."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.ingest.sample import SECRET, Source, mapping_of
from yuelao.common.ids import pseudonym
from yuelao.warehouse.features import build_view
from yuelao.warehouse.ingest import TableLoad
from yuelao.warehouse.manifest import Stored, read_manifest
from yuelao.warehouse.registers import newest_customers

COLUMNS = "customer_id: id, observed_on: day, star_level: star, name: name"
ANNA, BO = (pseudonym(SECRET, number) for number in ("1", "2"))


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A source that reads registers."""
    return Source(tmp_path, mapping_of("customers", "register*.csv", COLUMNS))


def register(source: Source, *rows: str) -> TableLoad:
    """Load a register of lines `id,day,star,name`."""
    source.map(mapping_of("customers", "register.csv", COLUMNS))
    source.put("register.csv", "id,day,star,name\n" + "".join(f"{row}\n" for row in rows))
    return source.load()["customers"]


def points(source: Source, *rows: str) -> TableLoad:
    """Load a file of points, which knows no days."""
    source.map(mapping_of("customers", "points.csv", "customer_id: id, points_balance: points"))
    source.put("points.csv", "id,points\n" + "".join(f"{row}\n" for row in rows))
    return source.load()["customers"]


def stars(source: Source, as_of: date) -> dict[object, object]:
    """Star levels of the view as of a day."""
    with source.lake.snapshot() as snapshot:
        rows = build_view(snapshot, as_of).select("customer_id", "star_level").to_pyarrow().to_pylist()
    return {row["customer_id"]: row["star_level"] for row in rows}


def newest(source: Source) -> list[dict[str, object]]:
    """The newest row of each customer."""
    with source.lake.snapshot() as snapshot:
        rows: list[dict[str, object]] = newest_customers(snapshot).order_by("customer_id").to_pyarrow().to_pylist()
    return rows


def test_a_later_register_leaves_the_earlier_view_as_it_was(source):
    register(source, "1,2026-08-31,2,Anna", "2,2026-08-31,3,Bo")
    before = stars(source, date(2026, 9, 1))
    assert before == {ANNA: 2, BO: 3}
    assert register(source, "1,2026-09-30,5,Anna", "2,2026-09-30,3,Bo") == TableLoad(read=2, accepted=2)
    assert stars(source, date(2026, 9, 1)) == before
    assert stars(source, date(2026, 10, 1)) == {ANNA: 5, BO: 3}
    assert len(source.rows("customers")) == 4


def test_a_register_that_comes_late_changes_only_the_views_after_it_and_before_the_next(source):
    register(source, "1,2026-06-30,1,Anna")
    register(source, "1,2026-09-30,5,Anna")
    register(source, "1,2026-07-31,3,Anna")
    assert [stars(source, date(2026, month, 15))[ANNA] for month in (7, 8, 9, 10)] == [1, 3, 3, 5]
    assert [row["star_level"] for row in newest(source)] == [5]


def test_the_same_register_again_changes_nothing_and_a_corrected_one_replaces_its_own_rows(source):
    rows = ["1,2026-08-31,2,Anna", "2,,3,Bo"]
    register(source, *rows)
    register(source, "1,2026-09-30,5,Anna")
    assert register(source, *rows) == TableLoad(read=2, unchanged=2)
    assert register(source, "1,2026-08-31,4,Anna", rows[1]) == TableLoad(read=2, accepted=1, unchanged=1)
    assert sorted((str(row["observed_on"]), row["star_level"]) for row in source.rows("customers")) == [
        ("2026-08-31", 4),
        ("2026-09-30", 5),
        ("None", 3),
    ]


def test_rows_without_a_day_are_a_register_of_their_own_which_a_later_load_corrects(source):
    register(source, "1,,2,Anna")
    assert register(source, "1,,4,Anna") == TableLoad(read=1, accepted=1)
    assert register(source, "1,2026-09-30,5,Anna").accepted == 1
    assert [stars(source, date(2026, month, 1)) for month in (1, 10)] == [{ANNA: 4}, {ANNA: 5}]


def test_what_a_register_does_not_bring_is_kept_from_the_one_before_it(source):
    register(source, "1,2026-08-31,2,Anna")
    points(source, "1,120")
    register(source, "1,2026-09-30,5,Anna", "2,2026-09-30,1,Bo")
    register(source, "1,2026-07-31,1,Anna")
    found = {(row["customer_id"], str(row["observed_on"])): row["points_balance"] for row in source.rows("customers")}
    assert found == {
        (ANNA, "2026-07-31"): None,
        (ANNA, "2026-08-31"): 120.0,
        (ANNA, "2026-09-30"): 120.0,
        (BO, "2026-09-30"): None,
    }


def test_a_file_without_days_tells_more_of_the_newest_row(source):
    register(source, "1,2026-08-31,2,Anna")
    register(source, "1,2026-09-30,5,Anna")
    assert points(source, "1,7", "2,9") == TableLoad(read=2, accepted=2)
    assert points(source, "1,7", "2,9") == TableLoad(read=2, unchanged=2)
    found = {(row["star_level"], str(row["observed_on"])): row["points_balance"] for row in source.rows("customers")}
    assert found == {(2, "2026-08-31"): None, (5, "2026-09-30"): 7.0, (None, "None"): 9.0}


def test_the_newest_register_says_who_a_customer_is_in_whatever_order_registers_come(source):
    source.put("register_1.csv", "id,day,star,name\n1,2026-09-30,5,Anna Li\n2,2026-08-31,1,Bo\n")
    source.put("register_2.csv", "id,day,star,name\n1,2026-08-31,2,Anna\n")
    assert [row["name"] for row in source.identities()] == ["Anna Li", "Bo"]
    source.load()
    (source.folder / "register_1.csv").unlink()
    assert source.identities() == []


def test_each_day_has_files_of_its_own_and_only_what_is_touched_is_written(source):
    register(source, "1,2026-08-31,2,Anna", "2,,1,Bo")
    august = read_manifest(source.lake.root).tables["customers"].parts
    register(source, "1,2026-09-30,5,Anna")
    parts = read_manifest(source.lake.root).tables["customers"].parts
    assert set(parts) == {"2026-08", "2026-09", "undated"}
    assert {name: parts[name] for name in august} == august


def test_a_table_of_customers_that_was_not_cut_by_days_is_cut_by_the_next_load(source):
    register(source, "1,2026-08-31,2,Anna", "2,2026-07-31,1,Bo", "3,,1,Cy")
    uncut(source)
    assert register(source, "1,2026-09-30,5,Anna", "2,2026-07-31,4,Bo") == TableLoad(read=2, accepted=2)
    parts = read_manifest(source.lake.root).tables["customers"].parts
    assert {name: part.rows for name, part in parts.items()} == {
        "2026-07": 1,
        "2026-08": 1,
        "2026-09": 1,
        "undated": 1,
    }
    assert len(source.rows("customers")) == 4


def uncut(source: Source) -> None:
    """Make one file of the customers, as lakes had it before."""
    stored = read_manifest(source.lake.root).tables["customers"]
    files = [str(source.lake.root / part.file) for part in stored.parts.values()]
    part = next(iter(stored.parts.values()))
    target = source.lake.root / part.file
    whole = duckdb.connect().execute("SELECT * FROM read_parquet($files)", {"files": files}).to_arrow_table()
    duckdb.from_arrow(whole).write_parquet(str(target))
    one = Stored({"all": type(part)(part.file, whole.num_rows)}, stored.loaded_at, "")
    source.lake.change(lambda now: now.with_table("customers", one, now.extras))
