"""Search and the page that explains one customer."""

import re
from contextlib import closing
from datetime import date

import pytest

from tests.web.furnished import PHONE, operations, visit
from tests.web.simulated import MATCHED
from yuelao.operations import decisions
from yuelao.warehouse.one_customer import businesses_of
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.explain_customer import CampaignExplanation, ExplainedStep, Explanation
from yuelao.workflows.explain_score import Scores
from yuelao.workflows.house import open_house
from yuelao.workflows.read_decisions import read_call_list


@pytest.fixture
def best(simulated, clock):
    """The best customer of the match."""
    house = open_house(simulated, clock)
    with house.database.transaction(read_only=True) as session:
        run = decisions.newest(session, MATCHED)
    assert run is not None
    return read_call_list(house, run, 0, 1, "zh").rows[0]


def test_a_customer_is_found_by_id_and_by_pseudonym(planner, best):
    for text in (best.source_id, best.customer_id):
        assert planner.get(f"/search?q={text}").headers["location"] == f"/customers/{best.customer_id}"


def test_a_customer_is_found_by_number_which_the_page_masks(furnished, clock):
    with visit(furnished, clock, "agent") as agent:
        assert agent.get(f"/search?q={PHONE}").headers["location"] == "/customers/cust-1"


def test_search_finds_a_campaign_and_a_product(planner):
    assert planner.get("/search?q=流量升档").headers["location"] == f"/campaigns/{MATCHED}"
    assert planner.get("/search?q=data upgrade").headers["location"] == f"/campaigns/{MATCHED}"
    assert "ringtone_vas" in planner.get("/search?q=ringtone").text
    assert planner.get("/search?q=").status_code == 200


def test_what_nobody_is_called_is_said_in_its_place(planner):
    answer = planner.get("/search?q=nobody-at-all")
    assert answer.status_code == 404
    assert "没有找到“nobody-at-all”" in answer.text


def test_the_page_shows_every_step_with_values_and_the_decision(planner, best):
    page = planner.get(f"/customers/{best.customer_id}").text
    assert "tenure_months &gt;= 3" in page
    assert "在网时长" in page
    assert "已选中" in page
    assert "没有外呼任务" in page
    assert "**" in page
    assert page.count("way-kept") > 4


def in_need(simulated, clock):
    """A customer of whom a need is known, and where business is done."""
    with closing(open_house(simulated, clock)) as house, house.lake.snapshot() as snapshot:
        day = newest_view(snapshot)
        view = read_view(snapshot, day)
        known = view.filter(view.top_need.notnull()).customer_id.to_pyarrow().to_pylist()
        return next(each for each in sorted(known) if businesses_of(snapshot, day, each))


def test_the_page_tells_needs_and_where_which_business_is_done(planner, simulated, clock):
    page = planner.get(f"/customers/{in_need(simulated, clock)}").text
    panel = page.partition("可能需要的产品")[2].partition("</section>")[0]
    assert re.search(r"<dt>[^<]+</dt><dd[^>]*>(咨询过|在线浏览过|用量超出套餐|\d+% 的相似客户已办理)", panel)
    assert "各类业务的办理渠道" in page
    assert re.search(r"(电话|短信|线上|网站与 APP|营业厅) · [\d.]+ / 5", page)


def test_the_page_says_in_own_numbers_what_lifts_and_lowers_the_value(planner, best):
    page = planner.get(f"/customers/{best.customer_id}").text
    told = page.split("为什么是 ")[1].split("</section>")[0]
    assert re.search(r"(高于|低于) \d+% 的客户", told)
    assert "近三月月均消费（ARPU） ¥" in told
    assert {'class="up"', 'class="down"'} <= set(re.findall(r'class="(?:up|down)"', told))


def test_the_page_tells_what_a_model_expects_and_why(planner, best):
    page = planner.get(f"/customers/{best.customer_id}").text
    panel = page.partition('id="expected"')[2].partition("</section>")[0]
    assert "模型预测" in panel
    assert re.search(r"响应：接通后是否成交</b><b class=\"num\">[\d.]+%", panel)
    assert "最可能接受：" in panel
    assert 1 <= len(re.findall(r"<li>.*?<span>[^<]+</span></li>", panel)) <= 4


def test_models_that_say_nothing_are_told_of(simulated, clock, monkeypatch, best):
    for found, said in (
        (Scores(), "没有模型对该客户作出预测"),
        (Scores(unasked={"churn": "There is no column shoe"}), "There is no column shoe"),
    ):
        monkeypatch.setattr("yuelao.web.customers.view.explain_scores", lambda *_of, found=found: found)
        with visit(simulated, clock, "planner") as planner:
            assert said in planner.get(f"/customers/{best.customer_id}").text


def test_who_refused_profiling_has_no_personal_scores(planner, simulated, clock):
    with closing(open_house(simulated, clock)) as house, house.lake.snapshot() as snapshot:
        view = read_view(snapshot, newest_view(snapshot))
        someone = view.filter(view.profiling_refused).customer_id.min().to_pyarrow().as_py()
    page = planner.get(f"/customers/{someone}").text
    assert "为什么没有人呼叫" in page
    assert 'id="expected"' not in page


def test_who_may_not_read_segments_is_told_of_no_score(simulated, clock, best):
    with visit(simulated, clock, "agent") as agent:
        assert 'id="expected"' not in agent.get(f"/customers/{best.customer_id}").text


def test_who_may_not_read_segments_is_not_told_why(simulated, clock, best):
    with visit(simulated, clock, "agent") as agent:
        assert "为什么是 " not in agent.get(f"/customers/{best.customer_id}").text


def test_who_may_not_read_segments_sees_no_needs(simulated, clock):
    with visit(simulated, clock, "agent") as agent:
        page = agent.get(f"/customers/{in_need(simulated, clock)}").text
    assert "已知信息" in page
    assert "可能需要的产品" not in page


def test_a_dropped_customer_sees_the_step_that_decided(planner, best):
    page = planner.get(f"/customers/{best.customer_id}").text
    assert "在此决定" in page


def test_an_agent_may_ask_why_and_sees_no_links_to_campaigns(simulated, clock, best):
    with visit(simulated, clock, "agent") as agent:
        page = agent.get(f"/customers/{best.customer_id}").text
    assert "为什么没有人呼叫" in page
    assert 'href="/campaigns/' not in page
    assert "号码、客户、方案" not in page  # the search box promises no campaign either


def test_a_customer_who_is_not_there(planner):
    assert planner.get("/customers/nobody").status_code == 404


def test_a_task_that_waits_says_where_it_stands(furnished, clock):
    with operations(furnished) as session:
        assert decisions.newest(session, MATCHED) is None
    with visit(furnished, clock, "planner") as planner:
        assert planner.get("/customers").status_code == 200


def _explained(decision, why, kept=True, rule_kept=False):
    def step(name, kind, kept):
        title = {"en": f"Title of {name}", "zh": f"{name}之名"}
        return ExplainedStep(name=name, title=title, kind=kind, kept=kept, condition="true", values={})

    return CampaignExplanation(
        campaign=MATCHED,
        title={"en": "Data", "zh": "流量"},
        as_of=date(2026, 11, 1),
        run="run-1",
        steps=[step("tenure", "funnel", kept), step("once_a_day", "policy", rule_kept), step("rest", "policy", False)],
        decision=decision,
        why=why,
        why_zh=why,
        task=None,
    )


@pytest.mark.parametrize(
    ("explained", "states"),
    [
        (_explained("assigned", "Assigned"), ["kept", "refuses", "refuses"]),
        (_explained("dropped", "Dropped", kept=False), ["decided", "refuses", "refuses"]),
        (_explained("refused", "The contact policy refuses: once_a_day"), ["kept", "decided", "refuses"]),
        (
            _explained("refused", "The contact policy refuses: once_a_day", rule_kept=True),
            ["kept", "decided", "refuses"],
        ),
    ],
)
def test_only_what_decided_is_said_to_have_decided(simulated, clock, monkeypatch, best, explained, states):
    told = Explanation(customer=best.source_id, campaigns=[explained])
    monkeypatch.setattr("yuelao.web.customers.view.explain", lambda _house, _customer: told)
    with visit(simulated, clock, "planner") as planner:
        page = planner.get(f"/customers/{best.customer_id}").text
    assert re.findall(r'<li class="way-(kept|decided|after|refuses)"><span class="way-mark"><', page)[:3] == states
    assert "接触策略（当前）" in page
    assert "refuses: once_a_day" not in page
