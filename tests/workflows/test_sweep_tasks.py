"""Calls that nobody closed: in the ledger like any other, tried again at most as often as any other."""

import pytest

from tests.workflows.office import queue, task_of, written
from yuelao.common.errors import Conflict
from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, calls, contact_policy
from yuelao.workflows.hand_out_task import Nothing
from yuelao.workflows.sweep_tasks import sweep


def swept(office) -> None:
    with office.database.transaction() as session:
        sweep(session, office.now())


@pytest.mark.parametrize(
    ("answered", "outcome", "state"), [(False, "no_answer", "recycled"), (True, "thinking", "done")]
)
def test_an_abandoned_call_is_a_contact_and_its_call_is_closed(office, desk, answered, outcome, state):
    customer = queue(office)
    desk.card()
    dialled_at = office.now()
    desk.dial()
    if answered:
        desk.connect()
    desk.wait(minutes=61)
    swept(office)
    swept(office)
    task = task_of(office, customer)
    assert (task.state, task.outcome, task.attempts) == (state, outcome, 1)
    with office.database.transaction(read_only=True) as session:
        [contact] = contact_policy.since(session, 0)
        [call] = calls.of_customer(session, customer.customer_id)
        assert audit.trail(session, customer.customer_id)[0].action == "call.abandon"
    assert (contact.outcome, contact.contacted_at, contact.agent) == (outcome, dialled_at, "agent")
    assert (call.outcome, call.talk_seconds) == (outcome, 0)
    with pytest.raises(Conflict):
        desk.close(Outcome.SOLD)


def test_the_end_of_a_talk_that_was_told_counts(office, desk):
    queue(office)
    desk.card()
    desk.dial()
    desk.connect()
    desk.wait(seconds=90)
    desk.hang_up()
    desk.wait(minutes=61)
    swept(office)
    with office.database.transaction(read_only=True) as session:
        [contact] = contact_policy.since(session, 0)
    assert contact.talk_seconds == 90


def test_who_comes_back_and_presses_next_leaves_the_old_call_closed(office, desk):
    first, second = queue(office, value=9.0), queue(office, value=1.0)
    desk.card()
    desk.dial()
    desk.wait(minutes=61)
    assert desk.card().customer.customer_id == second.customer_id
    assert task_of(office, first).state == "recycled"
    assert written(office)["contacts"] == 1


def test_a_call_abandoned_three_times_is_not_tried_again(office, desk):
    customer = queue(office, expires_at=office.now().replace(year=2027))
    for _ in range(3):
        desk.card()
        desk.dial()
        desk.wait(days=8)
        swept(office)
        desk.wait(days=7)
        swept(office)
    assert task_of(office, customer).state == "done"
    assert isinstance(desk.next(), Nothing)
