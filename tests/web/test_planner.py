"""Campaigns on the screens: works, forbidden, not there, bad input; from approval to launch."""

import time

import pytest
from httpx2 import Response

from tests.web.furnished import Browser, operations, visit
from tests.web.simulated import CUSTOMERS, MATCHED, SUBMITTED
from yuelao.common.settings import Workspace
from yuelao.operations import campaigns, decisions, tasks
from yuelao.operations.decisions import MatchRun
from yuelao.workflows import edit_campaign


def _wait(browser: Browser, name: str) -> str:
    """Watch the job as the page does; the address it leads to at its end."""
    for _ in range(300):
        answer = browser.get(f"/campaigns/{name}/job", **{"HX-Request": "true"})
        if answer.status_code == 204:
            return str(answer.headers["HX-Redirect"])
        assert "every 1s" in answer.text
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def _newest_run(simulated: Workspace) -> MatchRun:
    with operations(simulated) as session:
        run = decisions.newest(session, MATCHED)
    assert run is not None
    return run


def _move(browser: Browser, name: str, action: str, reason: str = "") -> Response:
    return browser.post(f"/campaigns/{name}/move", page=f"/campaigns/{name}", action=action, version=1, reason=reason)


def test_the_list_shows_state_and_counts_and_finds_by_title(planner):
    page = planner.get("/campaigns").text
    assert "流量升档" in page
    assert "待审批" in page
    found = planner.get("/campaigns?q=合约").text
    assert "合约换机" in found
    assert "流量升档" not in found
    assert "没有找到“zzz”" in planner.get("/campaigns?q=zzz").text


def test_the_page_says_the_match_in_a_sentence_and_shows_the_funnel(planner, simulated):
    run = _newest_run(simulated)
    page = planner.get(f"/campaigns/{MATCHED}").text
    assert "另有全体客户的 2.0%" in page
    assert f"{run.summary['assigned']:,} 位客户" in page
    assert "预期收益" in page
    assert "tenure_months &gt;= 3" in page
    assert f"{run.summary['targets']:,}" in page
    assert 'data-chart="funnel-chart-option"' in page


def test_a_funnel_is_counted_on_request(planner):
    page = planner.get(f"/campaigns/{SUBMITTED}/count?version=1").text
    assert "刚刚统计" in page
    assert "全部客户" in page
    assert "<html" not in page
    assert CUSTOMERS - 100 < int(page.split('<td class="num">')[1].split("<")[0].replace(",", "")) <= CUSTOMERS


@pytest.mark.parametrize("path", ["/campaigns/nobody", f"/campaigns/{MATCHED}?version=9", "/campaigns/nobody/calls"])
def test_what_is_not_there_says_so(planner, path):
    assert planner.get(path).status_code == 404


def test_approving_starts_nothing_and_starting_lets_it_run(planner, approver, simulated):
    assert _move(approver, SUBMITTED, "approve", reason="好").status_code == 303
    assert "好" in planner.get(f"/campaigns/{SUBMITTED}").text
    assert _move(planner, SUBMITTED, "start").status_code == 303
    with operations(simulated) as session:
        assert campaigns.get(session, SUBMITTED).state == "running"


def test_a_rejection_needs_a_reason(approver, simulated):
    assert _move(approver, SUBMITTED, "reject", reason=" ").status_code == 409
    assert _move(approver, SUBMITTED, "reject", reason="预算不足").status_code == 303
    with operations(simulated) as session:
        assert campaigns.history(session, SUBMITTED)[-1].reason == "预算不足"


@pytest.mark.parametrize(("action", "status"), [("approve", 403), ("fly", 404), ("resume", 409)])
def test_a_step_that_the_planner_cannot_take_is_refused(planner, action, status):
    assert _move(planner, SUBMITTED, action).status_code == status


def test_a_version_that_nobody_reads_any_more_cannot_be_approved(approver):
    page = f"/campaigns/{SUBMITTED}"
    assert approver.post(f"{page}/move", page=page, action="approve", version=7).status_code == 409


def test_match_and_launch_run_beside_the_request_and_tell_what_came_of_it(planner, simulated):
    page = f"/campaigns/{MATCHED}"
    assert planner.post(f"{page}/match", page=page).status_code == 303
    assert _wait(planner, MATCHED) == page
    assert "匹配完成" in planner.get(page).text
    run = _newest_run(simulated)
    assert planner.post(f"{page}/launch", page=page, run=run.run).status_code == 303
    _wait(planner, MATCHED)
    assert "个外呼任务" in planner.get(page).text
    with operations(simulated) as session:
        assert sum(tasks.count_by_state(session, MATCHED).values()) > 0


def test_a_match_that_cannot_be_made_says_why_in_its_place(planner):
    page = f"/campaigns/{SUBMITTED}"
    planner.post(f"{page}/match", page=page)
    _wait(planner, SUBMITTED)
    assert "is submitted" in planner.get(page).text
    planner.post(f"{page}/job/forget", page=page)
    assert "is submitted" not in planner.get(page).text


def test_only_launchers_match_and_launch(approver, planner, simulated):
    page = f"/campaigns/{MATCHED}"
    assert approver.post(f"{page}/match", page=page).status_code == 403
    run = _newest_run(simulated)
    other = f"/campaigns/{SUBMITTED}"
    assert planner.post(f"{other}/launch", page=other, run=run.run).status_code == 404
    assert planner.post(f"{page}/launch", page=page, run="none").status_code == 404


def test_the_call_list_is_masked_paged_and_ordered(planner):
    page = planner.get(f"/campaigns/{MATCHED}/calls").text
    assert "****" in page
    assert "**" in page
    assert "第 1–" in page
    assert "北区班组" in page
    assert "<td>north</td>" not in page
    assert "product：" not in page
    assert "名单为空" in planner.get(f"/campaigns/{MATCHED}/calls?page=9999").text
    assert "名单为空" in planner.get(f"/campaigns/{SUBMITTED}/calls").text
    assert planner.get(f"/campaigns/{MATCHED}/calls?page=0").status_code == 400


@pytest.mark.parametrize(("suffix", "start"), [("csv", b"\xef\xbb\xbfrank,"), ("xlsx", b"PK")])
def test_the_call_list_goes_out_as_a_file(planner, approver, suffix, start):
    answer = planner.get(f"/campaigns/{MATCHED}/calls.{suffix}")
    assert answer.content.startswith(start)
    assert f".{suffix}" in answer.headers["Content-Disposition"]
    assert approver.get(f"/campaigns/{MATCHED}/calls.{suffix}").status_code == 403


def _text(simulated, name=MATCHED):
    with operations(simulated) as session:
        return edit_campaign.as_text(campaigns.newest(session, name).definition)


def test_a_change_becomes_a_new_version_that_waits_for_approval(planner, simulated):
    text = _text(simulated).replace("tenure_months >= 3", "tenure_months >= 6")
    answer = planner.post(f"/campaigns/{MATCHED}/edit", page=f"/campaigns/{MATCHED}/edit", text=text)
    assert answer.headers["location"] == f"/campaigns/{MATCHED}?version=2"
    page = planner.get(answer.headers["location"]).text
    assert "与上一版本的差异" in page
    assert "草稿" in page
    assert "有更新的版本" in planner.get(f"/campaigns/{MATCHED}").text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("tenure_months >= 3", "tenure_monhts >= 3", "tenure_months"),
        ("holdout: 0.15", "holdout: 2", "line 14"),
        ("holdout: 0.15", "holdout: 2", "必须小于 1.0"),
        ("holdout: 0.15", "holdout: many", "必须是数字"),
        ("  minutes:", "  contacts: 5\n  minutes:", "每项席位资源只能填分钟数或接触数之一"),
        ("kind: campaign", "kind: [", "YAML"),
        ("name: data-upgrade", "name: another", "line 2"),
        ("priority: 60", "colour: red", "colour"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_text_is_kept(planner, simulated, before, after, told):
    text = _text(simulated).replace(before, after)
    answer = planner.post(f"/campaigns/{MATCHED}/edit", page=f"/campaigns/{MATCHED}/edit", text=text)
    assert answer.status_code == 400
    assert told in answer.text
    assert "line " in answer.text
    assert "Input should" not in answer.text
    assert after.replace(">", "&gt;") in answer.text
    with operations(simulated) as session:
        assert campaigns.newest(session, MATCHED).version == 1


def test_a_new_campaign_starts_as_a_copy(planner, approver):
    assert "name: data-upgrade-copy" in planner.get(f"/new-campaign?copy={MATCHED}").text
    text = planner.get(f"/new-campaign?copy={MATCHED}").text.split("<textarea")[1].split(">\n", 1)[1].split("</text")[0]
    copied = text.replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").replace("&#34;", '"')
    answer = planner.post("/new-campaign", page="/new-campaign", text=copied)
    assert answer.headers["location"] == "/campaigns/data-upgrade-copy?version=1"
    assert planner.post("/new-campaign", page="/new-campaign", text=copied).status_code == 400
    assert approver.get("/new-campaign").status_code == 403
    assert approver.get(f"/campaigns/{MATCHED}/edit").status_code == 403


def test_an_agent_sees_no_campaigns(simulated, clock):
    with visit(simulated, clock, "agent") as agent:
        assert agent.get("/campaigns").status_code == 403
        assert agent.get(f"/campaigns/{MATCHED}").status_code == 403
