"""Many agents at once: two never get the same customer. The same check, on a claim without the lock, fails."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Lock, Thread

import pytest
from sqlalchemy import update

from tests.builders import NOW, a_new_task
from yuelao.operations import tasks
from yuelao.operations.tasks.queries import pool
from yuelao.operations.tasks.rules import State
from yuelao.storage.session import Database
from yuelao.storage.tables import TaskRow

AGENTS, TASKS, ROUNDS = 8, 40, 8
Claim = Callable[[Database, str], str | None]


def _claim(database: Database, agent: str) -> str | None:
    """The claim as it is: one transaction, and what is taken is closed so that the agent can take another."""
    with database.transaction() as session:
        task = tasks.claim(session, agent, "north", NOW, 15)
        if task is None:
            return None
        tasks.suppress(session, task.task_id, task.lease_version, "test", NOW)
        return task.task_id


def _claim_without_lock(meet: Barrier) -> Claim:
    """The same choice of task, but looked up in one transaction and taken in the next, as without a lock."""

    def claim(database: Database, agent: str) -> str | None:
        with database.transaction(read_only=True) as session:
            found = session.scalars(pool("").limit(1)).first()
        meet.wait()  # everybody has looked before anybody takes
        if found is not None:
            with database.transaction() as session:
                taken = {"state": State.DONE.value, "agent": agent}
                session.execute(update(TaskRow).where(TaskRow.task_id == found.task_id).values(taken))
        meet.wait()
        return found.task_id if found else None

    return claim


def _hand_out(database: Database, claim: Claim) -> Counter[str]:
    """How often each task was handed out to `AGENTS` agents who press the key together, again and again."""
    handed_out: Counter[str] = Counter()
    together, counting = Barrier(AGENTS), Lock()

    def work(agent: str) -> None:
        together.wait()
        for _ in range(ROUNDS):
            task = claim(database, agent)
            if task is not None:
                with counting:
                    handed_out[task] += 1

    threads = [Thread(target=work, args=(f"agent-{number}",)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return handed_out


@pytest.fixture
def queue(database: Database) -> Database:
    with database.transaction() as session:
        tasks.create(session, [a_new_task(value=float(number % 5)) for number in range(TASKS)], NOW)
    return database


def test_many_agents_never_get_the_same_task_and_every_task_is_handed_out(queue: Database) -> None:
    handed_out = _hand_out(queue, _claim)
    assert len(handed_out) == TASKS
    assert set(handed_out.values()) == {1}


def test_without_the_lock_the_same_check_fails(queue: Database) -> None:
    handed_out = _hand_out(queue, _claim_without_lock(Barrier(AGENTS)))
    assert max(handed_out.values()) > 1


def test_one_agent_pressing_twice_at_once_gets_one_task(queue: Database) -> None:
    held: list[str] = []
    together = Barrier(AGENTS)

    def press() -> None:
        together.wait()
        with queue.transaction() as session:
            task = tasks.claim(session, "wang", "north", NOW, 15)
        held.append(task.task_id if task else "")

    threads = [Thread(target=press) for _ in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == AGENTS
    assert len(set(held)) == 1


def test_of_many_agents_after_one_lost_lease_one_gets_the_task(database: Database) -> None:
    with database.transaction() as session:
        tasks.create(session, [a_new_task()], NOW)
        assert tasks.claim(session, "gone", "north", NOW, 15) is not None
    later = NOW + timedelta(minutes=16)
    got: list[bool] = []
    together = Barrier(AGENTS)

    def press(agent: str) -> None:
        together.wait()
        with database.transaction() as session:
            got.append(tasks.claim(session, agent, "north", later, 15) is not None)

    threads = [Thread(target=press, args=(f"agent-{number}",)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) == 1
    with database.transaction() as session:
        assert tasks.count_by_state(session, "data-upgrade") == {"leased": 1}
