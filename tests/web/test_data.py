"""The analyst's page: tables, rejects, levels, the model's card."""

import pytest

from tests.web.furnished import visit


def test_the_page_shows_tables_levels_and_the_models_card(analyst):
    page = analyst.get("/data").text
    assert "usage_monthly" in page
    assert "/data/rejects/customers" in page
    assert "价值等级" in page
    assert "AUC" in page
    assert 'data-chart="deciles-response-option"' in page


def test_only_the_analyst_may_take_the_rows_set_aside(analyst, planner):
    answer = analyst.get("/data/rejects/customers")
    assert answer.status_code == 200
    assert answer.text.lstrip("\ufeff").startswith("source,line,field,value,reason")
    assert "/data/rejects/" not in planner.get("/data").text
    assert planner.get("/data/rejects/customers").status_code == 403


@pytest.mark.parametrize("table", ["plans", "nothing", "..%2f..%2fsecret.key"])
def test_a_table_without_rejects_says_so(analyst, table):
    assert analyst.get(f"/data/rejects/{table}").status_code == 404


def test_an_empty_lake_says_what_to_do(furnished, clock):
    with visit(furnished, clock, "analyst") as analyst:
        page = analyst.get("/data").text
    assert "从未" in page
    assert "yuelao train response" in page
