"""The features' pages: every column with its meaning and shape, found in either language, one of them closely."""

from datetime import date

import pytest

from tests.web.furnished import visit
from yuelao.warehouse.features import FAMILIES
from yuelao.web.data.features import FAMILY_TITLES
from yuelao.workflows.describe_features import day_of


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
