"""The contact policy for the whole base and for one customer are one policy: same facts, same verdicts.

The base's facts come from the lake; one customer's from our own ledger and what the last refresh published. Asked
about many customers at several moments, also of contacts that our own desk made, they must agree.
"""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_contact
from tests.world import AS_OF, CAMPAIGN, MORNING, copy_of, house_at
from yuelao.common.clock import FixedClock
from yuelao.common.outcomes import Outcome
from yuelao.operations import contact_policy, customers
from yuelao.operations import decisions as runs
from yuelao.warehouse.contact_facts import contact_facts
from yuelao.warehouse.features import contact_fields
from yuelao.workflows.check_policy import PolicyCheck
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.refresh_customers import refresh

Facts = dict[str, dict[str, object]]


def bulk(house: House) -> Facts:
    """The facts about everybody, as a match sees them."""
    with house.lake.snapshot() as snapshot:
        rows = contact_facts(snapshot, house.local_now()).to_pyarrow().to_pylist()
    return {str(row.pop("customer_id")): row for row in rows}


def single(house: House, ids: list[str]) -> Facts:
    """The facts about each of these, as a desk sees them."""
    moment, zone = house.local_now(), house.workspace.timezone
    with house.database.transaction(read_only=True) as session:
        published, persons = customers.profiles(session, ids), customers.persons(session, ids)
        found = {
            name: contact_policy.facts(
                contact_policy.history(session, persons[name], zone), published.get(name, {}), moment
            )
            for name in ids
        }
    return {name: {fact: facts[fact] for fact in contact_fields()} for name, facts in found.items()}


def differences(house: House) -> dict[str, tuple[object, object]]:
    """Where the two disagree, over everybody who is in the view."""
    everybody = bulk(house)
    with house.database.transaction(read_only=True) as session:
        ids = sorted(customers.profiles(session, everybody))
    one_by_one = single(house, ids)
    assert len(ids) > 2_000
    return {name: (everybody[name], one_by_one[name]) for name in ids if everybody[name] != one_by_one[name]}


def test_the_facts_have_the_same_names():
    assert list(contact_policy.FACTS) == list(contact_fields())


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=14), timedelta(days=6, hours=3), timedelta(days=40)])
def test_they_agree_on_the_operators_own_history(trained_world, tmp_path, later):
    with house_at(copy_of(trained_world, tmp_path / "workspace"), MORNING + later) as house:
        assert differences(house) == {}


def test_the_history_is_worth_comparing(trained):
    facts = list(bulk(trained).values())
    for name in contact_fields():
        if name == "contacts_today":  # nobody yet: the extracts end two days before
            continue
        assert len({fact[name] for fact in facts}) > 1, name


@pytest.mark.parametrize("refreshed", [False, True])
def test_they_agree_when_our_own_ledger_joins(trained, refreshed):
    """Contacts of every outcome on both channels, several a person, on other numbers of theirs too."""
    clock = trained.clock
    assert isinstance(clock, FixedClock)
    _call_many(trained)
    publish_ledgers(trained)
    if refreshed:
        clock.advance(timedelta(hours=1))
        refresh(trained, AS_OF)
    for step in (timedelta(minutes=1), timedelta(days=1), timedelta(days=6, hours=23), timedelta(days=24)):
        clock.advance(step)
        assert differences(trained) == {}


def _call_many(house: House) -> None:
    everybody = sorted(bulk(house))[:400]
    outcomes = list(Outcome)
    with house.database.transaction() as session:
        persons = customers.persons(session, everybody)
        for place, name in enumerate(everybody):
            for call in range(1 + place % 3):  # the first of them today
                a_contact(
                    session,
                    customer_id=name,
                    person_id=persons[name],
                    contacted_at=house.now() - timedelta(days=call * 5, minutes=place),
                    channel="sms" if place % 7 == 0 else "phone",
                    outcome=outcomes[(place + call) % len(outcomes)],
                )


def test_whom_a_match_refused_the_desk_would_refuse_by_the_same_rule(matched):
    with matched.database.transaction(read_only=True) as session:
        run = runs.newest(session, CAMPAIGN)
        assert run is not None
        policy = PolicyCheck(session, matched.workspace, matched.now())
        with matched.lake.snapshot() as snapshot:
            rows = snapshot.dataset("decisions", run.run).to_pyarrow().to_pylist()
        seen = set()
        for row in rows:
            refusal = policy.person(row["customer_id"], row["person_id"], "match")
            assert row["rule"] == (refusal.name if refusal else None), row["customer_id"]
            seen.add(row["rule"])
    assert len(seen) >= 3


def test_nobody_is_published_twice_or_forgotten(trained):
    _call_many(trained)
    first = publish_ledgers(trained)
    with trained.database.transaction(read_only=True) as session:
        recorded = len(contact_policy.since(session, 0))
    assert first == {"contacts": recorded}
    assert publish_ledgers(trained) == {}
    with trained.database.transaction() as session:
        a_contact(session, customer_id=sorted(bulk(trained))[0], contacted_at=datetime(2026, 11, 2, 3, tzinfo=UTC))
    assert publish_ledgers(trained) == {"contacts": 1}
