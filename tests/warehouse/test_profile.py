"""The profile of a view: nulls, range, shape and drift of every column."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from yuelao.common.errors import NotFound, Refused
from yuelao.common.ids import in_share
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.profile import CODE, NULL, OTHER, RANGE, SCHEMA, profile, publish_profile, read_profile
from yuelao.warehouse.views import DATASET as VIEWS

FIRST, SECOND = date(2026, 9, 1), date(2026, 10, 1)
IDS = [f"c{number:04}" for number in range(1000)]
Row = dict[str, object]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with two views, of which the second moved in one column."""
    made = Lake(tmp_path / "lake")
    made.publish(VIEWS, FIRST.isoformat(), view(shift=0.0))
    made.publish(VIEWS, SECOND.isoformat(), view(shift=400.0))
    return made


def view(shift: float) -> pa.Table:
    numbers = [None if n % 10 == 0 else float(n) for n in range(1000)]
    return pa.table(
        {
            "customer_id": IDS,
            "steady": pa.array(numbers),
            "moved": pa.array([n + shift for n in range(1000)], pa.float64()),
            "count": pa.array([n % 3 for n in range(1000)], pa.int64()),
            "city": pa.array([None if n < 100 else f"city {n % 13:02}" for n in range(1000)]),
            "staff": pa.array([n < 50 for n in range(1000)]),
            "day": pa.array([date(2026, 1, 1 + n % 20) for n in range(1000)]),
            "unknown": pa.nulls(1000, pa.float64()),
            **({"late": pa.array(numbers)} if shift else {}),
        }
    )


def column(lake: Lake, name: str, as_of: date = FIRST) -> list[Row]:
    with lake.snapshot() as snapshot:
        rows: list[Row] = [row for row in profile(snapshot, as_of).to_pylist() if row["name"] == name]
    return rows


def test_of_numbers_the_nulls_the_range_and_own_deciles(lake):
    bins = column(lake, "steady")
    assert {(row["customers"], row["nulls"], row["least"], row["most"], row["mean"]) for row in bins} == {
        (1000, 100, 1.0, 999.0, 500.0)
    }
    assert [row["holds"] for row in bins] == [RANGE] * 10 + [NULL]
    assert [row["share"] for row in bins] == [pytest.approx(0.09)] * 10 + [0.1]
    assert (bins[0]["lower"], bins[0]["upper"]) == (None, bins[1]["lower"])
    assert all(row["psi"] is row["before"] is row["share_before"] is None for row in bins)


def test_of_codes_the_commonest_and_the_rest(lake):
    bins = column(lake, "city")
    assert [row["holds"] for row in bins] == [CODE] * 10 + [OTHER, NULL]
    assert sum(float(str(row["share"])) for row in bins) == pytest.approx(1.0)
    assert bins[-1]["share"] == 0.1
    assert bins[0]["least"] is None
    assert [(row["code"], row["share"]) for row in column(lake, "staff")[:2]] == [("false", 0.95), ("true", 0.05)]


def test_of_few_numbers_few_bins_and_of_dates_days(lake):
    assert [row["upper"] for row in column(lake, "count")] == [0.0, 1.0, 2.0, None, None]
    days = column(lake, "day")
    assert days[0]["upper"] == pytest.approx((date(2026, 1, 2) - date(1970, 1, 1)).days + 0.9)
    assert sum(float(str(row["share"])) for row in days) == pytest.approx(1.0)
    assert [row["share"] for row in column(lake, "unknown")] == [0.0, 1.0]


def test_drift_is_measured_in_the_deciles_of_the_view_before(lake):
    moved, steady = column(lake, "moved", SECOND), column(lake, "steady", SECOND)
    assert {row["before"] for row in moved} == {FIRST}
    assert [row["share_before"] for row in moved[:-1]] == [pytest.approx(0.1)] * 10
    assert [row["upper"] for row in moved] == [row["upper"] for row in column(lake, "moved")]
    assert moved[0]["share"] == 0.0
    assert moved[9]["share"] == pytest.approx(0.5)
    assert float(str(moved[0]["psi"])) > 0.25
    assert steady[0]["psi"] == 0.0


def test_a_column_that_was_not_there_before_is_not_compared(lake):
    assert {row["before"] for row in column(lake, "late", SECOND)} == {None}
    assert {row["psi"] for row in column(lake, "late", SECOND)} == {None}


def test_the_shape_is_that_of_the_same_sample_of_customers_and_the_nulls_are_all(lake):
    with lake.snapshot() as snapshot:
        rows = [row for row in profile(snapshot, SECOND, most=300).to_pylist() if row["name"] == "city"]
    drawn = [n for n, name in enumerate(IDS) if in_share("profile", name, 0.3)]
    assert 200 < len(drawn) < 400
    assert rows[0]["nulls"] == 100
    assert rows[-1]["share"] == pytest.approx(sum(n < 100 for n in drawn) / len(drawn))
    assert rows[0]["psi"] == 0.0


def test_it_is_published_and_read(lake):
    publish_profile(lake, SECOND)
    with lake.snapshot() as snapshot:
        found = read_profile(snapshot, SECOND)
        assert found.schema == SCHEMA
        assert found.equals(profile(snapshot, SECOND))
        with pytest.raises(NotFound):
            read_profile(snapshot, FIRST)


def test_without_the_view_there_is_no_profile(lake):
    with pytest.raises(Refused, match="no customer view as of 2026-12-01"):
        publish_profile(lake, date(2026, 12, 1))


def test_a_view_of_nobody_has_a_profile(tmp_path):
    lake = Lake(tmp_path / "lake")
    lake.publish(VIEWS, FIRST.isoformat(), view(0.0).slice(0, 0))
    bins = column(lake, "steady")
    assert [(row["customers"], row["share"], row["mean"]) for row in bins] == [(0, 0.0, None)] * 2
