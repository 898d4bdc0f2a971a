"""Sweep the tasks: let time do its part, and close the calls that nobody closed."""

from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.common.outcomes import Outcome
from yuelao.operations import audit, calls, tasks
from yuelao.operations.tasks.schemas import Swept, Task
from yuelao.workflows.call_record import record_contact, retry_at

_AT_ONCE = 100
_WORKER = "worker"


def sweep(session: Session, now: datetime) -> Swept:
    """Close what was abandoned, at most a hundred calls at a time, then take back, wake and expire what is due."""
    close_abandoned(session, now)
    return tasks.sweep(session, now)


def close_abandoned(session: Session, now: datetime, agent: str | None = None) -> int:
    """Close the calls whose agent left without an outcome (with `agent`, only theirs); returns how many.

    The customer's phone rang, so each counts as a contact: as one who thinks it over if somebody answered, else as not
    answered, to be tried again like any other.
    """
    left = tasks.abandoned(session, now, _AT_ONCE, agent)
    for task in left:
        _close(session, task, task.agent or "", now)
    return len(left)


def _close(session: Session, task: Task, agent: str, now: datetime) -> None:
    call = calls.last_of_task(session, task.task_id, agent)
    if call is None:
        raise RuntimeError(f"task {task.task_id} was dialled without a call")
    outcome = Outcome.THINKING if call.connected_at else Outcome.NO_ANSWER
    # When the talk ended nobody knows: it counts as none, rather than as the hour until its lease ran out.
    end = call.connected_at or call.started_at
    seconds = calls.finish(session, task_id=task.task_id, agent=agent, outcome=outcome, now=end)
    again_at = retry_at(task, outcome, now)
    tasks.close(session, task.task_id, agent, task.lease_version, outcome, again_at=again_at, now=now)
    contact = record_contact(session, task, outcome, call.started_at, seconds)
    detail = {"outcome": outcome.value, "task": task.task_id, "contact": contact.contact_id, "agent": agent}
    audit.record(session, _WORKER, "call.abandon", task.customer_id, detail, now)
