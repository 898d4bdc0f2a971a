"""The analyst's page: tables, rejects, levels, the model's card."""

import pytest

from tests.builders import NOW
from tests.web.furnished import operations, visit
from yuelao.operations import models
from yuelao.operations.models import NewVersion


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


def a_second_version(workspace):
    """The response model once more, registered and not in use; its version."""
    with operations(workspace) as session:
        [champion] = models.versions(session, "response")
        other = champion.model_copy(update={"version": "2026-11-01-00000000"})
        models.add(session, NewVersion(**other.model_dump(include=set(NewVersion.model_fields))), "anna", NOW)
    return other.version


def test_a_models_page_shows_its_versions_and_puts_another_into_use(analyst, simulated):
    version = a_second_version(simulated)
    page = analyst.get("/data/models/response").text
    assert "使用中" in page
    assert "待用" in page
    assert (
        analyst.post("/data/models/response/use", page="/data", version=version, reason="更适合本省").status_code == 303
    )
    assert "更适合本省" in analyst.get("/data/models/response").text
    with operations(simulated) as session:
        assert models.get(session, "response", version).state == "champion"


def test_who_may_not_put_a_model_into_use_sees_no_button_and_is_refused(planner, simulated):
    version = a_second_version(simulated)
    assert "/use" not in planner.get("/data/models/response").text
    answer = planner.post("/data/models/response/use", page="/data", version=version, reason="better")
    assert answer.status_code == 403


def test_a_model_or_version_there_is_none_of_is_refused(analyst):
    assert analyst.get("/data/models/churn").status_code == 404
    assert analyst.post("/data/models/response/use", page="/data", version="1999", reason="x").status_code == 404
    assert analyst.post("/data/models/response/use", page="/data", version="1999").status_code == 400


def test_an_empty_lake_says_what_to_do(furnished, clock):
    with visit(furnished, clock, "analyst") as analyst:
        page = analyst.get("/data").text
    assert "从未" in page
    assert "yuelao train response" in page
