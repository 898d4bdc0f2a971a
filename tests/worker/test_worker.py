"""The worker sends each message once, also when the gateway was down; and what was launched late expires."""

import json
import logging
from datetime import timedelta
from threading import Event

import pytest

from tests.builders import a_customer, a_product
from yuelao.common.clock import FixedClock
from yuelao.common.errors import Unavailable
from yuelao.common.settings import Workspace
from yuelao.connectors.messaging import ShortMessage
from yuelao.operations import audit
from yuelao.storage import outbox
from yuelao.storage.session import Database
from yuelao.warehouse.lake import Lake
from yuelao.worker import MESSAGES_FILE, work, work_once
from yuelao.workflows.house import House
from yuelao.workflows.send_outbox import send_outbox


@pytest.fixture
def house(database: Database, workspace: Workspace, clock: FixedClock) -> House:
    return House(workspace, database, Lake(workspace.lake), clock)


class Gateway:
    """Counts what it was given; down for the first `down` messages."""

    def __init__(self, down: int = 0) -> None:
        self.down = down
        self.taken: list[ShortMessage] = []

    def send(self, message: ShortMessage) -> None:
        if self.down:
            self.down -= 1
            raise Unavailable("The gateway is down")
        self.taken.append(message)


def order(house: House, number: int = 1) -> str:
    """An order to be confirmed; returns the customer's number."""
    phone = f"1380000{number:04}"
    with house.database.transaction() as session:
        a_product(session, title={"en": "10 GB", "zh": "10GB流量包"})
        customer = a_customer(session, phone=phone)
        payload = {"order": f"o{number}", "customer_id": customer.customer_id, "product": "data_10gb"}
        outbox.send_later(session, "sms.confirm_order", f"confirm:o{number}", payload, house.now())
    return phone


def sent(house: House) -> list[dict[str, str]]:
    text = (house.workspace.path / MESSAGES_FILE).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def counts(house: House) -> dict[str, int]:
    with house.database.transaction(read_only=True) as session:
        return outbox.counts(session)


def test_a_message_goes_to_the_customers_number_in_the_workspaces_language(house):
    phone = order(house)
    assert work_once(house) == 1
    [message] = sent(house)
    assert (message["key"], message["phone"]) == ("confirm:o1", phone)
    assert "10GB流量包" in message["text"]
    assert "{" not in message["text"]
    assert counts(house) == {"sent": 1}


def test_nothing_is_sent_twice(house):
    order(house)
    assert [work_once(house), work_once(house)] == [1, 0]
    assert len(sent(house)) == 1


def test_more_than_one_batch_goes_out_at_once(house):
    for number in range(120):
        order(house, number)
    assert work_once(house) == 120
    assert len({message["key"] for message in sent(house)}) == 120


def test_a_gateway_that_fails_once_gets_it_again_later(house, clock):
    order(house)
    gateway = Gateway(down=1)
    assert send_outbox(house, gateway) == 0
    assert counts(house) == {"waiting": 1}
    assert send_outbox(house, gateway) == 0
    clock.advance(outbox.FIRST_RETRY + timedelta(seconds=1))
    assert [send_outbox(house, gateway), send_outbox(house, gateway)] == [1, 0]
    assert [message.key for message in gateway.taken] == ["confirm:o1"]


def test_one_bad_moment_does_not_hold_up_the_others(house):
    for number in range(3):
        order(house, number)
    gateway = Gateway(down=1)
    assert send_outbox(house, gateway) == 2
    assert counts(house) == {"sent": 2, "waiting": 1}


def test_a_gateway_that_stays_down_is_given_up_in_the_end(house, clock):
    order(house)
    gateway = Gateway(down=1_000)
    for _ in range(outbox.MOST_ATTEMPTS + 3):
        send_outbox(house, gateway)
        clock.advance(outbox.LONGEST_RETRY)
    assert counts(house) == {"failed": 1}
    assert 1_000 - gateway.down == outbox.MOST_ATTEMPTS


def test_a_customer_without_a_number_does_not_stop_the_worker(house):
    with house.database.transaction() as session:
        a_product(session)
        customer = a_customer(session, phone=None)
        payload = {"order": "o0", "customer_id": customer.customer_id, "product": "data_10gb"}
        outbox.send_later(session, "sms.confirm_order", "confirm:o0", payload, house.now())
    order(house)
    assert work_once(house) == 1
    assert counts(house) == {"sent": 1, "waiting": 1}


def test_nothing_waits_for_a_slow_gateway(house):
    class Slow(Gateway):
        def send(self, message: ShortMessage) -> None:
            with house.database.transaction() as session:  # another one writes meanwhile; would time out behind a lock
                audit.record(session, "li", "note.write", "x", {}, house.now())
            super().send(message)

    order(house)
    assert send_outbox(house, Slow()) == 1
    with house.database.transaction(read_only=True) as session:
        assert audit.trail(session, "x")


def test_the_reveal_of_a_number_is_audited(house):
    order(house)
    work_once(house)
    with house.database.transaction(read_only=True) as session:
        entries = [entry for entry in audit.trail(session) if entry.action == "phone.reveal"]
    assert [entry.detail["message"] for entry in entries] == ["confirm:o1"]


def test_a_failure_is_logged_and_the_worker_goes_on(house, monkeypatch, caplog):
    stop, rounds = Event(), []

    def fail_once(_house: House) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise ValueError("a row nobody thought of")
        stop.set()
        return 0

    monkeypatch.setattr("yuelao.worker.work_once", fail_once)
    monkeypatch.setattr("yuelao.worker._PAUSE_SECONDS", 0)
    with caplog.at_level(logging.ERROR, "yuelao.worker"):
        work(house, stop)
    assert len(rounds) == 2
    assert "a row nobody thought of" in caplog.text
