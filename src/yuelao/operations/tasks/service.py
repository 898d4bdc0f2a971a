"""Commands on tasks: create many, claim one, work it, close it, and let time do its part.

A claim takes the best task and locks it in one step (SKIP LOCKED on PostgreSQL; on SQLite a writing transaction is
alone), so two agents never get the same one. Every claim raises the lease's version, and every later command must show
it: who lost the lease in the meantime cannot write.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from yuelao.common.errors import Refused
from yuelao.common.ids import new_id
from yuelao.common.outcomes import Outcome
from yuelao.operations.tasks import rules
from yuelao.operations.tasks.queries import held_by, leased_row, own_call_backs, pool, pools_best_first
from yuelao.operations.tasks.rules import Action, State
from yuelao.operations.tasks.schemas import Created, NewTask, Swept, Task
from yuelao.storage import bulk
from yuelao.storage.session import serialise
from yuelao.storage.tables import TaskRow
from yuelao.storage.tables.tasks import IS_ACTIVE, IS_LIVE, IS_PUT_OFF, IS_WAITING

_SWEPT_BY_A_CLAIM = 100
"""A claim tidies up a little, so that it stays quick; the worker does the rest."""


def create(session: Session, tasks: Iterable[NewTask], now: datetime) -> Created:
    """Make tasks; a person with an active task gets none, and a run gives a customer a product only once."""
    rows = {new_id(): task for task in tasks}
    fixed = {"state": State.READY.value, "lease_version": 0, "attempts": 0, "reason": ""}
    taken = bulk.insert_new(
        session,
        TaskRow,
        ({"task_id": key, **dict(task), **fixed, "created_at": now, "changed_at": now} for key, task in rows.items()),
    )
    return Created(tasks=len(taken), busy=[task.customer_id for key, task in rows.items() if key not in taken])


def claim(
    session: Session, agent: str, team: str, now: datetime, lease_minutes: int, resting: Collection[str] = ()
) -> Task | None:
    """Hand `agent` the next task under a lease; None when there is none.

    What the agent holds already comes first (a second press of the key gives the same task), then call-backs they
    promised, then the best of their team's and of everybody's tasks: by priority, by value, by age. Tasks of the
    campaigns `resting` stay where they are. An abandoned call of the agent's must be closed before.
    """
    serialise(session, f"agent:{agent}")
    sweep(session, now, _SWEPT_BY_A_CLAIM)
    if held := held_by(session, agent, now):
        return held
    row = take_first(session, own_call_backs(agent, now, resting))
    for name in pools_best_first(session, team, resting) if row is None else ():
        row = take_first(session, pool(name, resting))
        if row is not None:
            break
    if row is None:
        return None
    _move(row, Action.CLAIM, now)
    row.agent = agent
    row.lease_version += 1
    row.lease_until = now + timedelta(minutes=lease_minutes)
    return _saved(session, row)


def take_first(session: Session, wanted: Select[TaskRow]) -> TaskRow | None:
    """The first row nobody else has locked, locked for us until this transaction ends."""
    return session.scalars(
        wanted.limit(1).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).first()


def renew(session: Session, task_id: str, agent: str, lease_version: int, now: datetime, lease_minutes: int) -> Task:
    """A sign of life: the lease lasts longer, and never less long than it did; in a call as long as a call may last."""
    row = leased_row(session, task_id, agent, lease_version)
    lasts = rules.CALL_LEASE if State(row.state) in rules.CALLING else timedelta(minutes=lease_minutes)
    row.lease_until = max(row.lease_until or now, now + lasts)
    return _saved(session, row)


def dial(session: Session, task_id: str, agent: str, lease_version: int, now: datetime) -> Task:
    """The phone rings: one more attempt."""
    row = leased_row(session, task_id, agent, lease_version)
    _move(row, Action.DIAL, now)
    row.attempts += 1
    row.lease_until = max(row.lease_until or now, now + rules.CALL_LEASE)
    return _saved(session, row)


def connected(session: Session, task_id: str, agent: str, lease_version: int, now: datetime) -> Task:
    """The customer has answered."""
    row = leased_row(session, task_id, agent, lease_version)
    _move(row, Action.CONNECT, now)
    return _saved(session, row)


def hang_up(session: Session, task_id: str, agent: str, lease_version: int, now: datetime) -> Task:
    """The call has ended; its outcome is still to be written down."""
    row = leased_row(session, task_id, agent, lease_version)
    _move(row, Action.HANG_UP, now)
    return _saved(session, row)


def close(
    session: Session,
    task_id: str,
    agent: str,
    lease_version: int,
    outcome: Outcome,
    *,
    now: datetime,
    again_at: datetime | None = None,
) -> Task:
    """Write down the outcome. With `again_at` a call-back is promised for then, or another try is made after it."""
    row = leased_row(session, task_id, agent, lease_version)
    if outcome is Outcome.CALL_BACK and again_at is None:
        raise Refused("A call-back needs a day and a time", where="again_at", hint="Choose when to call back")
    row.state = rules.close(State(row.state), outcome, again_at)
    row.outcome, row.due_at, row.lease_until, row.changed_at = outcome.value, again_at, None, now
    row.reason = outcome.value
    if row.state == State.SCHEDULED and again_at is not None:
        row.priority = rules.CALL_BACK_PRIORITY
        row.expires_at = max(row.expires_at, again_at + rules.CALL_BACK_LIFE)
    if row.state == State.RECYCLED:
        row.agent = None
    return _saved(session, row)


def release(session: Session, task_id: str, agent: str, lease_version: int, reason: str, now: datetime) -> Task:
    """Give a task back that was not dialled."""
    row = leased_row(session, task_id, agent, lease_version)
    _move(row, Action.RELEASE, now, reason)
    _drop_lease(row)
    return _saved(session, row)


def postpone(session: Session, task_id: str, lease_version: int, until: datetime, reason: str, now: datetime) -> Task:
    """Put a task back that may not be called before `until`."""
    row = leased_row(session, task_id, None, lease_version)
    _move(row, Action.POSTPONE, now, reason)
    _drop_lease(row)
    row.due_at = until
    return _saved(session, row)


def suppress(session: Session, task_id: str, lease_version: int, reason: str, now: datetime) -> Task:
    """End a leased task that may not be called; `reason` is the name of the rule."""
    row = leased_row(session, task_id, None, lease_version)
    _move(row, Action.SUPPRESS, now, reason)
    _drop_lease(row)
    return _saved(session, row)


def suppress_person(session: Session, person_id: str, reason: str, now: datetime) -> int:
    """End what waits for a person, at once and in every campaign; a call that goes on goes on. Returns how many."""
    rows = session.scalars(
        select(TaskRow).where(TaskRow.person_id == person_id, IS_ACTIVE, IS_WAITING).with_for_update()
    ).all()
    for row in rows:
        _move(row, Action.SUPPRESS, now, reason)
    return len(rows)


def suppress_campaign(session: Session, campaign: str, reason: str, now: datetime) -> int:
    """End what waits in a campaign; a call that goes on goes on. Returns how many."""
    ended = session.execute(
        update(TaskRow)
        .where(TaskRow.campaign == campaign, IS_WAITING)
        .values(state=State.SUPPRESSED.value, reason=reason, changed_at=now)
        .returning(TaskRow.task_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def sweep(session: Session, now: datetime, limit: int | None = None) -> Swept:
    """Let time do its part, for at most `limit` tasks of each kind.

    What is due again is ready; a call-back that its agent misses goes to all; who did not renew loses the lease; what
    is too old expires. A call that was dialled and never closed is not for a sweep: it belongs in the ledger first.
    """
    if not session.scalar(select(_anything_to_sweep(now))):
        return Swept(woken=0, handed_over=0, lost=0, expired=0)
    return Swept(**{name: _sweep(session, *swept, now, limit) for name, swept in _sweeps(now).items()})


def _anything_to_sweep(now: datetime) -> ColumnElement[bool]:
    """One quick question before five: a claim usually finds nothing to tidy up."""
    return or_(
        exists().where(IS_LIVE, TaskRow.lease_until <= now),
        exists().where(IS_WAITING, TaskRow.expires_at <= now),
        exists().where(IS_PUT_OFF, TaskRow.due_at <= now),
    )


def _sweeps(now: datetime) -> dict[str, tuple[Action, ColumnElement[bool], dict[str, object]]]:
    """What time does: the action, to which tasks, and what else changes. Each condition is served by an index."""
    late = and_(IS_LIVE, TaskRow.lease_until <= now)
    due, missed = TaskRow.due_at <= now, TaskRow.due_at <= now - rules.CALL_BACK_GRACE
    free = {"agent": None, "lease_until": None}
    return {
        "lost": (Action.LOSE, late, {**free, "reason": "lease lost"}),
        "expired": (Action.EXPIRE, and_(IS_WAITING, TaskRow.expires_at <= now), {}),
        "woken": (Action.WAKE, and_(IS_PUT_OFF, due), {"due_at": None}),
        "handed_over": (Action.HAND_OVER, and_(IS_PUT_OFF, missed), {"agent": None, "due_at": None}),
    }


def _sweep(
    session: Session,
    action: Action,
    condition: ColumnElement[bool],
    values: dict[str, object],
    now: datetime,
    limit: int | None,
) -> int:
    states = rules.before(action)
    chosen = (
        select(TaskRow.task_id)
        .where(condition, TaskRow.state.in_(states))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    changed = session.execute(
        update(TaskRow)
        .where(TaskRow.task_id.in_(chosen))
        .values(state=rules.move(states[0], action).value, changed_at=now, **values)
        .returning(TaskRow.task_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(changed)


def _move(row: TaskRow, action: Action, now: datetime, reason: str = "") -> None:
    row.state = rules.move(State(row.state), action).value
    row.changed_at = now
    row.reason = reason


def _drop_lease(row: TaskRow) -> None:
    row.agent = None
    row.lease_until = None


def _saved(session: Session, row: TaskRow) -> Task:
    session.flush()
    return Task.model_validate(row)
