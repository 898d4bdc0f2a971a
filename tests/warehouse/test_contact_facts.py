"""What the contact policy learns of a customer, over all numbers of the person."""

import json
from datetime import date, datetime

import pytest

from tests.warehouse.given import Given, Row, by_customer
from yuelao.common.outcomes import Outcome
from yuelao.warehouse.contact_facts import contact_facts, recent_history
from yuelao.warehouse.features import contact_fields

MOMENT = datetime(2026, 11, 1, 9, 30)
CUSTOMERS: list[Row] = [
    {"customer_id": "one", "person_id": "p", "do_not_call": False},
    {"customer_id": "two", "person_id": "p", "do_not_call": True},
    {"customer_id": "alone"},
]


def contact(moment: datetime, customer_id: str = "one", **values: object) -> Row:
    return {"customer_id": customer_id, "contacted_at": moment, "channel": "phone", "outcome": "no_answer", **values}


def facts(*contacts: Row, complaints: list[Row] | None = None) -> dict[str, dict[str, object]]:
    given = Given(customers=CUSTOMERS, contacts=contacts, complaints=complaints or [])
    return by_customer(contact_facts(given, MOMENT))


def test_nobody_was_ever_contacted():
    never = {"contacts_today": 0, "contacts_7d": 0, "contacts_30d": 0}
    unknown = dict.fromkeys(name for name in contact_fields() if name.startswith("days_since"))
    assert facts()["alone"] == {**never, **unknown, "do_not_call": False}


def test_the_facts_are_what_policies_may_name():
    assert list(facts()["alone"]) == list(contact_fields())


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (datetime(2026, 11, 1, 0, 0), (1, 1, 1)),
        (MOMENT, (1, 1, 1)),
        (datetime(2026, 11, 1, 9, 31), (0, 0, 0)),
        (datetime(2026, 10, 31, 23, 59), (0, 1, 1)),
        (datetime(2026, 10, 25, 9, 31), (0, 1, 1)),
        (datetime(2026, 10, 25, 9, 30), (0, 0, 1)),
        (datetime(2026, 10, 2, 9, 31), (0, 0, 1)),
        (datetime(2026, 10, 2, 9, 30), (0, 0, 0)),
    ],
)
def test_windows_are_open_at_their_start_and_closed_at_the_moment(moment, counts):
    found = facts(contact(moment))["one"]
    assert (found["contacts_today"], found["contacts_7d"], found["contacts_30d"]) == counts


def test_all_numbers_of_a_person_count_for_each_of_them():
    found = facts(
        contact(datetime(2026, 10, 30), "one"),
        contact(datetime(2026, 10, 31), "two", outcome="refused"),
        complaints=[{"customer_id": "two", "occurred_at": datetime(2026, 8, 1, 23)}],
    )
    assert found["one"] == found["two"]
    assert (found["one"]["contacts_7d"], found["one"]["days_since_attempt"]) == (2, 1)
    assert (found["one"]["days_since_conversation"], found["one"]["days_since_complaint"]) == (1, 92)
    assert found["one"]["do_not_call"] is True
    assert found["alone"]["contacts_30d"] == 0


def test_a_web_banner_is_no_attempt_but_an_untold_channel_is():
    yesterday = datetime(2026, 10, 31, 12)
    assert facts(contact(yesterday, channel="web"))["one"]["contacts_7d"] == 0
    assert facts(contact(yesterday, channel=None), contact(yesterday, channel="sms"))["one"]["contacts_7d"] == 2


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_conversation_is_an_outcome_that_reached(outcome: Outcome):
    found = facts(contact(datetime(2026, 10, 29, 23), outcome=outcome.value))["one"]
    assert found["days_since_conversation"] == (3 if outcome.reached else None)
    assert found["days_since_refused_all"] == (3 if outcome is Outcome.REFUSED_ALL else None)
    assert found["days_since_complaint"] == (3 if outcome is Outcome.COMPLAINT else None)


def test_the_later_of_a_complaint_filed_and_one_made_in_a_contact_counts():
    filed: list[Row] = [{"customer_id": "one", "occurred_at": datetime(2026, 10, 1)}]
    in_contact = contact(datetime(2026, 10, 2), outcome="complaint")
    assert facts(in_contact, complaints=filed)["one"]["days_since_complaint"] == 30


def test_history_lists_other_systems_contacts_in_order_of_time():
    contacts = [
        contact(datetime(2026, 10, 20, 10, 5), "two", outcome=None),
        contact(datetime(2026, 10, 3, 9, 0, 0, 250000), "one", outcome="refused_all"),
        contact(datetime(2026, 10, 21), ledger_sequence=7),
        contact(datetime(2026, 9, 1), outcome="sold"),
    ]
    found = by_customer(recent_history(Given(customers=CUSTOMERS, contacts=contacts), MOMENT))
    earlier = json.loads(str(found["one"]["earlier_contacts"]))
    assert [(datetime.fromisoformat(time), *rest) for time, *rest in earlier] == [
        (datetime(2026, 10, 3, 9, 0, 0, 250000), "refused_all", "phone"),
        (datetime(2026, 10, 20, 10, 5), None, "phone"),
    ]
    assert found["one"] == found["two"]
    assert (found["one"]["last_refused_all_on"], found["one"]["last_conversation_on"]) == (date(2026, 10, 3),) * 2
    assert found["alone"]["earlier_contacts"] == "[]"
    assert found["alone"]["do_not_call"] is False
