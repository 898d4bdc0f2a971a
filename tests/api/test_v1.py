"""Version 1: signed in by the screens' session, or refused in JSON."""

import pytest

from tests.web.furnished import visit
from tests.web.simulated import MATCHED, SUBMITTED
from yuelao.workflows.house import open_house
from yuelao.workflows.launch_campaign import launch

_PATHS = ["/api/v1/campaigns", f"/api/v1/campaigns/{MATCHED}/result", "/api/v1/customers/x/explanation"]


def test_health_and_description_need_no_session(furnished, clock):
    with visit(furnished, clock) as browser:
        assert browser.client.get("/api/v1/health").json() == {"status": "ok"}
        described = browser.client.get("/api/openapi.json").json()
    assert {"/v1/campaigns", "/webhooks/messages"} <= described["paths"].keys()


@pytest.mark.parametrize("path", _PATHS)
def test_without_a_session_everything_else_is_refused_as_json(furnished, clock, path):
    with visit(furnished, clock) as browser:
        for cookies in ({}, {"yuelao_session": "stolen"}):
            browser.client.cookies.clear()
            browser.client.cookies.update(cookies)
            answer = browser.client.get(path)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "not_signed_in"


def test_a_role_reads_here_what_it_reads_on_the_screens(furnished, clock):
    with visit(furnished, clock, "agent") as agent:
        answer = agent.client.get("/api/v1/campaigns")
        assert answer.status_code == 403
        assert answer.json()["error"]["where"] == "campaign.read"


def test_campaigns_with_their_match_and_tasks(simulated, clock):
    with visit(simulated, clock, "planner") as planner:
        listed = {each["name"]: each for each in planner.client.get("/api/v1/campaigns").json()["campaigns"]}
    assert listed[MATCHED]["run"]["assigned"] > 0
    assert listed[SUBMITTED]["run"] is None
    assert listed[SUBMITTED]["state"] == "submitted"


def test_a_result_before_and_after_the_launch(simulated, clock):
    with visit(simulated, clock, "planner") as planner:
        assert planner.client.get(f"/api/v1/campaigns/{MATCHED}/result").status_code == 409
        launch(open_house(simulated, clock), MATCHED)
        result = planner.client.get(f"/api/v1/campaigns/{MATCHED}/result").json()
    assert result["assigned"]["customers"] > result["held_out"]["customers"] > 0
    assert len(result["interval"]) == 2


def test_what_is_not_there_is_told_as_json(simulated, clock):
    with visit(simulated, clock, "planner") as planner:
        for path in ("/api/v1/customers/nobody/explanation", "/api/v1/campaigns/nobody/result", "/api/v2"):
            answer = planner.client.get(path)
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "not_found"
