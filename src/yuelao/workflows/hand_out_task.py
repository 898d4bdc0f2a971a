"""Hand out a task: one customer to one agent, with the policy asked again at that moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound
from yuelao.common.settings import Workspace
from yuelao.operations import audit, campaigns, tasks
from yuelao.operations.contact_policy import Refusal
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks.schemas import Task
from yuelao.workflows.check_policy import PolicyCheck
from yuelao.workflows.desk_card import DeskCard, desk_card
from yuelao.workflows.sweep_tasks import close_abandoned

_MOST_REFUSED = 200
"""How many refused tasks one press of Next clears away before it gives up for now."""


class Nothing(BaseModel):
    """Why no task was handed out: `reason` is closed_hours, empty or all_refused."""

    model_config = ConfigDict(frozen=True)

    reason: str
    title: Mapping[str, str]


_EMPTY = Nothing(reason="empty", title={"en": "No call task is waiting for your team", "zh": "您的班组暂无待呼任务"})
_ALL_REFUSED = Nothing(
    reason="all_refused",
    title={
        "en": "The next tasks were all refused by the contact policy; press Next again",
        "zh": "后续任务均被接触策略拦截，请再按一次“下一个”",
    },
)
_PAUSED = Refusal(
    name="campaign_paused", title={"en": "The campaign is paused", "zh": "活动已暂停"}, values={}, postpone_days=1
)
_ENDED = Refusal(name="campaign_ended", title={"en": "The campaign has ended", "zh": "活动已结束"}, values={})
_RESTS: Mapping[campaigns.State, Refusal] = {
    campaigns.State.PAUSED: _PAUSED,
    campaigns.State.STOPPED: _ENDED,
    campaigns.State.CLOSED: _ENDED,
}


def hand_out(session: Session, workspace: Workspace, agent: User, now: datetime, language: str) -> DeskCard | Nothing:
    """Lease the best waiting task to `agent` and return its desk card; what they already hold comes first.

    A task whose customer may not be contacted now is taken out or put off, as the rule says, and the next one is taken.
    """
    held = tasks.held_by(session, agent.name, now)
    if held and (card := _card(session, workspace, held, agent, now, language)):
        return card
    policy = PolicyCheck(session, workspace, now)
    if closed := policy.hours():
        return Nothing(reason="closed_hours", title=closed.title)
    close_abandoned(session, now, agent.name)
    minutes, resting = workspace.settings.lease_minutes, campaigns.paused(session)
    for _attempt in range(_MOST_REFUSED):
        task = tasks.claim(session, agent.name, agent.team or "", now, minutes, resting)
        if task is None:
            return _EMPTY
        if _allowed(session, policy, task, now) and (card := _card(session, workspace, task, agent, now, language)):
            audit.record(session, agent.name, "task.claim", task.task_id, {"campaign": task.campaign}, now)
            return card
    return _ALL_REFUSED


def current(session: Session, workspace: Workspace, agent: User, now: datetime, language: str) -> DeskCard | None:
    """The card of the task the agent holds, or None; also None when it cannot be made: Next then clears it away."""
    held = tasks.held_by(session, agent.name, now)
    if held is None:
        return None
    try:
        return desk_card(session, workspace, held, agent, language)
    except NotFound:
        if held.state is not tasks.State.LEASED:
            raise
        return None


def _card(
    session: Session, workspace: Workspace, task: Task, agent: User, now: datetime, language: str
) -> DeskCard | None:
    """The card; None, and the task ended, when its script or a product is gone: it must not stop the whole team."""
    try:
        return desk_card(session, workspace, task, agent, language)
    except NotFound as error:
        if task.state is not tasks.State.LEASED:
            raise
        tasks.suppress(session, task.task_id, task.lease_version, f"broken: {error.message}", now)
        audit.record(session, agent.name, "task.suppress", task.task_id, {"broken": error.message}, now)
        return None


def _allowed(session: Session, policy: PolicyCheck, task: Task, now: datetime) -> bool:
    when = "call_back" if task.call_back else "claim"
    refusal = rest_of(session, task) or policy.person(task.customer_id, task.person_id, when)
    if refusal is not None:
        take_out(session, task, refusal, now)
    return refusal is None


def rest_of(session: Session, task: Task) -> Refusal | None:
    """Why a task's campaign lets nobody be called now, or None: a paused one puts it off, one that ended ends it."""
    return _RESTS.get(campaigns.state_of(session, task.campaign, task.campaign_version))


def take_out(session: Session, task: Task, refusal: Refusal, now: datetime) -> None:
    """Put a task off that a passing rule refuses (called too often lately); take it out where the rule stays."""
    if refusal.postpone_days is None:
        done = "task.suppress"
        tasks.suppress(session, task.task_id, task.lease_version, refusal.name, now)
    else:
        done = "task.postpone"
        until = now + timedelta(days=refusal.postpone_days)
        tasks.postpone(session, task.task_id, task.lease_version, until, refusal.name, now)
    audit.record(session, "policy", done, task.task_id, {"rule": refusal.name}, now)
