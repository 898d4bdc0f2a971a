"""The analyst's page: tables, rejects, levels, the model's card."""

import json
from datetime import timedelta
from html import escape

import pytest

from tests.builders import NOW
from tests.web.furnished import operations, visit
from tests.web.simulated import MATCHED
from yuelao.common.language import translate
from yuelao.operations import models
from yuelao.operations.models import NewVersion
from yuelao.web.desk.face import CHANNEL_TITLES
from yuelao.workflows.judge_model import judge_model, limits

LATER = NOW + timedelta(days=365)


def test_the_page_shows_tables_levels_and_the_models_card(analyst):
    page = analyst.get("/data").text
    assert "usage_monthly" in page
    assert "/data/rejects/customers" in page
    assert "价值等级" in page
    assert "AUC" in page
    assert "/data/models/response" in page
    assert "trust-said" in page
    assert "最迟在数据到" in page  # when it is trained again


def test_only_the_analyst_may_take_the_rows_set_aside(analyst, planner):
    answer = analyst.get("/data/rejects/customers")
    assert answer.status_code == 200
    assert answer.text.lstrip("\ufeff").startswith("source,line,field,value,reason")
    assert "/data/rejects/" not in planner.get("/data").text
    assert planner.get("/data/rejects/customers").status_code == 403


@pytest.mark.parametrize("table", ["plans", "nothing", "..%2f..%2fsecret.key"])
def test_a_table_without_rejects_says_so(analyst, table):
    assert analyst.get(f"/data/rejects/{table}").status_code == 404


def a_second_version(workspace, comparison=None):
    """The response model once more, registered and not in use; its version. comparison: with the one in use, is kept
    with all else that was found; without one nothing was.
    """
    with operations(workspace) as session:
        [champion] = models.versions(session, "response")
        findings = champion.findings | {"comparison": comparison} if comparison else {}
        other = champion.model_copy(update={"version": "2026-11-01-00000000", "findings": findings})
        models.add(session, NewVersion(**other.model_dump(include=set(NewVersion.model_fields))), "anna", LATER)
    return other.version


def option(page, name):
    """What a chart of the page draws."""
    return json.loads(page.split(f'id="{name}-option">')[1].split("</script>")[0])


def test_a_models_page_says_whether_to_trust_it_and_shows_what_the_register_keeps(analyst, simulated):
    with operations(simulated) as session:
        [version] = models.versions(session, "response")
    found = version.findings
    page = analyst.get("/data/models/response").text
    assert judge_model(version, "zh").sentence in page
    for said in limits(version, "zh"):
        assert escape(said) in page
    drawn = option(page, "curve")["series"][0]
    assert [point["value"][1] for point in drawn["data"]] == [
        round(each["observed"] * 100, 2) for each in found["assessment"]["curve"]
    ]
    assert len(drawn["markLine"]["data"]) == len(drawn["data"])
    assert len(option(page, "deciles")["series"][0]["data"]) == len(version.card["deciles"])
    assert page.count("tag-good") + page.count("tag-plain") > len(found["groups"]) > 10
    assert version.digest in page
    assert f"yuelao train response --as-of {version.as_of} --seed 0" in page
    assert f"/campaigns/{MATCHED}" in page  # matches offers by it


def test_the_page_compares_the_version_that_waits_with_the_one_in_use(analyst, simulated):
    comparison = {"champion": "2026-10-01-aaaaaaaa", "rows": 800, "positives": 90, "auc": 0.7, "champion_auc": 0.68}
    waiting = a_second_version(simulated, comparison | {"difference": 0.02, "interval": [-0.01, 0.05]})
    page = analyst.get("/data/models/response").text
    assert "+0.0200" in page
    assert "-0.0100 … +0.0500" in page
    assert "800" in page
    other = analyst.get(f"/data/models/response?version={waiting}").text
    assert f"版本 {waiting}" in other
    assert analyst.get("/data/models/response?version=1999").status_code == 404
    assert analyst.get(f"/data/models/response?version={'9' * 60}").status_code == 400


def test_a_version_of_which_nothing_was_kept_says_so(analyst, simulated):
    version = a_second_version(simulated)
    page = analyst.get(f"/data/models/response?version={version}").text
    assert "请重新训练" in page
    assert 'data-chart="curve-option"' not in page


UPLIFT = {
    "rows": 4000, "treated": 1900, "held_out": 2100, "share": 0.5, "ate": 0.02, "interval": [0.01, 0.03],
    "qini": 0.0042, "qini_interval": [0.001, 0.007], "auuc": 0.01, "auuc_interval": [0.0, 0.02],
    "uplift_top_30": 0.05, "uplift_top_30_interval": [0.03, 0.07], "evident": True, "evidence": "", "chosen": "t",
    "learners": [{"name": "t", "qini": 0.0042}, {"name": "s", "qini": 0.001}], "features": ["age"],
    "missing_inputs": [], "left_out": {}, "folds": 5, "repeats": 2, "notes": [],
}  # fmt: skip


def test_a_model_of_what_contacts_change_has_its_own_figures(analyst, simulated):
    new = NewVersion(name="uplift", version="v1", as_of=LATER.date(), digest="ab12", card=UPLIFT, recipe={})
    with operations(simulated) as session:
        models.add(session, new, "anna", LATER)
        models.promote(session, "uplift", "v1", "anna", "first", LATER)
    page = analyst.get("/data/models/uplift").text
    for said in ("0.0042", "5.0%", "3.0% … 7.0%", "ab12", f"/campaigns/{MATCHED}"):
        assert said in page
    assert 'data-chart="curve-option"' not in page


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


def test_a_model_of_response_tells_every_product_on_every_channel(analyst):
    page = analyst.get("/data/models/response").text
    offers = page[page.index('id="offers"') :]
    assert "产品与渠道" in offers
    for said in ("ringtone_vas", "data_10gb", *(translate(title, "zh") for title in CHANNEL_TITLES.values())):
        assert said in offers
    assert 'id="likeness"' not in page
