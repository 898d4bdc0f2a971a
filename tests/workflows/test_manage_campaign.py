"""A campaign that rests or has ended is not called: what waits stays or ends, a call that goes on goes on."""

import pytest

from tests.workflows.office import queue, task_of
from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, campaigns
from yuelao.workflows.hand_out_task import Nothing
from yuelao.workflows.manage_campaign import move

NAME = "data-upgrade"


def take_step(office, *steps: str) -> None:
    for step in steps:
        with office.database.transaction() as session:
            move(session, NAME, step, "planner", office.now(), "because")


def next_version(office) -> None:
    """A second version that is approved and starts at once."""
    with office.database.transaction() as session:
        definition = campaigns.get(session, NAME).definition
        campaigns.save(session, definition.model_copy(update={"holdout": 0.3, "trial": None}), "planner", office.now())
    take_step(office, "submit", "approve", "start")


def test_a_paused_campaign_is_not_handed_out_and_comes_back_with_resume(office, desk):
    resting = queue(office, priority=90)
    other = queue(office, priority=10, campaign="handset-renewal", product="handset_mid")
    take_step(office, "pause")
    assert desk.card().customer.customer_id == other.customer_id
    desk.talk(Outcome.REFUSED)
    assert isinstance(desk.next(), Nothing)
    assert task_of(office, resting).state == "ready"
    take_step(office, "resume")
    assert desk.card().customer.customer_id == resting.customer_id


def test_a_call_back_of_a_paused_campaign_waits_too(office, desk):
    queue(office)
    desk.card()
    back_at = office.now().replace(minute=30)
    desk.talk(Outcome.CALL_BACK, call_back_at=back_at)
    take_step(office, "pause")
    desk.wait(hours=1)
    assert isinstance(desk.next(), Nothing)
    take_step(office, "resume")
    assert desk.card().task.call_back


def test_a_pause_between_the_card_and_the_phone_puts_the_task_off(office, desk):
    customer = queue(office)
    desk.card()
    take_step(office, "pause")
    dialled = desk.dial()
    assert dialled.phone is None
    assert dialled.refusal is not None
    task = task_of(office, customer)
    assert (task.state, task.reason) == ("recycled", "campaign_paused")
    take_step(office, "resume")
    desk.wait(days=1)
    assert desk.card().customer.customer_id == customer.customer_id


@pytest.mark.parametrize(("end", "reason"), [("close", "campaign_closed"), ("replace", "campaign_replaced")])
def test_what_waits_ends_with_its_campaign(office, desk, end, reason):
    waiting = queue(office)
    other = queue(office, priority=10, campaign="handset-renewal", product="handset_mid")
    next_version(office) if end == "replace" else take_step(office, end)
    task = task_of(office, waiting)
    assert (task.state, task.reason) == ("suppressed", reason)
    assert desk.card().customer.customer_id == other.customer_id
    with office.database.transaction(read_only=True) as session:
        assert audit.trail(session, NAME)[0].detail["tasks_ended"] == 1


def test_a_call_that_goes_on_goes_on_but_is_not_tried_again(office, desk):
    customer = queue(office)
    desk.card()
    desk.dial()
    take_step(office, "close")
    assert desk.close(Outcome.NO_ANSWER).state == "recycled"
    desk.wait(days=1)
    assert isinstance(desk.next(), Nothing)
    task = task_of(office, customer)
    assert (task.state, task.reason) == ("suppressed", "campaign_ended")


def test_who_was_handed_out_when_the_campaign_ended_is_not_dialled(office, desk):
    customer = queue(office)
    desk.card()
    take_step(office, "close")
    assert desk.dial().phone is None
    assert task_of(office, customer).state == "suppressed"
