"""Results against the control group, on the screen and as a file."""

import pytest

from tests.web.furnished import visit
from tests.web.simulated import MATCHED, SUBMITTED
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace
from yuelao.workflows.house import open_house
from yuelao.workflows.launch_campaign import launch


@pytest.fixture
def launched(simulated: Workspace, clock: FixedClock) -> Workspace:
    """The match has been launched."""
    launch(open_house(simulated, clock), MATCHED)
    return simulated


def test_before_the_first_launch_the_pages_say_what_is_missing(planner):
    assert "还没有方案派单" in planner.get("/reports").text
    page = planner.get(f"/reports/{MATCHED}").text
    assert "尚未派单" in page
    assert f'href="/campaigns/{MATCHED}"' in page
    assert planner.get(f"/reports/{MATCHED}/file").status_code == 409
    assert planner.get("/reports/nobody").status_code == 404


def test_a_result_shows_the_groups_with_their_denominators(launched, clock):
    with visit(launched, clock, "city_lead") as reader:
        page = reader.get(f"/reports/{MATCHED}").text
        listed = reader.get("/reports").text
        headline = reader.get(f"/reports/{MATCHED}/headline").text
    assert "对照组" in page
    assert "全部目标客户" in page
    assert "统计期尚未结束" in page
    assert "增量（百分点）" in page
    assert "北区班组" in page
    assert "<td>north</td>" not in page
    assert f"/reports/{MATCHED}/headline" in listed
    assert SUBMITTED not in listed
    assert "尚未外呼" in headline


def test_the_report_goes_out_as_one_file(launched, clock):
    with visit(launched, clock, "analyst") as analyst:
        answer = analyst.get(f"/reports/{MATCHED}/file")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "<svg" in answer.text
    assert "src=" not in answer.text


def test_an_agent_sees_no_results(launched, clock):
    with visit(launched, clock, "agent") as agent:
        assert agent.get("/reports").status_code == 403
        assert agent.get(f"/reports/{MATCHED}/headline").status_code == 403
