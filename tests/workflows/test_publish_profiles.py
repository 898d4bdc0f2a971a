"""Published profiles: what the desk, the policy and scripts read of the view, on both databases, and never half."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from yuelao.analytics.evidence import Output
from yuelao.operations import customers, scripts
from yuelao.operations.contact_policy.rules import FACTS
from yuelao.operations.scripts import Script
from yuelao.storage.tables import ProfileRow
from yuelao.warehouse import publishing
from yuelao.warehouse.contact_facts import recent_history
from yuelao.warehouse.features import contact_fields, describe
from yuelao.warehouse.views import ALWAYS, outputs_table
from yuelao.workflows.publish_profiles import READ_FIELDS, publish_profiles, unsayable

DAY = date(2026, 11, 1)
LATER = DAY + timedelta(days=30)
AWKWARD = [None, "", "'q' \"q\"", "\\N", "\\", "北京", "👩‍👩‍👧", "a\tb", "NULL", "很长" * 10_000]


def view(house, day=DAY, **columns):
    """Publish a view of that day to the lake, with so many customers as the columns are long."""
    length = len(next(iter(columns.values())))
    ids = [f"c{place}" for place in range(length)]
    house.lake.publish("view", day.isoformat(), pa.table({"customer_id": ids, **columns}))


def scored(house, day, **columns):
    """Publish what a model says on that day."""
    ids = [f"c{place}" for place in range(len(next(iter(columns.values()))))]
    outputs = [*ALWAYS, *(Output(name, "text", name, name) for name in columns if name not in {o.name for o in ALWAYS})]
    told = {"value_score": pa.nulls(len(ids), pa.float64()), "value_level": pa.nulls(len(ids), pa.string()), **columns}
    house.lake.publish("scores", day.isoformat(), pa.table({"customer_id": ids, **told}))
    house.lake.publish("outputs", day.isoformat(), outputs_table(outputs))


def shown(house) -> dict[str, dict[str, Any]]:
    """What readers see of everybody."""
    with house.database.transaction(read_only=True) as session:
        ids = session.scalars(select(ProfileRow.customer_id).distinct()).all()
        return customers.profiles(session, ids)


def test_awkward_values_are_read_as_they_stand_in_the_view(office):
    fees = [1.5, float("nan"), float("inf"), None, 0.0, -0.5, 1e300, 2.0, 3.0, 4.0]
    view(office, city=AWKWARD, plan_fee=fees, is_staff=[True, False] * 5)
    assert publish_profiles(office, DAY) == DAY
    found = shown(office)
    wanted = [text.replace("\t", " ") if text else text for text in AWKWARD]
    assert [found[f"c{place}"].get("city") for place in range(10)] == wanted
    assert [found[f"c{place}"].get("plan_fee") for place in range(10)] == [fees[0], None, None, *fees[3:]]
    assert [found[f"c{place}"].get("is_staff") for place in range(2)] == [True, False]
    with office.database.transaction(read_only=True) as session:
        assert customers.newest_as_of(session) == DAY


def test_broken_off_readers_keep_the_former_profiles_and_the_next_one_tidies_up(office, monkeypatch):
    view(office, city=["old"] * 5)
    publish_profiles(office, DAY)
    view(office, city=["new"] * 5)
    in_twos, copied = publishing.batches, customers.copy_profiles
    monkeypatch.setattr(publishing, "batches", lambda engine, table, names: in_twos(engine, table, names, size=2))
    calls = []

    def breaking(session, generation, rows):
        calls.append(copied(session, generation, rows))
        if len(calls) == 2:
            raise ConnectionError("the machine went away")

    monkeypatch.setattr(customers, "copy_profiles", breaking)
    with suppress(ConnectionError):
        publish_profiles(office, DAY)
    assert {fields["city"] for fields in shown(office).values()} == {"old"}
    assert len(shown(office)) == 5
    publish_profiles(office, DAY)
    assert {fields["city"] for fields in shown(office).values()} == {"new"}
    with office.database.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(ProfileRow)) == 5


def test_desks_with_a_later_day_keep_theirs(office):
    view(office, LATER, city=["late"])
    view(office, DAY, city=["early"])
    assert publish_profiles(office, LATER) == LATER
    assert publish_profiles(office, DAY) == LATER
    assert shown(office)["c0"]["city"] == "late"


def test_what_an_older_view_lacks_is_not_known(office):
    """A view built before a feature, and scored before a model: published without them, and a later one with them."""
    view(office, DAY, city=["NORTH"])
    scored(office, DAY, first_level=["1"])
    view(office, LATER, city=["SOUTH"], plan_fee=[10.0])
    scored(office, LATER, second_level=["2"])
    publish_profiles(office, DAY)
    early = shown(office)["c0"]
    assert (early["city"], early.get("plan_fee"), early.get("second_level")) == ("NORTH", None, None)
    publish_profiles(office, LATER)
    late = shown(office)["c0"]
    assert (late["city"], late["plan_fee"], late["second_level"]) == ("SOUTH", 10.0, "2")


def test_what_nobody_reads_is_not_published_until_a_script_says_it(office):
    view(office, DAY, city=["NORTH"], night_share_3m=[0.4])
    publish_profiles(office, DAY)
    assert "night_share_3m" not in shown(office)["c0"]
    words = {"title": "Nights", "text": "You use {night_share_3m} at night."}
    script = Script.model_validate({"name": "nights", "title": "Nights", "steps": [words]})
    with office.database.transaction() as session:
        scripts.save(session, script, "me", office.now())
    publish_profiles(office, DAY)
    assert shown(office)["c0"]["night_share_3m"] == pytest.approx(0.4)


def test_what_scripts_ask_for_and_nothing_tells_is_reported(office):
    assert unsayable(office) == []  # nothing was published yet
    view(office, DAY, city=["NORTH"])
    publish_profiles(office, DAY)
    before = unsayable(office)
    words = {"title": "Plan", "text": "{customer_name}, {agent_name} speaks. You live in {city} and pay {plan_feee}."}
    script = Script.model_validate({"name": "plan", "title": "Plan", "steps": [words]})
    with office.database.transaction() as session:
        scripts.save(session, script, "me", office.now())
    assert unsayable(office) == sorted([*before, "plan_feee"])


def test_every_field_that_operations_name_is_a_feature_or_told_by_the_contacts(office):
    with office.lake.snapshot() as snapshot:
        history = set(recent_history(snapshot, office.local_now()).columns)
    assert set(READ_FIELDS) <= {feature.name for feature in describe()} | history


def test_what_the_policy_asks_is_what_the_base_is_asked():
    """A fact of the rules that the lake did not know would let a match plan whom the desk refuses."""
    assert {name: field.kind for name, field in FACTS.items()} == {n: f.kind for n, f in contact_fields().items()}
