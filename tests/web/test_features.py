"""The features' pages: every column with its meaning and shape, found in either language, one of them closely."""

import re
from datetime import date

import pyarrow.compute as pc
import pytest

from tests.web.furnished import visit
from yuelao.warehouse.features import FAMILIES
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.profile import publish_profile
from yuelao.web.data.features import FAMILY_TITLES
from yuelao.workflows.describe_features import day_of
from yuelao.workflows.find_uses import Uses


def test_every_family_has_a_name():
    assert set(FAMILIES) <= set(FAMILY_TITLES)


def test_the_page_shows_meaning_nulls_and_shape(analyst):
    page = analyst.get("/data/features").text
    assert "arpu_3m" in page
    assert "近三月月均消费" in page
    assert "histogram" in page
    assert "没有更早的视图可比" in page


@pytest.mark.parametrize("words", ["arpu", "月均消费", "mean monthly CHARGE"])
def test_a_feature_is_found_in_either_language(analyst, words):
    page = analyst.get(f"/data/features?q={words}").text
    assert "/data/features/arpu_3m" in page
    assert "/data/features/gender" not in page


def test_a_family_is_shown_alone_and_the_most_unknown_come_first(analyst):
    page = analyst.get("/data/features?family=device&by=nulls").text
    assert "/data/features/device_brand" in page
    assert "/data/features/arpu_3m" not in page


def test_what_nothing_is_called_says_so(analyst):
    assert "没有这样的特征" in analyst.get("/data/features?q=zzzz").text


def test_one_feature_is_drawn_with_its_table(analyst):
    page = analyst.get("/data/features/arpu_3m").text
    assert 'data-chart="distribution-option"' in page
    assert "usage_monthly" in page
    assert "缺失" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    "path", ["/data/features/nothing", "/data/features?day=2020-01-01", "/data/features/arpu_3m?day=soon"]
)
def test_what_does_not_exist_is_refused(analyst, path):
    assert analyst.get(path).status_code in (400, 404)


def test_an_empty_lake_says_what_to_do(furnished, clock):
    with visit(furnished, clock, "analyst") as analyst:
        assert "yuelao refresh" in analyst.get("/data/features").text


def test_only_who_may_see_the_data_sees_the_features(furnished, clock):
    with visit(furnished, clock, "agent") as agent:
        assert agent.get("/data/features").status_code == 403
        assert agent.get("/data/features/arpu_3m").status_code == 403


def test_limits_of_dates_are_days():
    assert day_of(0) == date(1970, 1, 1)
    assert day_of(20758) == date(2026, 11, 1)


def test_the_small_histograms_show_shape_though_tenths_are_equal(analyst):
    page = analyst.get("/data/features?q=points_balance").text
    heights = [float(height) for height in re.findall(r'<rect [^>]*height="([0-9.]+)"/>', page.split("histogram")[1])]
    assert max(heights) > 3 * min(height for height in heights if height)


def test_a_feature_tells_who_asks_for_it(analyst):
    page = analyst.get("/data/features/value_level").text
    assert 'href="/campaigns/data-upgrade"' in page
    assert "用于筛选" in page
    page = analyst.get("/data/features/arpu_3m").text
    assert 'href="/segments/value_segmentation"' in page
    assert "接通后是否成交" in page


def test_a_feature_that_nobody_asks_for_says_so(analyst, monkeypatch):
    nobody = Uses(models=[], campaigns=[], trained=[])
    monkeypatch.setattr("yuelao.web.data.features.find_uses", lambda *_of: nobody)
    assert "没有模型或营销方案用到它" in analyst.get("/data/features/arpu_3m").text


def test_a_shift_with_a_cause_is_explained_and_is_no_alarm(simulated, clock):
    lake = Lake(simulated.lake)
    with lake.snapshot() as snapshot:
        view = snapshot.dataset("view", "2026-11-01").to_pyarrow()
    for name in ("arpu_6m", "age"):
        doubled = pc.multiply(view[name], 2).cast(view[name].type)
        view = view.set_column(view.column_names.index(name), name, doubled)
    lake.publish("view", "2026-08-01", view)
    publish_profile(lake, date(2026, 11, 1))
    with visit(simulated, clock, "analyst") as analyst:
        caused = analyst.get("/data/features/arpu_6m").text
        assert "回看 182 天" in caused
        assert "figure-bad" not in caused
        assert "badge-bad" not in caused
        assert "必然变化" not in analyst.get("/data/features/age").text
        listed = analyst.get("/data/features?by=drift").text
    assert listed.index("/data/features/age?") < listed.index("/data/features/arpu_6m?")  # what nothing explains first
    assert "因已知数据范围不同而变化" in listed
