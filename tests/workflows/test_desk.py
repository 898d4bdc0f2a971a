"""A call from Next to its outcome: all of it is written, or nothing; and nobody is called who must not be."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from tests.builders import a_contact
from tests.workflows.office import Desk, publish, queue, task_of, written
from yuelao.common.errors import Conflict, Refused
from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, calls, contact_policy, customers, orders, tasks
from yuelao.operations.customers.schemas import Identity
from yuelao.storage.tables import OutboxRow
from yuelao.workflows.desk_card import DeskCard
from yuelao.workflows.hand_out_task import Nothing, current
from yuelao.workflows.house import House

REASONS = {"reasons": [{"feature": "overage_data_mb_3m", "value": 3277.0, "weight": 0.4}]}


def trail(desk: Desk, object: str) -> list[str]:
    with desk.house.database.transaction(read_only=True) as session:
        return [entry.action for entry in reversed(audit.trail(session, object))]


def test_the_card_shows_the_customer_the_offer_and_why(office, desk):
    customer = queue(office, fields={"overage_data_mb_3m": 3277.0}, why=REASONS, alternatives=["data_30gb"])
    card = desk.card("en")
    assert card.customer.customer_id == customer.customer_id
    assert card.customer.masked_phone == customer.masked_phone
    assert "****" in str(card.customer.masked_phone)
    assert card.offer.code == "data_10gb"
    assert [offer.code for offer in card.alternatives] == ["data_30gb"]
    assert card.why
    assert card.script
    assert not any("{" in line.text for line in card.script)


def test_the_card_speaks_the_agents_language(office, desk):
    queue(office, why=REASONS)
    english, chinese = desk.card("en"), desk.card("zh")
    assert english.task == chinese.task
    assert english.campaign_title == "More data for those who run out"
    assert chinese.campaign_title == "流量升档"
    assert english.script != chinese.script


def test_the_same_task_until_it_is_closed(office, desk):
    queue(office, value=2.0)
    queue(office, value=1.0)
    assert desk.card().task == desk.card().task
    with office.database.transaction(read_only=True) as session:
        shown = current(session, office.workspace, desk.agent, office.now(), "en")
    assert shown is not None
    assert shown.task.task_id == desk.lease[0]


def test_the_best_comes_first_and_then_nothing(office, desk):
    second, best = queue(office, value=1.0), queue(office, value=9.0)
    first = queue(office, value=0.5, priority=80, campaign="handset-renewal")
    seen = []
    for _ in range(3):
        seen.append(desk.card().customer.customer_id)
        desk.dial()
        desk.close(Outcome.NO_ANSWER)
    assert seen == [first.customer_id, best.customer_id, second.customer_id]
    nothing = desk.next()
    assert isinstance(nothing, Nothing)
    assert nothing.reason == "empty"


def test_another_teams_task_is_left_alone(office, desk):
    queue(office, team="south")
    assert isinstance(desk.next(), Nothing)


def test_a_sale_writes_call_task_ledger_order_message_and_audit(office, desk):
    customer = queue(office)
    before = written(office)
    desk.card()
    done = desk.talk(Outcome.SOLD, note="glad")
    assert (done.state, done.outcome) == ("done", Outcome.SOLD)
    new = {name: count - before[name] for name, count in written(office).items()}
    assert new == {"calls": 1, "contacts": 1, "orders": 1, "outbox": 1, "audit": 4}
    with office.database.transaction(read_only=True) as session:
        [contact] = contact_policy.since(session, 0)
        [order] = orders.of_customer(session, customer.customer_id)
        [call] = calls.of_customer(session, customer.customer_id)
    assert (contact.outcome, contact.talk_seconds, contact.task_id) == (Outcome.SOLD, 120, done.task_id)
    assert (contact.person_id, contact.campaign, contact.agent) == (customer.person_id, "data-upgrade", "agent")
    assert (order.state, order.product, order.contact_id) == ("awaiting_confirmation", "data_10gb", contact.contact_id)
    assert (call.outcome, call.talk_seconds, call.note) == (Outcome.SOLD, 120, "glad")
    assert trail(desk, customer.customer_id) == ["phone.reveal", "call.close"]
    assert trail(desk, done.task_id) == ["task.claim"]
    assert trail(desk, order.order_id) == ["order.create"]


def test_the_message_names_the_order_and_no_number(office, desk):
    customer = queue(office)
    desk.card()
    phone = desk.dial().phone
    desk.close(Outcome.SOLD)
    with office.database.transaction(read_only=True) as session:
        [order] = orders.of_customer(session, customer.customer_id)
        message = session.scalars(select(OutboxRow)).one()
    assert message.key == f"confirm:{order.order_id}"
    assert message.payload["order"] == order.order_id
    assert str(phone) not in str(message.payload)


def test_the_alternative_can_be_sold_instead(office, desk):
    customer = queue(office, alternatives=["data_30gb"])
    desk.card()
    desk.talk(Outcome.SOLD, product="data_30gb")
    with office.database.transaction(read_only=True) as session:
        [order] = orders.of_customer(session, customer.customer_id)
        [contact] = contact_policy.since(session, 0)
    assert (order.product, order.amount, contact.product) == ("data_30gb", 40, "data_30gb")


@pytest.mark.parametrize("product", ["handset_flagship", "no_such_product"])
def test_a_failure_in_the_middle_leaves_nothing(office, desk, product):
    customer = queue(office)
    desk.card()
    desk.dial()
    desk.connect()
    before = written(office)
    with pytest.raises(Refused, match="was not offered"):
        desk.close(Outcome.SOLD, product=product)
    assert written(office) == before
    assert task_of(office, customer).state == "connected"
    assert desk.close(Outcome.SOLD).state == "done"


def test_a_product_that_is_gone_leaves_nothing_either(office, desk):
    """The order is written after call, ledger entry and task were touched: all of that must go back."""
    customer = queue(office, alternatives=["withdrawn"])
    with office.database.transaction() as session:
        task = task_of(office, customer)
    assert task.alternatives == ["withdrawn"]
    with office.database.transaction() as session:
        desk.task = tasks.claim(session, desk.agent.name, "north", office.now(), 15)
    desk.dial()
    before = written(office)
    with pytest.raises(Refused):
        desk.close(Outcome.SOLD, product="withdrawn")
    assert written(office) == before
    assert task_of(office, customer).state == "dialling"


def test_an_outcome_is_written_once(office, desk):
    queue(office)
    desk.card()
    desk.talk(Outcome.SOLD)
    before = written(office)
    with pytest.raises(Conflict) as conflict:
        desk.close(Outcome.SOLD)
    assert conflict.value.code == "lease_lost"
    assert written(office) == before


def test_who_lost_the_lease_cannot_write(office, desk):
    customer = queue(office)
    desk.card()
    desk.wait(minutes=16)
    other = Desk.of(office, "agent2")
    assert other.card().customer.customer_id == customer.customer_id
    before = written(office)
    for step in (desk.dial, desk.connect, lambda: desk.close(Outcome.NO_ANSWER)):
        with pytest.raises(Conflict):
            step()
    assert written(office) == before
    assert other.talk(Outcome.REFUSED).state == "done"


def test_nobody_is_handed_out_outside_calling_hours(office, desk):
    customer = queue(office)
    desk.wait(hours=2, minutes=30)
    nothing = desk.next()
    assert isinstance(nothing, Nothing)
    assert nothing.reason == "closed_hours"
    assert set(nothing.title) == {"en", "zh"}
    assert task_of(office, customer).state == "ready"


def test_hours_that_end_before_dialling_leave_the_task_with_its_agent(office, desk):
    customer = queue(office)
    desk.wait(hours=1, minutes=50)
    desk.card()
    desk.wait(minutes=11)
    dialled = desk.dial()
    assert dialled.phone is None
    assert dialled.refusal is not None
    assert dialled.refusal.name == "calling_hours"
    assert task_of(office, customer).state == "leased"
    assert "phone.reveal" not in trail(desk, customer.customer_id)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"do_not_call": True}, "do_not_call"),
        ({"last_refused_all_on": "2024-01-01"}, "refused_all"),
        ({"last_complaint_on": "2026-09-01"}, "complaint_ban"),
    ],
)
def test_a_customer_the_policy_refuses_is_suppressed_and_the_next_one_taken(office, desk, fields, rule):
    refused = queue(office, value=9.0, fields=fields)
    allowed = queue(office, value=1.0)
    assert desk.card().customer.customer_id == allowed.customer_id
    task = task_of(office, refused)
    assert (task.state, task.reason) == ("suppressed", rule)
    assert trail(desk, task.task_id) == ["task.suppress"]


@pytest.mark.parametrize(
    ("fields", "rule", "days"),
    [
        ({"earlier_contacts": '[["2026-11-23T08:00:00","no_answer","sms"]]'}, "once_a_day", 1),
        ({"last_conversation_on": "2026-11-21"}, "three_days_apart", 3),
    ],
)
def test_a_customer_called_too_lately_is_put_off_and_comes_back(office, desk, fields, rule, days):
    refused = queue(office, value=9.0, fields=fields)
    allowed = queue(office, value=1.0)
    assert desk.card().customer.customer_id == allowed.customer_id
    task = task_of(office, refused)
    assert (task.state, task.reason) == ("recycled", rule)
    assert task.due_at == office.now() + timedelta(days=days)
    assert trail(desk, task.task_id) == ["task.postpone"]
    desk.talk(Outcome.THINKING)
    desk.wait(days=days)
    assert desk.card().customer.customer_id == refused.customer_id


def test_many_refused_in_a_row_do_not_hold_up_the_desk(office, desk):
    for value in range(5, 30):
        queue(office, value=float(value), fields={"do_not_call": True})
    allowed = queue(office, value=1.0)
    assert desk.card().customer.customer_id == allowed.customer_id


def test_the_policy_is_asked_a_last_time_before_the_phone_rings(office, desk):
    customer = queue(office)
    desk.card()
    with office.database.transaction() as session:
        a_contact(session, person_id=customer.person_id, contacted_at=office.now())
    dialled = desk.dial()
    assert dialled.phone is None
    assert dialled.refusal is not None
    assert dialled.refusal.name == "once_a_day"
    assert task_of(office, customer).state == "recycled"
    assert written(office)["calls"] == 0
    assert "phone.reveal" not in trail(desk, customer.customer_id)


@pytest.mark.parametrize("outcome", [Outcome.COMPLAINT, Outcome.REFUSED_ALL])
def test_it_ends_everything_for_the_person(office, desk, outcome):
    """Also on another number of theirs, and in another campaign, a month later."""
    queue(office, person_id="one person")
    desk.card()
    assert desk.talk(outcome).state == "done"
    other_number = queue(office, person_id="one person", campaign="handset-renewal", product="handset_mid")
    desk.wait(days=31)
    with office.database.transaction() as session:
        publish(session, office, {})  # the next view may know nothing of it: our own ledger does
    queued = task_of(office, other_number, "handset-renewal")
    assert isinstance(desk.next(), Nothing)
    ended = task_of(office, other_number, "handset-renewal")
    assert queued.state == "ready"
    assert ended.state in ("suppressed", "expired")


def test_a_promised_call_back_comes_back_to_its_agent_at_its_time(office, desk):
    """Although the customer was called today: they asked for it."""
    queue(office)
    desk.card()
    back_at = office.now() + timedelta(hours=5)
    scheduled = desk.talk(Outcome.CALL_BACK, call_back_at=back_at)
    assert scheduled.state == "scheduled"
    other = Desk.of(office, "agent2")
    assert isinstance(desk.next(), Nothing)
    desk.wait(hours=5)
    assert isinstance(other.next(), Nothing)
    assert desk.card().task.task_id == scheduled.task_id
    assert desk.talk(Outcome.SOLD).state == "done"


@pytest.mark.parametrize("hours", [None, -1, 0])
def test_a_call_back_needs_a_time_to_come(office, desk, hours):
    queue(office)
    desk.card()
    desk.dial()
    before = written(office)
    with pytest.raises(Refused) as refusal:
        desk.close(Outcome.CALL_BACK, call_back_at=None if hours is None else office.now() + timedelta(hours=hours))
    assert refusal.value.where == "call_back_at"
    assert written(office) == before


def test_who_has_no_number_does_not_stop_the_desk(office, desk):
    silent, other = queue(office, value=9.0), queue(office, value=1.0)
    _forget_number(office, silent)
    assert desk.card().customer.customer_id == other.customer_id
    ended = task_of(office, silent)
    assert (ended.state, ended.reason) == ("suppressed", "no_number")


def test_a_number_that_goes_while_the_agent_reads(office, desk):
    customer = queue(office)
    desk.card()
    _forget_number(office, customer)
    before = written(office)
    dialled = desk.dial()
    assert dialled.phone is None
    assert dialled.refusal is not None
    assert dialled.refusal.title.keys() == {"en", "zh"}
    assert task_of(office, customer).state == "suppressed"
    assert written(office) == {**before, "audit": before["audit"] + 1}


def _forget_number(house: House, customer: Identity) -> None:
    row = {"customer_id": customer.customer_id, "source_id": customer.source_id, "phone": None}
    with house.database.transaction() as session:
        customers.save_identities(session, [row])


def test_nobody_answered_so_another_try_the_next_day(office, desk):
    queue(office)
    first = desk.card().task
    desk.dial()
    assert desk.close(Outcome.NO_ANSWER).state == "recycled"
    assert isinstance(desk.next(), Nothing)
    desk.wait(days=1)
    again = desk.card().task
    assert (again.task_id, again.attempts) == (first.task_id, 1)


def test_the_third_attempt_is_the_last(office, desk):
    customer = queue(office, expires_at=office.now() + timedelta(days=60))
    states = []
    for _ in range(3):
        desk.card()
        desk.dial()
        states.append(desk.close(Outcome.BUSY).state)
        desk.wait(days=8)
    assert states == ["recycled", "recycled", "done"]
    assert task_of(office, customer).attempts == 3
    assert isinstance(desk.next(), Nothing)


def test_nobody_was_dialled_so_nobody_can_have_answered(office, desk):
    queue(office)
    desk.card()
    before = written(office)
    with pytest.raises(Refused, match="Nobody was dialled"):
        desk.close(Outcome.SOLD)
    assert written(office) == before


def test_the_time_to_write_is_no_talk(office, desk):
    queue(office)
    desk.card()
    desk.dial()
    desk.connect()
    desk.wait(seconds=90)
    assert desk.hang_up().state == "wrap_up"
    desk.wait(minutes=4)
    desk.close(Outcome.THINKING)
    with office.database.transaction(read_only=True) as session:
        [contact] = contact_policy.since(session, 0)
    assert contact.talk_seconds == 90


def test_two_agents_never_get_the_same_customer(office):
    agents, waiting = 6, 20
    for _ in range(waiting):
        queue(office)
    desks = [Desk.of(office, f"seat-{number}") for number in range(agents)]
    together = Barrier(agents)
    seen: list[list[str]] = [[] for _ in desks]

    def work(place: int) -> None:
        together.wait()
        while isinstance(card := desks[place].next(), DeskCard):
            seen[place].append(card.customer.customer_id)
            desks[place].dial()
            desks[place].close(Outcome.NO_ANSWER)

    threads = [Thread(target=work, args=(place,)) for place in range(agents)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    called = [customer for each in seen for customer in each]
    assert len(called) == len(set(called)) == waiting
    assert written(office)["contacts"] == waiting


def test_a_task_whose_script_or_product_is_gone_does_not_stop_the_team(office, desk):
    broken, sound = queue(office, value=9.0, product="withdrawn"), queue(office, value=1.0)
    assert desk.card().customer.customer_id == sound.customer_id
    task = task_of(office, broken)
    assert task.state == "suppressed"
    assert task.reason.startswith("broken: ")
    assert "withdrawn" in task.reason
    assert trail(desk, task.task_id) == ["task.suppress"]


def test_a_product_withdrawn_while_the_card_is_open_gives_way_to_the_next(office, desk):
    broken, sound = queue(office, value=9.0, alternatives=["withdrawn"]), queue(office, value=1.0)
    with office.database.transaction() as session:
        assert tasks.claim(session, desk.agent.name, "north", office.now(), 15) is not None
    with office.database.transaction(read_only=True) as session:
        assert current(session, office.workspace, desk.agent, office.now(), "en") is None
    assert desk.card().customer.customer_id == sound.customer_id
    assert task_of(office, broken).state == "suppressed"


def test_a_call_back_is_not_promised_for_next_year(office, desk):
    queue(office)
    desk.card()
    desk.dial()
    with pytest.raises(Refused, match="90 days") as refusal:
        desk.close(Outcome.CALL_BACK, call_back_at=office.now() + timedelta(days=91))
    assert refusal.value.where == "call_back_at"
    assert desk.close(Outcome.CALL_BACK, call_back_at=office.now() + timedelta(days=89)).state == "scheduled"
