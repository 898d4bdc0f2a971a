"""Products, scripts, match runs, calls, orders and the audit: what each keeps and what it refuses."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, a_product
from yuelao.common.errors import Conflict, NotFound
from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, calls, decisions, orders, products, scripts
from yuelao.operations.orders import State
from yuelao.operations.scripts.schemas import Script
from yuelao.storage.session import Database

SECOND = timedelta(seconds=1)


def test_a_product_has_versions_and_the_newest_counts(database: Database) -> None:
    with database.transaction() as session:
        a_product(session, "pack", margin=90)
        a_product(session, "pack", margin=100)
        a_product(session, "another")
        assert products.current(session, "pack").margin == 100
        assert [product.code for product in products.list_all(session)] == ["another", "pack"]
        with pytest.raises(NotFound, match="pack"):
            products.current(session, "pac")


# --- scripts


def test_a_sentence_whose_value_is_missing_is_left_out() -> None:
    text = "Hello {name}! You used {used} beyond. It is 3.5 GB. Shall I?"
    assert (
        scripts.render(text, {"name": "Li", "used": "1 GB"}) == "Hello Li! You used 1 GB beyond. It is 3.5 GB. Shall I?"
    )
    assert scripts.render(text, {"name": "Li", "used": None}) == "Hello Li! It is 3.5 GB. Shall I?"
    assert scripts.render("您好{name}。套外{used}。好吗？", {"used": "1 GB"}) == "套外1 GB。好吗？"


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert scripts.render("Hello {name}.", {"name": "{used}", "used": "secret"}) == "Hello {used}."


@given(st.text(), st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_any_text_can_be_rendered(text: str, values: dict[str, str]) -> None:
    assert "{missing}" not in scripts.render(text + "{missing}", values)


@pytest.mark.parametrize("text", ["{name.secret}", "{0}", "{name!r}", "{", "a}"])
def test_a_script_cannot_reach_into_the_program(text: str) -> None:
    content = {"name": "s", "title": "S", "steps": [{"title": "Opening", "text": text}]}
    with pytest.raises(ValueError, match="brace"):
        Script.model_validate(content)


def test_a_script_is_kept_by_version(database: Database) -> None:
    content = {"name": "s", "title": "S", "steps": [{"title": "Opening", "text": "Hello {name}."}]}
    script = Script.model_validate(content)
    with database.transaction() as session:
        assert scripts.save(session, script, "me", NOW) == 1
        assert scripts.current(session, "s") == script
        assert scripts.list_all(session) == [script]
    assert scripts.placeholders(script.steps[0].text["en"]) == ["name"]


# --- match runs


def _run(session, run: str, as_of: date = date(2026, 11, 1), version: int = 1) -> None:
    decisions.save_run(
        session,
        run=run,
        campaign="spring",
        version=version,
        as_of=as_of,
        summary={"assigned": 3},
        ledger_sequence=7,
        by="me",
        now=NOW,
    )


def test_a_run_is_launched_once_and_found_again(database: Database) -> None:
    with database.transaction() as session:
        assert decisions.newest(session, "spring") is None
        _run(session, "run-1")
        _run(session, "run-2")
        assert decisions.mark_launched(session, "run-1", NOW).state == "launched"
        with pytest.raises(Conflict):
            decisions.mark_launched(session, "run-1", NOW)
        found = decisions.find(session, "spring", 1, date(2026, 11, 1))
        assert found is not None
        assert found.run == "run-1"
        assert decisions.find(session, "spring", 2, date(2026, 11, 1)) is None
        assert [run.run for run in decisions.launched(session, "spring")] == ["run-1"]
        assert [run.run for run in decisions.runs(session, "spring")] == ["run-2", "run-1"]
        assert decisions.get(session, "run-2", lock=True).summary == {"assigned": 3}
        with pytest.raises(NotFound):
            decisions.get(session, "run-3")


# --- calls


def test_a_call_counts_its_talk(database: Database) -> None:
    with database.transaction() as session:
        call = calls.start(session, task_id="t", customer_id="c", agent="wang", campaign="spring", now=NOW)
        calls.connect(session, task_id="t", agent="wang", now=NOW + 5 * SECOND)
        calls.connect(session, task_id="t", agent="wang", now=NOW + 9 * SECOND)
        calls.hang_up(session, task_id="t", agent="wang", now=NOW + 65 * SECOND)
        ended: dict[str, Any] = {"task_id": "t", "agent": "wang", "outcome": Outcome.SOLD}
        assert calls.finish(session, **ended, now=NOW + 99 * SECOND) == 60
        with pytest.raises(Conflict):
            calls.finish(session, **ended, now=NOW + 99 * SECOND)
        calls.start(session, task_id="u", customer_id="c", agent="wang", campaign="spring", now=NOW + 100 * SECOND)
        assert calls.finish(session, task_id="u", agent="wang", outcome=Outcome.BUSY, now=NOW + 110 * SECOND) == 0
        day = calls.agent_day(session, "wang", NOW)
        assert (day.dialled, day.connected, day.sold, day.talk_seconds) == (2, 1, 1, 60)
        assert calls.by_campaign(session, "spring") == day
        assert calls.agent_day(session, "li", NOW).dialled == 0
        assert [found.call_id for found in calls.of_customer(session, "c")][-1] == call.call_id


# --- orders


def _order(session) -> orders.Order:
    return orders.create(
        session, customer_id="c", product="pack", channel="phone", amount=20.5, campaign="spring", agent="wang", now=NOW
    )


def test_an_order_waits_for_the_customers_yes(database: Database) -> None:
    with database.transaction() as session:
        order = _order(session)
        assert (order.state, order.amount) == ("awaiting_confirmation", 20.5)
        assert orders.confirm(session, order.order_id, "customer", NOW).state == "placed"
        assert orders.confirm(session, order.order_id, "customer", NOW).state == "placed"
        with pytest.raises(Conflict, match="It can become"):
            orders.move(session, order.order_id, State.DELIVERED, "crm", NOW)
        orders.move(session, order.order_id, State.ACTIVATED, "crm", NOW, "done")
        told = [event.state for event in orders.history(session, order.order_id)]
        assert told == ["offered", "awaiting_confirmation", "placed", "activated"]
        assert orders.by_campaign(session, "spring") == {"activated": 1}
        assert orders.of_customer(session, "c") == [orders.get(session, order.order_id)]
        with pytest.raises(NotFound):
            orders.confirm(session, "nothing", "customer", NOW)


def test_changed_orders_are_told_from_any_place(database: Database) -> None:
    with database.transaction() as session:
        first, second = _order(session), _order(session)
        seen = orders.last_sequence(session)
        orders.confirm(session, second.order_id, "customer", NOW)
        assert [order.order_id for order in orders.changed_since(session, seen)] == [second.order_id]
        everything = {order.order_id for order in orders.changed_since(session, None)}
    assert everything == {first.order_id, second.order_id}


# --- the audit


def test_the_audit_tells_who_did_what_the_newest_first(database: Database) -> None:
    with database.transaction() as session:
        audit.record(session, "wang", "phone.reveal", "customer:c", {"task": "t"}, NOW)
        audit.record(session, "li", "campaign.approve", "campaign:spring", None, NOW)
        session.flush()
        assert [entry.actor for entry in audit.trail(session)] == ["li", "wang"]
        (entry,) = audit.trail(session, object="customer:c")
        assert (entry.action, entry.detail, entry.happened_at) == ("phone.reveal", {"task": "t"}, NOW)
        assert [found.object for found in audit.trail(session, actor="li")] == ["campaign:spring"]
