"""The contact policy: facts from the ledger and from earlier systems, rules in order, a ledger that misses nothing."""

import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, a_contact
from yuelao.common.errors import NotFound, Refused
from yuelao.common.outcomes import REACHED, Outcome
from yuelao.operations import contact_policy
from yuelao.operations.contact_policy.rules import CLOCK, FACTS, Touch
from yuelao.operations.contact_policy.schemas import PolicyDefinition
from yuelao.storage.session import Database
from yuelao.warehouse.features import contact_fields

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 11, 23, 10, 0)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def policy() -> PolicyDefinition:
    """The policy that comes with the telecom pack."""
    text = (files("yuelao") / "packs" / "telecom" / "contact_policy.yaml").read_text(encoding="utf-8")
    return PolicyDefinition.model_validate(yaml.safe_load(text))


def _called(ago: timedelta, outcome: Outcome = Outcome.NO_ANSWER, channel: str = "phone") -> Touch:
    return Touch(MOMENT - ago, channel, outcome.value)


def _refusal(policy: PolicyDefinition, history: list[Touch], when: str = "claim", **published: Any) -> str | None:
    facts = contact_policy.facts(history, published, MOMENT)
    refusal = contact_policy.decide(policy, when, facts, MOMENT.date())
    return refusal.name if refusal else None


# --- facts


def test_a_stranger_has_counts_of_zero_and_days_of_nothing() -> None:
    facts = contact_policy.facts([], {}, MOMENT)
    assert [facts[name] for name in ("contacts_today", "contacts_7d", "contacts_30d")] == [0, 0, 0]
    assert all(value is None for name, value in facts.items() if name.startswith("days_since"))
    assert facts["do_not_call"] is False
    assert (facts["local_hour"], facts["local_minute_of_day"], facts["weekday"]) == (10, 600, 1)


def test_facts_are_named_as_the_bulk_form_names_them() -> None:
    assert contact_fields() == contact_policy.FACTS
    assert set(contact_policy.facts([], {}, MOMENT)) == {*FACTS, *CLOCK}


def test_days_are_counted_on_the_local_calendar_and_windows_in_hours() -> None:
    late_yesterday = Touch(datetime(2026, 11, 22, 23, 59), "phone", "refused")
    facts = contact_policy.facts([late_yesterday, _called(7 * DAY), _called(30 * DAY)], {}, MOMENT)
    assert facts["contacts_today"] == 0
    assert facts["days_since_conversation"] == 1
    assert (facts["contacts_7d"], facts["contacts_30d"]) == (1, 2)


def test_only_calls_and_messages_count_as_attempts() -> None:
    history = [_called(DAY, channel=channel) for channel in ("phone", "sms", "web", "hall")]
    assert contact_policy.facts(history, {}, MOMENT)["contacts_7d"] == 2


def test_what_other_systems_know_counts_too() -> None:
    earlier = [["2026-11-23T09:00:00", "no_answer", "phone"], ["2026-11-20T09:00:00", None, None]]
    published = {
        "earlier_contacts": json.dumps(earlier),
        "last_complaint_on": "2026-11-01",
        "last_refused_all_on": date(2026, 10, 1),
        "last_conversation_on": "2026-11-13",
        "do_not_call": True,
    }
    facts = contact_policy.facts([_called(DAY, Outcome.THINKING)], published, MOMENT)
    assert (facts["contacts_today"], facts["contacts_7d"]) == (1, 3)
    assert (facts["days_since_complaint"], facts["days_since_refused_all"]) == (22, 53)
    assert (facts["days_since_conversation"], facts["days_since_attempt"]) == (1, 0)
    assert facts["do_not_call"] is True


_TOUCHES = st.lists(
    st.builds(
        Touch,
        at=st.datetimes(MOMENT - 100 * DAY, MOMENT + 2 * DAY),
        channel=st.sampled_from(["phone", "sms", "web", None]),
        outcome=st.sampled_from([None, *(outcome.value for outcome in Outcome)]),
    ),
    max_size=12,
)


@given(_TOUCHES)
def test_facts_never_go_below_zero_and_wider_windows_hold_more(history: list[Touch]) -> None:
    facts = contact_policy.facts(history, {}, MOMENT)
    assert 0 <= facts["contacts_today"] <= facts["contacts_7d"] <= facts["contacts_30d"] <= len(history)
    assert all(value >= 0 for name, value in facts.items() if name.startswith("days_since") and value is not None)
    assert (facts["days_since_conversation"] is None) == (not any(touch.outcome in REACHED for touch in history))


@given(_TOUCHES, _TOUCHES)
def test_it_does_not_matter_which_system_made_a_contact(ours: list[Touch], others: list[Touch]) -> None:
    published = json.dumps([[touch.at.isoformat(), touch.outcome, touch.channel] for touch in others])
    split = contact_policy.facts(ours, {"earlier_contacts": published}, MOMENT)
    assert split == contact_policy.facts([*others, *ours], {}, MOMENT)


# --- rules


@pytest.mark.parametrize(
    ("history", "rule"),
    [
        ([], None),
        ([_called(timedelta(hours=1))], "once_a_day"),
        ([_called(2 * DAY), _called(3 * DAY)], "twice_a_week"),
        ([_called(8 * DAY), _called(9 * DAY), _called(10 * DAY), _called(11 * DAY)], "four_a_month"),
        ([_called(2 * DAY, Outcome.THINKING)], "three_days_apart"),
        ([_called(3 * DAY, Outcome.THINKING)], None),
        ([_called(89 * DAY, Outcome.COMPLAINT)], "complaint_ban"),
        ([_called(90 * DAY, Outcome.COMPLAINT)], None),
        ([_called(3000 * DAY, Outcome.REFUSED_ALL)], "refused_all"),
    ],
)
def test_the_default_rules(policy: PolicyDefinition, history: list[Touch], rule: str | None) -> None:
    assert _refusal(policy, history) == rule


def test_the_first_rule_that_refuses_gives_the_reason_and_what_it_saw(policy: PolicyDefinition) -> None:
    facts = contact_policy.facts([_called(timedelta(0), Outcome.COMPLAINT)], {"do_not_call": False}, MOMENT)
    refusal = contact_policy.decide(policy, "dial", facts, MOMENT.date())
    assert refusal is not None
    assert (refusal.name, refusal.values) == ("complaint_ban", {"days_since_complaint": 0})
    verdicts = contact_policy.explain(policy, "dial", facts, MOMENT.date())
    assert [verdict.rule.name for verdict in verdicts if verdict.refuses] == [
        "complaint_ban",
        "once_a_day",
        "three_days_apart",
    ]


def test_a_rule_is_asked_at_its_moments_only(policy: PolicyDefinition) -> None:
    today = [_called(timedelta(hours=1), Outcome.CALL_BACK)]
    assert _refusal(policy, today, "claim") == "once_a_day"
    assert _refusal(policy, today, "call_back") is None


@pytest.mark.parametrize(("hour", "minute", "closed"), [(8, 59, 1), (9, 0, 0), (11, 59, 0), (12, 0, 1), (20, 0, 1)])
def test_calling_hours_are_local(policy: PolicyDefinition, hour: int, minute: int, closed: int) -> None:
    moment = MOMENT.replace(hour=hour, minute=minute)
    facts = contact_policy.facts([], {}, moment)
    refusal = contact_policy.decide(policy, "hours", facts, moment.date())
    assert (refusal is not None) == bool(closed)


def _one_rule(refuse: str, when: list[str]) -> PolicyDefinition:
    rule = {"name": "rule", "title": "A rule", "refuse": refuse, "when": when}
    return PolicyDefinition.model_validate({"title": "Policy", "rules": [rule]})


@pytest.mark.parametrize(
    ("limit", "contacts", "refused"), [("contacts_7d >= 0", 0, True), ("contacts_7d > 0", 0, False)]
)
def test_a_limit_of_zero_is_a_limit(limit: str, contacts: int, refused: bool) -> None:
    facts = contact_policy.facts([_called(DAY)] * contacts, {}, MOMENT)
    decision = contact_policy.decide(_one_rule(limit, ["claim"]), "claim", facts, MOMENT.date())
    assert (decision is not None) == refused


def test_a_policy_whose_condition_cannot_be_read_is_not_saved(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(Refused, match="contacts_7d"):
            contact_policy.save(session, _one_rule("contacts_7 > 1", ["claim"]), "me", NOW)
        with pytest.raises(Refused, match="local_hour"):
            contact_policy.save(session, _one_rule("local_hour < 9", ["match"]), "me", NOW)
        with pytest.raises(NotFound):
            contact_policy.current(session)


def test_a_saved_policy_comes_back(database: Database, policy: PolicyDefinition) -> None:
    with database.transaction() as session:
        assert contact_policy.save(session, policy, "me", NOW) == 1
        assert contact_policy.save(session, policy, "me", NOW) == 1
        assert contact_policy.current(session) == policy


def test_two_rules_of_one_name_are_refused() -> None:
    rule = {"name": "rule", "title": "A rule", "refuse": "do_not_call", "when": ["claim"]}
    with pytest.raises(ValueError, match="two rules"):
        PolicyDefinition.model_validate({"title": "Policy", "rules": [rule, rule]})


# --- the ledger


def test_the_ledger_is_read_in_order_from_any_place(database: Database) -> None:
    with database.transaction() as session:
        assert contact_policy.last_sequence(session) == 0
        first, second, third = (a_contact(session, customer_id=name) for name in "abc")
        assert first.sequence < second.sequence < third.sequence == contact_policy.last_sequence(session)
        assert contact_policy.since(session, 0) == [first, second, third]
        assert contact_policy.since(session, first.sequence, limit=1) == [second]


def test_a_persons_contacts_over_all_numbers_on_the_local_clock(database: Database) -> None:
    with database.transaction() as session:
        a_contact(session, person_id="p", customer_id="one", contacted_at=datetime(2026, 11, 22, 17, tzinfo=UTC))
        a_contact(session, person_id="p", customer_id="two", contacted_at=NOW, outcome=Outcome.SOLD)
        a_contact(session, person_id="q")
        assert contact_policy.history(session, "p", SHANGHAI) == [
            Touch(datetime(2026, 11, 23, 1), "phone", "no_answer"),
            Touch(datetime(2026, 11, 23, 10), "phone", "sold"),
        ]
        assert [contact.customer_id for contact in contact_policy.recent(session, "p", limit=1)] == ["two"]


def test_a_reader_never_misses_a_contact_that_commits_late(database: Database) -> None:
    """A writer has its number and waits; another writes meanwhile. No reader may see the later one first."""
    has_number, never = Event(), Event()

    def slow() -> None:
        with database.transaction() as session:
            a_contact(session, customer_id="slow")
            has_number.set()
            never.wait(0.5)

    def quick() -> None:
        with database.transaction() as session:
            a_contact(session, customer_id="quick")

    writers = [Thread(target=slow), Thread(target=quick)]
    writers[0].start()
    has_number.wait(10)
    writers[1].start()
    seen: list[str] = []
    newest = 0
    ended = False
    while not ended:
        ended = not any(writer.is_alive() for writer in writers)  # asked before the read: what they wrote is then there
        with database.transaction(read_only=True) as session:
            for contact in contact_policy.since(session, newest):
                seen.append(contact.customer_id)
                newest = contact.sequence
        writers[1].join(0.05)
    assert seen == ["slow", "quick"]


def test_the_hours_open_to_calling_are_those_no_rule_refuses(policy: PolicyDefinition) -> None:
    conditions = {
        "evenings": "local_hour < 18 or local_hour > 19",
        "sunday": "weekday = 7",
        "once": "contacts_30d >= 0",
    }
    title = {"en": "Test", "zh": "测试"}
    rules = [
        contact_policy.PolicyRule.model_validate(
            {"name": name, "title": title, "refuse": text, "when": ["claim" if name == "once" else "hours"]}
        )
        for name, text in conditions.items()
    ]
    only = policy.model_copy(update={"rules": tuple(rules)})
    assert contact_policy.calling_slots(only) == tuple((day, hour) for day in range(6) for hour in (18, 19))
    usual = contact_policy.calling_slots(policy)
    assert {hour for _day, hour in usual} == {9, 10, 11, 14, 15, 16, 17, 18, 19}
    assert len(usual) == 7 * 9
