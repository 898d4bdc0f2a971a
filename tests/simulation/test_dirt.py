"""Dirt: every kind of it, about as much as asked for, and none of it in the world."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.simulation.conftest import UNTIL, Operator
from yuelao.simulation import columns, dirt, simulate

SHARE = 0.04


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("dirty")
    return Operator(folder, simulate(3000, 4, 9, folder, UNTIL, dirt=SHARE))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("clean")
    return Operator(folder, simulate(3000, 4, 9, folder, UNTIL, dirt=0))


def test_the_world_is_the_same_however_dirty_its_extracts(dirty: Operator, clean: Operator) -> None:
    truth = Path("truth/customers.parquet")
    assert (dirty.folder / truth).read_bytes() == (clean.folder / truth).read_bytes()
    paid, as_paid = dirty.table("payments_*.parquet"), clean.table("payments_*.parquet")
    assert set(paid["流水号"].to_pylist()) == set(as_paid["流水号"].to_pylist())


def test_clean_extracts_have_no_dirt(clean: Operator) -> None:
    calls = clean.table("interactions_*.parquet")
    assert calls["客户编号"].null_count == calls["接触渠道"].null_count == 0
    assert len(set(calls["接触流水号"].to_pylist())) == calls.num_rows
    assert "热线10086" not in calls["接触渠道"].to_pylist()
    for month in ("202607", "202610"):
        assert set(clean.table(f"usage_{month}.parquet")["账期"].to_pylist()) == {month}


def test_values_are_spoilt_and_lost(dirty: Operator) -> None:
    usage = dirty.table("usage_*.parquet")
    minutes = np.array(usage["计费时长(分钟)"].to_pylist(), dtype=float)
    assert np.mean(minutes < 0) == pytest.approx(SHARE / 7, rel=0.35)
    assert np.mean(np.isnan(minutes)) == pytest.approx(SHARE / 2 / 3, rel=0.35)
    assert {"209912", "2026-13", None} < set(usage["账期"].to_pylist())
    register = dirty.rows("customers_202606.csv")
    assert {row["出生日期"][:4] for row in register} >= {"1826", ""}
    assert any(row["入网时间"] == "20991231" for row in register)
    assert any(row["星级"] == "四星" for row in register)
    calls = dirty.table("interactions_*.parquet")
    assert {"未知渠道", None} < set(calls["接触渠道"].to_pylist())
    assert max(calls["接触时间"].to_pylist()).year == 2099


def test_rows_come_twice_the_same_or_with_another_amount(dirty: Operator) -> None:
    paid = dirty.table("payments_*.parquet").to_pylist()
    amounts: dict[str, list[object]] = {}
    for row in paid:
        amounts.setdefault(row["流水号"], []).append((row["用户编号"], row["金额(分)"]))
    twice = [seen for seen in amounts.values() if len(seen) == 2]
    assert len(twice) / len(amounts) == pytest.approx(0.3 * SHARE, rel=0.3)
    assert 0.1 < np.mean([first != second for first, second in twice]) < 0.3
    assert max(len(seen) for seen in amounts.values()) == 2


def test_some_rows_arrive_a_month_late(dirty: Operator) -> None:
    for month, before in (("202608", "202607"), ("202610", "202609")):
        months = Counter(dirty.table(f"usage_{month}.parquet")["账期"].to_pylist())
        assert months[before] / months[month] == pytest.approx(SHARE, rel=0.35)
    assert set(dirty.table("usage_202607.parquet")["账期"].to_pylist()) <= {"202607", "209912", "2026-13", None}


def test_a_code_is_spelt_another_way_from_some_month_on(dirty: Operator) -> None:
    for name, place, old, new in (
        ("interactions", "接触渠道", "10086热线", "热线10086"),
        ("payments", "缴费渠道", "自助缴费机", "自助缴费终端"),
    ):
        early = dirty.table(f"{name}_202608.parquet")[place].to_pylist()
        late = dirty.table(f"{name}_202610.parquet")[place].to_pylist()
        assert old in early
        assert new not in early
        assert new in late
        assert late.count(old) < 0.1 * late.count(new)  # only what arrived late


@given(some.integers(0, 2**32), some.integers(1, 300), some.floats(0, 0.5), some.sampled_from(list(columns.TABLES)))
def test_a_plan_keeps_every_row_and_moves_none_to_an_earlier_file(
    seed: int, rows: int, share: float, table: str
) -> None:
    rng = np.random.default_rng(seed)
    file = rng.integers(0, 3, rows)
    plan = dirt.plan(table, file, 3, share, rng)
    assert set(plan.origin.tolist()) == set(range(rows))
    assert np.all(np.diff(plan.file) >= 0)
    assert np.all((plan.file >= file[plan.origin]) & (plan.file <= np.minimum(file[plan.origin] + 1, 2)))
    assert share > 0 or (len(plan.origin) == rows and np.all(plan.spoilt < 0) and np.all(plan.lost < 0))


def test_what_is_spoilt_is_a_column_of_the_extract() -> None:
    for table, held in columns.TABLES.items():
        headings = {column.heading for column in held}
        spoilt = {heading for heading, _ in dirt._SPOILT[table]}
        assert spoilt | set(dirt._LOST[table]) | ({dirt._AMOUNT[table]} if table in dirt._AMOUNT else set()) <= headings


def test_a_strange_word_joins_the_dictionary_even_where_no_row_has_it() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int16()), pa.array(["甲", "乙"]))
    nobody = dirt._with_word(column, np.array([False, False]), "丙")
    somebody = dirt._with_word(column, np.array([False, True]), "丙")
    assert nobody.type == somebody.type
    assert nobody.dictionary == somebody.dictionary
    assert somebody.to_pylist() == ["甲", "丙"]
