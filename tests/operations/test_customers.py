"""Customers: identities kept apart from history, profiles in generations, numbers masked."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests.builders import NOW, a_customer
from tests.postgresql import Cluster
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.operations import customers
from yuelao.operations.customers.schemas import ViewModelDefinition
from yuelao.storage.session import Database
from yuelao.storage.tables import ProfileRow

_AS_OF = date(2026, 11, 1)


def _publish(session, fields: dict[str, dict[str, object]], as_of: date = _AS_OF) -> int:
    generation = customers.new_generation(session, as_of, NOW)
    rows = [{"customer_id": customer, "fields": values} for customer, values in fields.items()]
    customers.add_profiles(session, generation, rows)
    customers.flip(session, generation, NOW)
    return generation


def test_a_customer_is_found_by_every_id_and_masked(database: Database) -> None:
    with database.transaction() as session:
        a_customer(session, {"arpu_3m": 80.5}, customer_id="abc", source_id="S1", phone="19912341234", name="李四")
        for text in ("abc", "S1", " 19912341234 "):
            found = customers.find(session, text)
            assert (found.customer_id, found.masked_phone, found.fields) == ("abc", "199****1234", {"arpu_3m": 80.5})
        assert "19912341234" not in found.model_dump_json()
        assert customers.reveal_phone(session, "abc") == "19912341234"
        with pytest.raises(NotFound):
            customers.find(session, "19900000000")


def test_a_number_of_several_customers_asks_for_an_id(database: Database) -> None:
    with database.transaction() as session:
        a_customer(session, source_id="S1", phone="1"), a_customer(session, source_id="S2", phone="1")
        with pytest.raises(Refused, match="S1, S2"):
            customers.find(session, "1")


def test_identities_can_be_saved_again_and_change(database: Database) -> None:
    with database.transaction() as session:
        a_customer(session, customer_id="abc", source_id="S1", city="NORTH")
        a_customer(session, customer_id="abc", source_id="S1", city="SOUTH", phone=None)
        (known,) = customers.identities(session, ["abc", "unknown"])
        assert (known.city, known.masked_phone, known.person_id) == ("SOUTH", None, "abc")
        with pytest.raises(NotFound):
            customers.reveal_phone(session, "abc")


def test_what_a_row_does_not_bring_stays_as_it_was(database: Database) -> None:
    known: dict[str, Any] = {"customer_id": "abc", "source_id": "S1"}
    with database.transaction() as session:
        a_customer(session, **known, person_id="p", name="李四", phone="19912341234", city="NORTH")
        customers.save_identities(session, [known])
        rows: list[dict[str, Any]] = [
            {**known, "city": "SOUTH"},
            {"customer_id": "new", "source_id": "S2"},
            {**known, "name": None},
        ]
        assert customers.save_identities(session, rows) == 3
        kept, new = sorted(customers.identities(session, ["abc", "new"]), key=lambda each: each.customer_id)
    assert (kept.person_id, kept.name, kept.masked_phone, kept.city) == ("p", None, "199****1234", "SOUTH")
    assert (new.person_id, new.name, new.masked_phone, new.city) == ("new", None, None, None)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_pseudonym_never_stands_for_two_customers(database: Database, at_once: bool) -> None:
    rows = [{"customer_id": "abc", "source_id": source} for source in ("S1", "S2")]
    with database.transaction() as session:
        if not at_once:
            customers.save_identities(session, rows[:1])
        with pytest.raises(Refused, match="S2") as refusal:
            customers.save_identities(session, rows if at_once else rows[1:])
        assert refusal.value.code == "pseudonym_collision"


def test_the_person_behind_each_number(database: Database) -> None:
    with database.transaction() as session:
        one, two = a_customer(session, person_id="p"), a_customer(session, person_id="p")
        alone = a_customer(session)
        found = customers.persons(session, [one.customer_id, two.customer_id, alone.customer_id, "unknown"])
    assert found == {one.customer_id: "p", two.customer_id: "p", alone.customer_id: alone.customer_id}


def test_readers_see_a_generation_whole_or_not_at_all(database: Database) -> None:
    with database.transaction() as session:
        customer = a_customer(session).customer_id
        assert customers.profile(session, customer).as_of is None
        assert customers.newest_as_of(session) is None
        first = _publish(session, {customer: {"arpu_3m": 1}})
        filling = customers.new_generation(session, _AS_OF, NOW)
        customers.add_profiles(session, filling, [{"customer_id": customer, "fields": {"arpu_3m": 2}}])
        assert customers.published_fields(session, customer) == {"arpu_3m": 1}
        customers.flip(session, filling, NOW)
        assert customers.published_fields(session, customer) == {"arpu_3m": 2}
        assert customers.profiles(session, [customer, "unknown"]) == {customer: {"arpu_3m": 2}}
        assert customers.newest_as_of(session) == _AS_OF
        for ended in (first, filling):
            with pytest.raises(Conflict):
                customers.flip(session, ended, NOW)


def test_old_generations_go_in_short_steps_and_a_filling_one_stays(database: Database) -> None:
    with database.transaction() as session:
        for _ in range(3):
            _publish(session, {f"c{number}": {} for number in range(5)})
        filling = customers.new_generation(session, _AS_OF, NOW)
        customers.add_profiles(session, filling, [{"customer_id": "c", "fields": {}}])
        steps = []
        while dropped := customers.drop_old_generations(session, limit=4):
            steps.append(dropped)
        assert sum(steps) == 10
        assert max(steps) <= 4
        assert session.scalar(select(func.count()).select_from(ProfileRow)) == 6


def test_old_generations_go_whatever_the_order_of_the_alphabet(postgresql: Cluster, migrated_postgresql: str) -> None:
    """In the dictionary's order a < B < c; in the order of bytes B < a < c."""
    name = postgresql.create(template=migrated_postgresql)
    with closing(Database(postgresql.url(name))) as database, database.transaction() as session:
        session.execute(text('ALTER TABLE profiles ALTER customer_id TYPE varchar COLLATE "en-x-icu"'))
        for _ in range(2):
            _publish(session, {customer: {} for customer in ("a", "B", "c", "D")})
        assert [customers.drop_old_generations(session, limit=3) for _ in range(3)] == [3, 1, 0]
        assert session.scalar(select(func.count()).select_from(ProfileRow)) == 4
    postgresql.drop(name)


@pytest.mark.parametrize(
    "read", [lambda *of: customers.profile(*of).fields, customers.published_fields], ids=["profile", "profiles"]
)
def test_a_profile_replaced_while_it_is_read_is_read_whole(database: Database, read: Callable[..., object]) -> None:
    """The next profiles are shown and the former ones dropped between any two statements of the reader."""

    def publish(session: Session, name: str) -> None:
        generation = customers.new_generation(session, _AS_OF, NOW, ["is_staff", name])
        customers.copy_profiles(session, generation, [("c", "[null, true]")])
        customers.flip(session, generation, NOW)

    def replace(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "profile_generations" in statement and not replaced:
            replaced.append(statement)
            with database.transaction() as other:
                publish(other, "opted_out")
                assert customers.drop_old_generations(other) == 1

    replaced: list[str] = []
    with database.transaction() as session:
        a_customer(session, customer_id="c")
        publish(session, "do_not_call")
    with database.transaction(read_only=True) as session:
        event.listen(session.connection(), "after_cursor_execute", replace)
        assert read(session, "c") == {"do_not_call": True}
    assert replaced
    with database.transaction(read_only=True) as session:
        assert read(session, "c") == {"opted_out": True}


def test_readers_never_go_back(database: Database) -> None:
    with database.transaction() as session:
        slow = customers.new_generation(session, _AS_OF, NOW)
        shown = _publish(session, {"c": {"arpu_3m": 2}})
        earlier_day = customers.new_generation(session, date(2026, 10, 31), NOW)
        customers.add_profiles(session, earlier_day, [{"customer_id": "c", "fields": {}}])
        for refused in (slow, earlier_day):
            with pytest.raises(Conflict):
                customers.flip(session, refused, NOW)
        assert customers.published_fields(session, "c") == {"arpu_3m": 2}
        assert customers.drop_old_generations(session) == 0
        assert shown < _publish(session, {"c": {}}, date(2026, 11, 2))
        assert [customers.drop_old_generations(session) for _ in range(3)] == [1, 1, 0]


def _plan_fit(band: int) -> ViewModelDefinition:
    return ViewModelDefinition.model_validate(
        {"kind": "plan_fit", "name": "fit", "title": "Plan fit", "bands": {"near": band}}
    )


def test_a_definition_is_kept_by_version_with_its_note(database: Database) -> None:
    with database.transaction() as session:
        assert customers.current_definition(session, "plan_fit") is None
        assert customers.save_definition(session, _plan_fit(10), "me", NOW) == 1
        assert customers.save_definition(session, _plan_fit(10), "you", NOW, note="again") == 1
        assert customers.save_definition(session, _plan_fit(20), "you", NOW, note="wider", based_on=1) == 2
        current = customers.current_definition(session, "plan_fit")
        assert current is not None
        assert (current.version, current.saved_by, current.note) == (2, "you", "wider")
        assert current.content == {"bands": {"near": 20}}
        assert [each.version for each in customers.definition_versions(session, "plan_fit")] == [2, 1]
        assert customers.definition_at(session, "plan_fit", 1).definition == _plan_fit(10)
        assert customers.current_definition(session, "dimensions") is None


def test_a_definition_that_somebody_else_changed_meanwhile_is_not_overwritten(database: Database) -> None:
    with database.transaction() as session:
        customers.save_definition(session, _plan_fit(10), "me", NOW)
        customers.save_definition(session, _plan_fit(20), "me", NOW, based_on=1)
        with pytest.raises(Conflict, match="me saved version 2"):
            customers.save_definition(session, _plan_fit(30), "you", NOW, based_on=1)
        current = customers.current_definition(session, "plan_fit")
        assert current is not None
        assert current.definition == _plan_fit(20)


@given(st.text(min_size=1, max_size=20))
def test_a_mask_hides_at_least_four_digits_or_half(phone: str) -> None:
    masked = customers.mask_phone(phone)
    assert masked is not None
    shown = len(masked) - len("****")
    assert shown <= max(len(phone) - 4, len(phone) // 2)
