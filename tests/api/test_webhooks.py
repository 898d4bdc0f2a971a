"""The SMS gateway's replies: confirmed, stopped, ignored; once, and only from who knows the secret."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.furnished import PHONE, operations, visit
from yuelao.common.settings import SETTINGS_FILE, Workspace, open_workspace
from yuelao.operations import contact_policy, orders, tasks
from yuelao.workflows.confirm_order import _national

SECRET = "a-thread"


@pytest.fixture
def gateway(furnished: Workspace, clock):
    """Sends a message as the gateway does."""
    settings = furnished.path / SETTINGS_FILE
    _set(settings, SECRET)
    with visit(open_workspace(furnished.path), clock) as browser:

        def send(text: str, sender: str = PHONE, key: str = "m1", secret: str = SECRET):
            message = {"id": key, "from": sender, "text": text}
            return browser.client.post("/api/webhooks/messages", json=message, headers={"X-Webhook-Secret": secret})

        yield send


def _set(settings: Path, secret: str) -> None:
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "webhook_secret =" not in line]
    settings.write_text("\n".join([*kept, f"webhook_secret = {json.dumps(secret)}"]), encoding="utf-8")


@pytest.fixture
def order(furnished, clock) -> str:
    """An order that waits for the customer's word."""
    return _order(furnished, clock)


def _order(furnished, clock) -> str:
    with operations(furnished) as session:
        made = orders.create(
            session, customer_id="cust-1", product="data_10gb", channel="phone", amount=20.0, now=clock()
        )
    return made.order_id


def _state(furnished, order: str) -> str:
    with operations(furnished) as session:
        return orders.get(session, order).state


@pytest.mark.parametrize("text", ["是", "YES", " yes! ", "是。", "确认"])
def test_a_yes_confirms_the_order(gateway, furnished, order, text):
    assert gateway(text).json() == {"result": "confirmed", "reason": "", "order": order}
    assert _state(furnished, order) == "placed"


@pytest.mark.parametrize("sender", [f"+86{PHONE}", f"0086 {PHONE}", f"{PHONE[:3]}-{PHONE[3:]}"])
def test_the_number_may_come_in_any_form(gateway, order, sender):
    assert gateway("是", sender).json()["order"] == order


def test_a_message_reported_twice_does_nothing_twice(gateway, furnished, clock, order):
    first = gateway("是").json()
    assert first["order"] == order
    second = _order(furnished, clock)
    assert gateway("是").json() == first
    assert _state(furnished, second) == "awaiting_confirmation"
    assert gateway("是", key="m2").json()["order"] == second


@pytest.mark.parametrize(
    ("text", "sender", "reason"),
    [
        ("是", "13000000000", "unknown_number"),
        ("是", "13800001111", "nothing_to_confirm"),
        ("明天再说", PHONE, "not_understood"),
        ("", PHONE, "not_understood"),
    ],
)
def test_what_means_nothing_is_ignored_with_its_reason(gateway, furnished, order, text, sender, reason):
    answer = gateway(text, sender)
    assert answer.status_code == 200
    assert answer.json() == {"result": "ignored", "reason": reason, "order": ""}
    assert _state(furnished, order) == "awaiting_confirmation"


@pytest.mark.parametrize("text", ["退订", "STOP", "td"])
def test_a_stop_ends_marketing_for_the_person(gateway, furnished, clock, text):
    assert gateway(text).json()["result"] == "stopped"
    with operations(furnished) as session:
        contact = contact_policy.recent(session, "cust-1", 1)[0]
        standing = tasks.why_not(session, "cust-1", clock())[0]
    assert (contact.channel, contact.outcome) == ("other", "refused_all")
    assert (standing.task.state, standing.task.reason) == ("suppressed", "refused_all")


@pytest.mark.parametrize("secret", ["", "wrong", "线"])
def test_who_does_not_know_the_secret_is_refused(gateway, furnished, order, secret):
    assert gateway("是", secret=secret.encode()).status_code == 401
    assert _state(furnished, order) == "awaiting_confirmation"


def test_without_a_secret_in_the_settings_nobody_is_heard(furnished, clock):
    with visit(furnished, clock) as browser:
        message = {"id": "m", "from": PHONE, "text": "是"}
        answer = browser.client.post("/api/webhooks/messages", json=message, headers={"X-Webhook-Secret": ""})
    assert answer.status_code == 403
    assert answer.json()["error"]["where"] == "webhook_secret"


def test_a_message_without_its_parts_is_refused(gateway):
    assert gateway("是", key="").status_code == 400
    assert gateway("x" * 5000).json()["error"]["where"] == "body.text"


@given(st.text(max_size=40))
def test_any_sender_is_read_as_digits(text):
    assert all(letter.isdigit() for letter in _national(text))
