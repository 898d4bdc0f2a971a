"""What models remarked of a day, and their versions: kept, and read where older days know less."""

from datetime import date

from yuelao.warehouse.lake import Lake
from yuelao.warehouse.remarks import DATASET, Remarks, read_remarks, remarks_table, with_versions

DAY = date(2026, 11, 1)


def read(lake):
    with lake.snapshot() as snapshot:
        return read_remarks(snapshot, DAY)


def test_remarks_are_read_as_they_were_kept(tmp_path):
    lake = Lake(tmp_path)
    kept = with_versions(
        {"plan_fit": Remarks(("arpu_3m",), ("Nobody pays",)), "preference": Remarks(weights={"a.b": 0.1 + 0.2})},
        {"plan_fit": 2},
    )
    lake.publish(DATASET, str(DAY), remarks_table(kept))
    assert read(lake) == kept
    assert (kept["plan_fit"].version, kept["preference"].version) == (2, None)


def test_a_day_from_before_versions_and_weights_were_kept_has_none(tmp_path):
    lake = Lake(tmp_path)
    assert read(lake) == {}
    lake.publish(
        DATASET, str(DAY), remarks_table({"plan_fit": Remarks(version=3)}).drop_columns(["version", "weights"])
    )
    assert read(lake) == {"plan_fit": Remarks()}
