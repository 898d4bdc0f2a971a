"""Tasks: created once per person, claimed best first, worked under a lease, and brought back by time."""

from datetime import timedelta

import pytest

from tests.builders import NOW, a_new_task, a_task
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.common.outcomes import Outcome
from yuelao.operations import tasks
from yuelao.operations.tasks import rules
from yuelao.operations.tasks.schemas import Task
from yuelao.storage.session import Database

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = 15


def _claimed(session, agent: str = "wang", now=NOW, team: str = "north") -> Task:
    task = tasks.claim(session, agent, team, now, LEASE)
    assert task is not None
    return task


def _dialled(session, agent: str = "wang", now=NOW) -> Task:
    task = _claimed(session, agent, now)
    return tasks.dial(session, task.task_id, agent, task.lease_version, now)


def _closed(session, task: Task, outcome: Outcome, now=NOW, **more) -> Task:
    return tasks.close(session, task.task_id, task.agent or "", task.lease_version, outcome, now=now, **more)


# --- making them


def test_a_person_has_one_active_task_over_all_campaigns(database: Database) -> None:
    with database.transaction() as session:
        first = a_new_task(person_id="p", customer_id="number-1")
        second = a_new_task(person_id="p", customer_id="number-2", campaign="other", run="run-2")
        assert tasks.create(session, [first, second], NOW).busy == ["number-2"]
        assert tasks.busy_persons(session) == ["p"]
        _closed(session, _dialled(session), Outcome.REFUSED)
        assert tasks.create(session, [second], NOW).tasks == 1


def test_a_run_makes_its_tasks_once(database: Database) -> None:
    new = a_new_task()
    with database.transaction() as session:
        assert tasks.create(session, [new], NOW).tasks == 1
        _closed(session, _dialled(session), Outcome.SOLD)
        assert tasks.create(session, [new], NOW).tasks == 0
        assert tasks.create(session, [], NOW).tasks == 0


def test_a_task_is_read_back_as_it_was_made(database: Database) -> None:
    new = a_new_task(alternatives=["data_30gb"], why={"reasons": [{"feature": "年龄", "value": None}]}, team="north")
    with database.transaction() as session:
        tasks.create(session, [new], NOW)
    with database.transaction(read_only=True) as session:
        task = tasks.newest_for(session, new.customer_id, new.campaign)
    assert task is not None
    assert {name: getattr(task, name) for name in type(new).model_fields} == new.model_dump()
    assert (task.state, task.lease_version, task.created_at) == ("ready", 0, NOW)


# --- claiming them


def test_the_best_task_comes_first_by_priority_value_and_age(database: Database) -> None:
    with database.transaction() as session:
        wanted = [
            a_task(session, priority=60, value=1.0),
            a_task(session, priority=50, value=9.0),
            a_task(session, priority=50, value=2.0, team="north"),
        ]
        got = [_claimed(session, f"agent-{number}").task_id for number in range(3)]
        assert got == [task.task_id for task in wanted]
        assert tasks.claim(session, "late", "north", NOW, LEASE) is None


def test_a_teams_tasks_go_to_that_team_only(database: Database) -> None:
    with database.transaction() as session:
        south, anyones = a_task(session, team="south", value=9.0), a_task(session, team="", value=1.0)
        assert _claimed(session, "wang", team="north").task_id == anyones.task_id
        assert tasks.claim(session, "li", "north", NOW, LEASE) is None
        assert tasks.claim(session, "floating", "", NOW, LEASE) is None
        assert tasks.waiting(session, "north") == 0
        assert tasks.waiting(session, "south") == 1
        assert _claimed(session, "zhao", team="south").task_id == south.task_id


def test_a_second_press_gives_the_same_task(database: Database) -> None:
    with database.transaction() as session:
        a_task(session), a_task(session)
        first, again = _claimed(session), _claimed(session)
        assert (first.task_id, first.lease_version) == (again.task_id, again.lease_version)
        assert tasks.held_by(session, "wang", NOW) == again


def test_who_lost_the_lease_cannot_write(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        lost = _claimed(session, "wang")
        later = NOW + 16 * MINUTE
        assert tasks.held_by(session, "wang", later) is None
        taken = _claimed(session, "li", later)
        assert taken.task_id == lost.task_id
        assert taken.lease_version > lost.lease_version
        for write in (tasks.dial, tasks.connected, tasks.hang_up):
            with pytest.raises(Conflict) as refusal:
                write(session, lost.task_id, "wang", lost.lease_version, later)
            assert refusal.value.code == "lease_lost"
        with pytest.raises(Conflict):
            tasks.leased(session, lost.task_id, "wang", lost.lease_version)
        with pytest.raises(Conflict):
            tasks.release(session, taken.task_id, "wang", taken.lease_version, "not mine", later)
        assert tasks.leased(session, taken.task_id, "li", taken.lease_version) == taken


def test_a_sign_of_life_keeps_the_lease(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        held = _claimed(session, "wang")
        tasks.renew(session, held.task_id, "wang", held.lease_version, NOW + 10 * MINUTE, LEASE)
        assert tasks.claim(session, "li", "north", NOW + 16 * MINUTE, LEASE) is None


def test_a_released_task_can_be_claimed_by_another(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        held = _claimed(session, "wang")
        released = tasks.release(session, held.task_id, "wang", held.lease_version, "a colleague knows them", NOW)
        assert (released.state, released.agent) == ("ready", None)
        assert _claimed(session, "li").task_id == held.task_id


# --- working them


def test_a_sale_ends_the_task(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        task = _dialled(session)
        task = tasks.connected(session, task.task_id, "wang", task.lease_version, NOW)
        task = tasks.hang_up(session, task.task_id, "wang", task.lease_version, NOW)
        done = _closed(session, task, Outcome.SOLD)
        assert (done.state, done.outcome, done.attempts, done.agent) == ("done", "sold", 1, "wang")
        assert tasks.count_by_state(session, "data-upgrade") == {"done": 1}
        assert tasks.counts(session) == {"data-upgrade": {"done": 1}}


def test_what_was_not_dialled_cannot_be_closed(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        with pytest.raises(Conflict, match="dialled"):
            _closed(session, _claimed(session), Outcome.REFUSED)


def test_a_call_back_needs_a_time_and_comes_first_to_who_promised_it(database: Database) -> None:
    at = NOW + 2 * HOUR
    with database.transaction() as session:
        promised = a_task(session, value=1.0, expires_at=NOW + HOUR)
        task = _dialled(session)
        with pytest.raises(Refused):
            _closed(session, task, Outcome.CALL_BACK)
        assert _closed(session, task, Outcome.CALL_BACK, again_at=at).call_back
        other = a_task(session, priority=99, value=100.0)
        assert _claimed(session, "li", at).task_id == other.task_id
        assert _claimed(session, "wang", at).task_id == promised.task_id


def test_an_unanswered_call_comes_back_after_a_pause(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        again = _closed(session, _dialled(session), Outcome.NO_ANSWER, again_at=NOW + DAY)
        assert (again.state, again.agent) == ("recycled", None)
        assert tasks.claim(session, "li", "north", NOW + HOUR, LEASE) is None
        assert _claimed(session, "li", NOW + DAY).task_id == again.task_id
        assert not _closed(session, _dialled(session, "li", NOW + DAY), Outcome.REFUSED, NOW + DAY).call_back


def test_a_refused_contact_ends_the_task_with_the_rule(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        held = _claimed(session)
        ended = tasks.suppress(session, held.task_id, held.lease_version, "complaint_ban", NOW)
        assert (ended.state, ended.reason, ended.agent) == ("suppressed", "complaint_ban", None)
        assert tasks.busy_persons(session) == []


def test_a_task_can_be_put_off_until_it_may_be_called(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        held = _claimed(session)
        tasks.postpone(session, held.task_id, held.lease_version, NOW + DAY, "once_a_day", NOW)
        assert tasks.claim(session, "wang", "north", NOW + HOUR, LEASE) is None
        assert _claimed(session, "wang", NOW + DAY).task_id == held.task_id


def test_all_that_waits_for_a_person_can_be_ended_at_once(database: Database) -> None:
    with database.transaction() as session:
        a_task(session, person_id="p")
        assert tasks.suppress_person(session, "p", "refused_all", NOW) == 1
        assert tasks.suppress_person(session, "p", "refused_all", NOW) == 0
        assert tasks.claim(session, "wang", "north", NOW, LEASE) is None


# --- what time does


def test_a_missed_call_back_goes_to_all_before_anything_else(database: Database) -> None:
    at = NOW + 2 * HOUR
    with database.transaction() as session:
        promised = a_task(session, value=1.0)
        _closed(session, _dialled(session), Outcome.CALL_BACK, again_at=at)
        other = a_task(session, priority=99, value=100.0)
        late = at + rules.CALL_BACK_GRACE
        taken = _claimed(session, "li", late)
        assert taken.task_id == promised.task_id
        assert taken.call_back
        assert _claimed(session, "wang", late).task_id == other.task_id


def test_a_dialled_task_survives_a_long_talk_and_is_never_swept_away(database: Database) -> None:
    gone = NOW + rules.CALL_LEASE
    with database.transaction() as session:
        a_task(session)
        talk = _dialled(session)
        assert tasks.abandoned(session, gone - MINUTE, 10) == []
        assert tasks.sweep(session, gone).lost == 0
        assert tasks.claim(session, "li", "north", gone, LEASE) is None
        assert [task.task_id for task in tasks.abandoned(session, gone, 10)] == [talk.task_id]
        assert tasks.abandoned(session, gone, 10, agent="li") == []
        assert _closed(session, talk, Outcome.SOLD, gone).state == "done"


def test_a_sign_of_life_never_shortens_a_lease(database: Database) -> None:
    with database.transaction() as session:
        a_task(session)
        talk = _dialled(session)
        renewed = tasks.renew(session, talk.task_id, "wang", talk.lease_version, NOW + MINUTE, LEASE)
        assert renewed.lease_until == NOW + MINUTE + rules.CALL_LEASE
        shorter = tasks.renew(session, talk.task_id, "wang", talk.lease_version, NOW - HOUR, LEASE)
        assert shorter.lease_until == renewed.lease_until


def test_an_old_task_expires_but_not_under_a_call(database: Database) -> None:
    end = NOW + 10 * MINUTE
    with database.transaction() as session:
        worked = a_task(session, expires_at=end, value=9.0)
        a_task(session, expires_at=end)
        task = _dialled(session)
        assert task.task_id == worked.task_id
        assert tasks.sweep(session, end).expired == 1
        assert _closed(session, task, Outcome.SOLD, end).state == "done"
        assert tasks.count_by_state(session, "data-upgrade") == {"done": 1, "expired": 1}


def test_a_sweep_can_be_done_in_small_steps(database: Database) -> None:
    with database.transaction() as session:
        tasks.create(session, [a_new_task(expires_at=NOW) for _ in range(5)], NOW)
        assert [tasks.sweep(session, NOW, limit=2).expired for _ in range(4)] == [2, 2, 1, 0]


# --- why is nobody calling?


def test_why_a_customer_is_not_being_called(database: Database) -> None:
    def told() -> str:
        (standing,) = tasks.why_not(session, "c", now)
        return standing.sentence.format(**standing.values)

    with database.transaction() as session:
        now = NOW
        assert tasks.why_not(session, "c", now) == []
        a_task(session, team="north", value=9.0)
        a_task(session, team="north", value=1.0, customer_id="c")
        assert told() == "Waits in the queue of north, 1 tasks come first"
        _claimed(session, "li")
        held = _claimed(session, "wang")
        assert told() == "wang is looking at it"
        now = NOW + 20 * MINUTE
        assert told() == "wang left it; it goes back at the next claim"
        now = NOW
        tasks.dial(session, held.task_id, "wang", held.lease_version, now)
        assert told() == "wang is dialling"
        _closed(session, held, Outcome.CALL_BACK, again_at=NOW + DAY)
        assert told().startswith("wang will call back at 2026-11-24")
        tasks.suppress_person(session, held.person_id, "complaint_ban", now)
        assert told() == "Not allowed: complaint_ban"


def test_an_unknown_task_is_not_found(database: Database) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        tasks.leased(session, "nothing", "wang", 1)
