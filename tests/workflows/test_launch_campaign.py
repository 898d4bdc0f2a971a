"""A launch makes the tasks of a plan once, however often and by however many it is asked for."""

from threading import Barrier, Thread

import pyarrow as pa
import pytest

from tests.builders import a_contact, a_definition
from tests.workflows.office import plan
from tests.world import CAMPAIGN
from yuelao.common.clock import FixedClock
from yuelao.common.errors import Conflict, NotFound
from yuelao.operations import audit, campaigns, tasks
from yuelao.operations import decisions as runs
from yuelao.workflows.house import House
from yuelao.workflows.launch_campaign import Launched, launch


def ready(house: House) -> dict[str, int]:
    with house.database.transaction(read_only=True) as session:
        return tasks.count_by_state(session, CAMPAIGN)


def test_the_assigned_get_tasks_and_the_held_out_none(office):
    plan(office, 5)
    assert launch(office, CAMPAIGN) == Launched(run="run-1", tasks=5, held_out=2, refused={})
    assert ready(office) == {"ready": 5}
    with office.database.transaction(read_only=True) as session:
        [entry] = [entry for entry in audit.trail(session, CAMPAIGN) if entry.action == "campaign.launch"]
        [run] = runs.launched(session, CAMPAIGN)
    assert entry.detail == {"run": "run-1", "tasks": 5}
    assert run.launched_at is not None


def test_a_task_carries_what_the_desk_needs(office):
    [person] = plan(office, 1)
    launch(office, CAMPAIGN)
    with office.database.transaction() as session:
        task = tasks.claim(session, "agent", "north", office.now(), 15)
        definition = campaigns.get(session, CAMPAIGN).definition
    assert task is not None
    assert (task.person_id, task.product, task.alternatives) == (person, "data_10gb", ["data_30gb"])
    assert (task.team, task.priority, task.campaign_version, task.run) == ("north", definition.priority, 1, "run-1")
    assert task.why["reasons"][0]["feature"] == "arpu_3m"
    assert (task.expires_at - office.now()).days == definition.task_days


def test_launched_twice_it_makes_nothing_twice(office):
    plan(office, 5)
    launch(office, CAMPAIGN)
    assert launch(office, CAMPAIGN) == Launched(run="run-1", tasks=0, held_out=2, refused={})
    assert ready(office) == {"ready": 5}


def test_two_launches_at_once_make_each_task_once(office):
    plan(office, 40)
    together, made = Barrier(2), []

    def work() -> None:
        together.wait()
        made.append(launch(office, CAMPAIGN).tasks)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 40]
    assert ready(office) == {"ready": 40}


def test_the_policy_is_asked_again(office):
    first, second, _third = plan(office, 3)
    with office.database.transaction() as session:
        a_contact(session, person_id=first, contacted_at=office.now())
        a_contact(session, person_id=second, contacted_at=office.now(), outcome="complaint")
    assert launch(office, CAMPAIGN).refused == {"once_a_day": 1, "complaint_ban": 1}
    assert ready(office) == {"ready": 1}


def test_who_waits_in_another_campaign_is_left_alone(office):
    people = plan(office, 4)
    launch(office, CAMPAIGN)
    with office.lake.snapshot() as snapshot:
        same = snapshot.dataset("decisions", "run-1").to_pyarrow()
    plan(office, 0, "run-2", "handset-renewal")
    office.lake.publish("decisions", "run-2", same)
    assert launch(office, "handset-renewal").refused == {"active_task": len(people)}
    assert ready(office) == {"ready": 4}


def test_two_numbers_of_one_person_get_one_task(office):
    plan(office, 2)
    with office.lake.snapshot() as snapshot:
        rows = snapshot.dataset("decisions", "run-1").to_pyarrow()
    same_person = pa.array([rows["person_id"][0].as_py()] * rows.num_rows)
    office.lake.publish("decisions", "run-1", rows.set_column(1, "person_id", same_person))
    assert launch(office, CAMPAIGN).refused == {"active_task": 1}
    assert ready(office) == {"ready": 1}


def test_a_campaign_that_does_not_run_makes_no_tasks(office):
    plan(office, 2, campaign="move-to-5g")
    with pytest.raises(Conflict, match="is submitted") as refusal:
        launch(office, "move-to-5g")
    assert refusal.value.where == "campaign move-to-5g"
    with office.database.transaction(read_only=True) as session:
        assert tasks.counts(session) == {}


def test_a_paused_campaign_makes_no_tasks(office):
    plan(office, 2)
    with office.database.transaction() as session:
        campaigns.pause(session, CAMPAIGN, by="lead", now=office.now(), reason="holiday")
    with pytest.raises(Conflict, match="is paused"):
        launch(office, CAMPAIGN)
    assert ready(office) == {}


def test_a_plan_of_an_older_version_is_not_launched(office):
    plan(office, 2)
    with office.database.transaction() as session:
        older = campaigns.get(session, CAMPAIGN).definition
        campaigns.save(session, older.model_copy(update={"holdout": 0.3}), "planner", office.now())
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, CAMPAIGN, by="approver", now=office.now())
    with pytest.raises(Conflict, match="was made for version 1") as refusal:
        launch(office, CAMPAIGN)
    assert f"yuelao match {CAMPAIGN}" in refusal.value.hint
    assert ready(office) == {}


def test_a_draft_of_the_next_version_does_not_stop_the_one_that_runs(office):
    plan(office, 2)
    with office.database.transaction() as session:
        older = campaigns.get(session, CAMPAIGN).definition
        campaigns.save(session, older.model_copy(update={"holdout": 0.3}), "planner", office.now())
    assert launch(office, CAMPAIGN).tasks == 2


def test_without_a_plan_there_is_nothing_to_launch(office):
    with pytest.raises(Conflict, match="has no match to launch"):
        launch(office, CAMPAIGN)


def test_an_unknown_campaign_is_named_with_its_nearest(office):
    with pytest.raises(NotFound) as refusal:
        launch(office, "data-upgrad")
    assert CAMPAIGN in refusal.value.hint


def test_a_launch_that_fails_leaves_nothing(office, monkeypatch):
    plan(office, 3)

    def fail(*_: object) -> None:
        raise ConnectionError("the lights went out")

    monkeypatch.setattr(runs, "mark_launched", fail)
    with pytest.raises(ConnectionError):
        launch(office, CAMPAIGN)
    assert ready(office) == {}
    monkeypatch.undo()
    assert launch(office, CAMPAIGN).tasks == 3


def test_a_definition_of_ones_own_can_be_launched_after_its_approval(office, clock: FixedClock):
    with office.database.transaction() as session:
        campaigns.save(session, a_definition("my-own"), "planner", clock())
    plan(office, 2, campaign="my-own")
    with pytest.raises(Conflict, match="is draft"):
        launch(office, "my-own")
    with office.database.transaction() as session:
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, "my-own", by="approver", now=clock())
    assert launch(office, "my-own").tasks == 2
