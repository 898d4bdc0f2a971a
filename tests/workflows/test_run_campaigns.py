"""The day's run: every running campaign once, the most important first, and a repeat creates nothing."""

from tests.world import AS_OF, CAMPAIGN
from yuelao.operations import campaigns, tasks
from yuelao.operations import decisions as runs
from yuelao.workflows.house import House
from yuelao.workflows.match_offers import match
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.run_campaigns import run


def _counts(house: House) -> dict[str, dict[str, int]]:
    with house.database.transaction(read_only=True) as session:
        return tasks.counts(session)


def test_run_twice_it_creates_nothing_twice(trained):
    first = run(trained, AS_OF)
    made = _counts(trained)
    assert list(first.campaigns) == [CAMPAIGN, "handset-renewal"]
    assert not any(one.repeated for one in first.campaigns.values())
    assert {name: {"ready": one.launch.tasks} for name, one in first.campaigns.items()} == made
    second = run(trained, AS_OF)
    assert all(one.repeated for one in second.campaigns.values())
    assert all(one.launch.tasks == 0 for one in second.campaigns.values())
    assert {name: one.match.run for name, one in second.campaigns.items()} == {
        name: one.match.run for name, one in first.campaigns.items()
    }
    assert _counts(trained) == made
    for one in (first, second):  # the models in use know all the data there is
        assert (one.models.day, one.models.due, one.models.dry_run) == (AS_OF, [], False)


def test_one_person_one_task_over_all_campaigns(trained):
    done = run(trained, AS_OF)
    second = done.campaigns["handset-renewal"]
    assert second.match.refused["active_task"] > 0
    assert second.launch.refused.get("active_task", 0) == 0


def test_a_plan_made_by_hand_is_the_one_that_is_launched(matched):
    with matched.database.transaction(read_only=True) as session:
        planned = runs.newest(session, CAMPAIGN)
    assert planned is not None
    assert run(matched, AS_OF).campaigns[CAMPAIGN].match.run == planned.run


def test_a_run_that_was_launched_is_not_launched_again_for_a_later_plan(trained):
    run(trained, AS_OF)
    made = _counts(trained)
    match(trained, CAMPAIGN)
    assert run(trained, AS_OF).campaigns[CAMPAIGN].repeated
    assert _counts(trained) == made


def test_only_what_runs_is_run_and_a_missing_view_is_built(trained):
    with trained.database.transaction() as session:
        campaigns.pause(session, CAMPAIGN, by="lead", now=trained.now())
    done = run(trained, AS_OF.replace(day=2))
    assert list(done.campaigns) == ["handset-renewal"]
    with trained.lake.snapshot() as snapshot:
        assert AS_OF.replace(day=2).isoformat() in snapshot.partitions("view")


def test_a_new_day_is_a_new_run(trained):
    first = run(trained, AS_OF)
    refresh(trained, AS_OF.replace(day=2))
    second = run(trained, AS_OF.replace(day=2))
    assert second.campaigns[CAMPAIGN].match.run != first.campaigns[CAMPAIGN].match.run
    assert second.campaigns[CAMPAIGN].match.refused["active_task"] > 0
