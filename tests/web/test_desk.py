"""The agent's desk: works, forbidden, not mine, bad input, twice, too late."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.furnished import PHONE, Browser, operations, visit
from yuelao.analytics.reach import BestTime
from yuelao.common.outcomes import Outcome
from yuelao.common.settings import open_workspace
from yuelao.operations import calls, contact_policy, customers, tasks
from yuelao.operations.calls.schemas import CallNumbers
from yuelao.storage.tables import AuditRow, TaskRow
from yuelao.web.desk.view import next_best
from yuelao.workflows.sweep_tasks import sweep


def _take(browser: Browser) -> dict[str, Any]:
    assert browser.post("/desk/next").headers["location"] == "/desk"
    return browser.task()


def _dial(browser: Browser) -> dict[str, Any]:
    task = _take(browser)
    assert browser.post("/desk/dial", htmx=True, **task).status_code == 200
    return task


def _day(workspace, clock, agent="agent") -> CallNumbers:
    with operations(workspace) as session:
        return calls.agent_day(session, agent, clock() - timedelta(hours=8))


def test_the_idle_desk_shows_the_queue_and_the_day(agent):
    page = agent.get("/desk").text
    assert "您的班组有 5 位客户待呼" in page
    assert "下一位客户" in page
    assert "今日外呼" in page


def test_next_brings_the_customer_the_offer_and_the_words(agent):
    _take(agent)
    page = agent.get("/desk").text
    for wanted in (
        "林晓雯",
        "139****5678",
        "A2",
        "4G 畅享 59",
        "10GB 流量包",
        "30GB 流量包",
        "超出套餐 3 GB",
        "116天前有投诉",
    ):
        assert wanted in page
    assert "您好，请问是林晓雯吗？" in page
    assert "考虑中" in page  # the last contact
    assert "合约换机" in page  # its campaign


def test_money_on_the_desk_is_in_the_workspaces_currency(furnished, clock):
    file = furnished.path / "yuelao.toml"
    file.write_text(file.read_text("utf-8") + '\ncurrency = "USD"\n', encoding="utf-8")
    with visit(open_workspace(furnished.path), clock, "agent") as agent:
        _take(agent)
        page = agent.get("/desk").text
    assert "US$" in page
    assert "¥" not in page


def _publish(workspace, clock, fields: dict[str, object]) -> None:
    with operations(workspace) as session:
        generation = customers.new_generation(session, clock().date(), clock())
        customers.add_profiles(session, generation, [{"customer_id": f"cust-{n}", "fields": fields} for n in (1, 2)])
        customers.flip(session, generation, clock())


def test_contacts_of_other_systems_stand_beside_our_own_newest_first(furnished, agent, clock):
    lately = (clock() - timedelta(days=10)).strftime("%Y-%m-%dT%H:%M:%S")
    _publish(furnished, clock, {"earlier_contacts": json.dumps([[lately, "no_answer", "phone"]])})
    _take(agent)
    page = agent.get("/desk").text
    contacts = page[page.index("最近接触") :]
    assert contacts.index("其他系统") < contacts.index("合约换机")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "没有接触记录"),
        ({"last_attempt_on": "2026-09-03", "last_conversation_on": "2026-08-01"}, "2026年9月3日由其他系统呼叫过"),
        ({"days_since_contact": 0}, "由其他系统呼叫过"),
    ],
)
def test_without_a_contact_in_our_ledger_it_says_what_is_known(furnished, agent, clock, fields, told):
    _publish(furnished, clock, fields)
    agent.post("/desk/close", outcome="no_answer", then="next", **_dial(agent))
    assert told in agent.get("/desk").text


def test_the_number_shows_only_after_dialling(furnished, agent):
    task = _take(agent)
    assert PHONE not in agent.get("/desk").text
    answer = agent.post("/desk/dial", htmx=True, **task)
    assert PHONE in answer.text
    with operations(furnished) as session:
        revealed = session.scalars(select(AuditRow).where(AuditRow.action == "phone.reveal")).all()
    assert len(revealed) == 1


def test_the_talk_is_counted_from_connected_to_hung_up(furnished, agent, clock):
    task = _dial(agent)
    clock.advance(timedelta(seconds=9))
    agent.post("/desk/connect", htmx=True, **task)
    clock.advance(timedelta(seconds=90))
    assert "小结中" in agent.post("/desk/hang-up", htmx=True, **task).text
    clock.advance(timedelta(seconds=40))
    agent.post("/desk/close", outcome="refused", **task)
    assert _day(furnished, clock) == CallNumbers(dialled=1, connected=1, sold=0, talk_seconds=90)


def test_an_outcome_closes_the_task_and_says_so(furnished, agent, clock):
    task = _dial(agent)
    answer = agent.post("/desk/close", outcome="sold", note="要电子发票", product="data_30gb", **task)
    assert answer.headers["location"] == "/desk"
    page = agent.get("/desk").text
    assert "已保存：成功办理" in page
    assert "已保存" not in agent.get("/desk").text  # said once
    with operations(furnished) as session:
        contact = contact_policy.recent(session, "cust-1", 1)[0]
    assert (contact.outcome, contact.product, contact.agent) == (Outcome.SOLD, "data_30gb", "agent")
    assert _day(furnished, clock).sold == 1


def test_save_and_next_brings_the_next_customer(agent):
    first = _dial(agent)
    agent.post("/desk/close", outcome="no_answer", then="next", **first)
    assert agent.task() != first
    assert "吴磊" in agent.get("/desk").text


def test_an_outcome_is_saved_whatever_becomes_of_the_next_customer(furnished, agent, clock, monkeypatch):
    task = _dial(agent)

    def fail(*_given: object) -> None:
        raise RuntimeError("no card")

    monkeypatch.setattr("yuelao.web.desk.routes.hand_out_task.hand_out", fail)
    assert agent.post("/desk/close", outcome="refused", then="next", **task).status_code == 500
    assert _day(furnished, clock).dialled == 1
    with operations(furnished) as session:
        assert [contact.outcome for contact in contact_policy.since(session, 0)][-1] == "refused"


def test_the_same_form_twice_writes_once(furnished, agent, clock):
    task = _dial(agent)
    agent.post("/desk/close", outcome="thinking", note="下周", **task)
    again = agent.post("/desk/close", outcome="thinking", note="下周", **task)
    assert again.headers["location"] == "/desk"
    assert "此前已保存" in agent.get("/desk").text
    assert _day(furnished, clock).dialled == 1


def test_a_lost_lease_says_so_and_keeps_what_was_typed(furnished, agent, clock):
    task = _dial(agent)
    clock.advance(timedelta(hours=2))
    with operations(furnished) as session:
        sweep(session, clock())
    answer = agent.post("/desk/close", outcome="thinking", note="想要更大的流量包", **task)
    assert answer.status_code == 409
    assert "该任务已不在您名下" in answer.text
    assert "想要更大的流量包" in answer.text
    by_htmx = agent.post("/desk/close", htmx=True, outcome="thinking", note="想要更大的流量包", **task)
    assert by_htmx.headers["HX-Retarget"] == "#message"
    assert _day(furnished, clock).connected == 0


def test_another_agents_task_cannot_be_touched(furnished, agent, clock):
    task = _take(agent)
    with visit(furnished, clock, "agent2") as other:
        for action in ("dial", "connect", "hang-up", "renew"):
            assert other.post(f"/desk/{action}", **task).status_code == 409
        assert other.post("/desk/close", outcome="refused", **task).status_code == 409
        assert other.post("/desk/next").status_code == 303
        assert other.task()["task_id"] != task["task_id"]


def test_other_roles_have_no_desk(furnished, clock):
    with visit(furnished, clock, "floor_manager") as manager:
        token = manager.token("/nothing-here")
        for action in ("next", "dial", "connect", "hang-up", "renew", "close"):
            data = {"csrf_token": token, "task_id": "x", "lease_version": 1, "outcome": "busy"}
            assert manager.client.post(f"/desk/{action}", data=data, follow_redirects=False).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"outcome": "happy"}, 400),
        ({"outcome": "call_back"}, 400),
        ({"outcome": "call_back", "call_back_at": "tomorrow"}, 400),
        ({"outcome": "call_back", "call_back_at": "2020-01-01T10:00"}, 400),
        ({"outcome": "sold", "product": "yacht"}, 400),
        ({"outcome": "refused", "note": "x" * 2001}, 400),
        ({"outcome": "refused", "lease_version": "one"}, 400),
        ({"outcome": "refused", "lease_version": 99}, 409),
    ],
)
def test_bad_input_changes_nothing(furnished, agent, clock, fields, status):
    task = _dial(agent)
    answer = agent.post("/desk/close", **(task | fields))
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert agent.task() == task
    assert _day(furnished, clock).dialled == 0


def test_an_outcome_needs_a_call(agent):
    task = _take(agent)
    answer = agent.post("/desk/close", outcome="sold", **task)
    assert answer.status_code in (400, 409)
    assert "尚未拨号" in answer.text


def test_a_call_back_is_promised_on_the_workspaces_wall_clock(furnished, agent):
    task = _dial(agent)
    agent.post("/desk/close", outcome="call_back", call_back_at="2026-11-24T10:30", **task)
    with operations(furnished) as session:
        promised = tasks.newest_for(session, "cust-1", "data-upgrade")
    assert promised is not None
    assert promised.due_at is not None
    assert promised.due_at.isoformat() == "2026-11-24T02:30:00+00:00"


def test_when_the_customer_answers_best_is_proposed_for_the_call_back(furnished, agent):
    best = {"weekdays": [1, 3], "hours": [18, 20], "probability": 0.62, "mean": 0.41}
    with operations(furnished) as session:
        row = session.scalars(select(TaskRow).where(TaskRow.customer_id == "cust-1")).one()
        row.why = {**row.why, "best_time": best}
    _take(agent)
    page = agent.get("/desk").text
    assert "周二–周四 18:00–20:00 最易接通：62%，平均 41%" in page
    assert 'name="call_back_at" value="2026-11-24T18:00"' in page


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-23T10:00", "2026-11-24T18:00"),  # a Monday
        ("2026-11-24T17:42", "2026-11-24T18:45"),
        ("2026-11-25T19:30", "2026-11-26T18:00"),
        ("2026-11-26T19:00", "2026-12-01T18:00"),
    ],
)
def test_the_next_best_moment_is_an_hour_ahead_within_the_best_time(now, moment):
    best = BestTime((1, 3), (18, 20), 0.62, 0.41)
    assert next_best(datetime.fromisoformat(now), best) == datetime.fromisoformat(moment)


def test_outside_calling_hours_it_says_why(agent, clock):
    clock.advance(timedelta(hours=2, minutes=30))
    page = agent.post("/desk/next").text
    assert "非外呼时段" in page


def test_an_empty_queue_says_why(furnished, agent, clock):
    with operations(furnished) as session:
        for customer in range(1, 6):
            tasks.suppress_person(session, f"cust-{customer}", "test", clock())
    page = agent.post("/desk/next").text
    assert "您的班组暂无待呼任务" in page


def test_who_complained_meanwhile_is_not_dialled(furnished, agent, clock):
    task = _take(agent)
    with operations(furnished) as session:
        contact_policy.record(
            session,
            contact_policy.NewContact(
                person_id="cust-1",
                customer_id="cust-1",
                contacted_at=clock(),
                channel="hall",
                outcome=Outcome.COMPLAINT,
            ),
        )
    answer = agent.post("/desk/dial", htmx=True, **task)
    assert answer.headers["HX-Redirect"] == "/desk"
    page = agent.get("/desk").text
    assert "未呼出：" in page
    assert PHONE not in page


def test_working_keeps_the_customer(agent, clock):
    task = _take(agent)
    clock.advance(timedelta(minutes=14))
    assert 'data-remaining="900"' in agent.post("/desk/renew", htmx=True, **task).text
    clock.advance(timedelta(minutes=14))
    assert agent.task() == task
