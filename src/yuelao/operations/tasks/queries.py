"""Reading tasks: what an agent holds, what comes next, who is busy, and why a customer is not being called."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict, NotFound
from yuelao.common.language import _
from yuelao.operations.tasks.rules import CALLING, LIVE, State
from yuelao.operations.tasks.schemas import Standing, Task
from yuelao.storage.tables import TaskRow
from yuelao.storage.tables.tasks import IS_ACTIVE, IS_LIVE, IS_READY, IS_SCHEDULED


def held_by(session: Session, agent: str, now: datetime) -> Task | None:
    """The task an agent has leased and not closed."""
    row = session.scalars(select(TaskRow).where(TaskRow.agent == agent, IS_LIVE)).first()
    if row is None or row.lease_until is None or row.lease_until <= now:
        return None
    return Task.model_validate(row)


def leased(session: Session, task_id: str, agent: str, lease_version: int) -> Task:
    """The task, if this is its latest lease; Conflict if somebody took it since.

    A lease that has run out is good until the next sweep, which takes the task back or closes its call: the state and
    the version protect, not the clock.
    """
    return Task.model_validate(leased_row(session, task_id, agent, lease_version))


def leased_row(session: Session, task_id: str, agent: str | None, lease_version: int) -> TaskRow:
    """The task's row, locked, if this is its latest lease; Conflict if somebody took it since."""
    row = session.get(TaskRow, task_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such task", where=f"task {task_id!r}")
    if row.lease_version != lease_version or State(row.state) not in LIVE or agent not in (None, row.agent):
        raise Conflict(
            _("This task is no longer yours"),
            where=f"task {task_id}",
            hint=_("Press Next for another one"),
            code="lease_lost",
        )
    return row


def abandoned(session: Session, now: datetime, limit: int, agent: str | None = None) -> list[Task]:
    """Tasks that were dialled and not closed before their lease ran out, locked; with `agent` only that one's."""
    whose = [TaskRow.agent == agent] if agent is not None else []
    rows = session.scalars(
        select(TaskRow)
        .where(IS_LIVE, TaskRow.state.in_(CALLING), TaskRow.lease_until <= now, *whose)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Task.model_validate(row) for row in rows]


def own_call_backs(agent: str, now: datetime, resting: Collection[str] = ()) -> Select[TaskRow]:
    """The due call-backs an agent promised, the longest due first; none of the campaigns `resting`."""
    due = select(TaskRow).where(IS_SCHEDULED, TaskRow.agent == agent, TaskRow.due_at <= now)
    return due.where(*_awake(resting)).order_by(TaskRow.due_at)


def pool(team: str, resting: Collection[str] = ()) -> Select[TaskRow]:
    """The ready tasks of one team ('' is everybody's), best first: priority, then value, then age.

    Tasks of the campaigns `resting` are passed over, in the order of the index.
    """
    return (
        select(TaskRow)
        .where(IS_READY, TaskRow.team == team, *_awake(resting))
        .order_by(TaskRow.priority.desc(), TaskRow.value.desc(), TaskRow.task_id)
    )


def _awake(resting: Collection[str]) -> list[ColumnElement[bool]]:
    return [TaskRow.campaign.not_in(resting)] if resting else []


def pools_best_first(session: Session, team: str, resting: Collection[str] = ()) -> list[str]:
    """The pools an agent of `team` draws from, the one whose best task is better first; empty ones left out."""
    best: dict[str, tuple[float, float]] = {}
    for name in {team, ""}:
        head = session.execute(pool(name, resting).with_only_columns(TaskRow.priority, TaskRow.value).limit(1)).first()
        if head is not None:
            best[name] = (head.priority, head.value)
    return sorted(best, key=lambda name: (best[name], name), reverse=True)


def waiting(session: Session, team: str, resting: Collection[str] = ()) -> int:
    """How many tasks an agent of this team could be handed now; none of the campaigns `resting`."""
    wanted = select(func.count()).where(IS_READY, TaskRow.team.in_({team, ""}), *_awake(resting))
    return session.scalar(wanted) or 0


def busy_persons(session: Session) -> list[str]:
    """Everybody who has an active task, in any campaign."""
    return list(session.scalars(select(TaskRow.person_id).where(IS_ACTIVE)))


def counts(session: Session) -> dict[str, dict[str, int]]:
    """How many tasks each campaign has in each state."""
    rows = session.execute(
        select(TaskRow.campaign, TaskRow.state, func.count()).group_by(TaskRow.campaign, TaskRow.state)
    )
    found: dict[str, dict[str, int]] = {}
    for campaign, state, count in rows:
        found.setdefault(campaign, {})[state] = count
    return found


def count_by_state(session: Session, campaign: str) -> dict[str, int]:
    """How many tasks of a campaign are in each state."""
    rows = session.execute(
        select(TaskRow.state, func.count()).where(TaskRow.campaign == campaign).group_by(TaskRow.state)
    )
    return dict(rows.all())


def made(session: Session, campaign: str, version: int) -> int:
    """How many tasks a version of a campaign has had, whatever became of them."""
    wanted = select(func.count()).where(TaskRow.campaign == campaign, TaskRow.campaign_version == version)
    return session.scalar(wanted) or 0


def newest_for(session: Session, customer_id: str, campaign: str) -> Task | None:
    """The newest task of a customer in a campaign."""
    row = session.scalars(
        select(TaskRow)
        .where(TaskRow.customer_id == customer_id, TaskRow.campaign == campaign)
        .order_by(TaskRow.task_id.desc())
        .limit(1)
    ).first()
    return Task.model_validate(row) if row else None


def why_not(session: Session, customer_id: str, now: datetime) -> list[Standing]:
    """For each task of a customer, the newest first, why nobody is calling; empty when there is no task at all."""
    rows = session.scalars(
        select(TaskRow).where(TaskRow.customer_id == customer_id).order_by(TaskRow.task_id.desc())
    ).all()
    return [_standing(session, row, now) for row in rows]


def _standing(session: Session, row: TaskRow, now: datetime) -> Standing:
    task = Task.model_validate(row)
    values: dict[str, object] = task.model_dump(include={"agent", "due_at", "outcome", "reason", "expires_at", "team"})
    sentence = _SENTENCES[task.state]
    if task.state is State.READY:
        values["ahead"] = _ahead(session, row)
        sentence = _QUEUED if row.team else sentence
    elif task.state in LIVE and row.lease_until is not None and row.lease_until <= now:
        sentence = _LEFT
    return Standing(task=task, sentence=sentence, values=values)


def _ahead(session: Session, row: TaskRow) -> int:
    better = or_(
        TaskRow.priority > row.priority,
        and_(TaskRow.priority == row.priority, TaskRow.value > row.value),
        and_(TaskRow.priority == row.priority, TaskRow.value == row.value, TaskRow.task_id < row.task_id),
    )
    ready = select(func.count()).where(IS_READY, TaskRow.team == row.team, better)
    return session.scalar(ready) or 0


_QUEUED = _("Waits in the queue of {team}, {ahead} tasks come first")
_QUEUED_FOR_ALL = _("Waits in everybody's queue, {ahead} tasks come first")
_LEFT = _("{agent} left it; it goes back at the next claim")
_SENTENCES: Mapping[State, str] = {
    State.READY: _QUEUED_FOR_ALL,
    State.LEASED: _("{agent} is looking at it"),
    State.DIALLING: _("{agent} is dialling"),
    State.CONNECTED: _("{agent} is talking to the customer"),
    State.WRAP_UP: _("{agent} is writing down the outcome"),
    State.SCHEDULED: _("{agent} will call back at {due_at}"),
    State.RECYCLED: _("Will be tried again at {due_at} ({reason})"),
    State.DONE: _("Done: {outcome}"),
    State.SUPPRESSED: _("Not allowed: {reason}"),
    State.EXPIRED: _("Ran out of time at {expires_at}"),
}
