"""Manage a campaign: move it through its states, each step audited with who and why."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, nearest
from yuelao.operations import audit, campaigns, tasks
from yuelao.operations.campaigns.schemas import Campaign

ACTIONS: Mapping[str, Callable[..., Campaign]] = {
    "submit": campaigns.submit,
    "approve": campaigns.approve,
    "reject": campaigns.reject,
    "start": campaigns.start,
    "go": campaigns.go,
    "pause": campaigns.pause,
    "resume": campaigns.resume,
    "stop": campaigns.stop,
    "close": campaigns.close,
}
_ENDS: Mapping[str, str] = {"start": "campaign_replaced", "stop": "campaign_stopped", "close": "campaign_closed"}
"""Steps after which what still waits, of any older version, must not be called, and the reason its tasks are given."""


def move(session: Session, campaign: str, action: str, by: str, now: datetime, reason: str = "") -> Campaign:
    """Take one step; Conflict when the campaign's state does not allow it, Refused when a needed reason is missing.

    What ends a version ends its waiting tasks with it; a paused campaign keeps them, and none is handed out.
    """
    if action not in ACTIONS:
        raise NotFound(f"There is no step {action!r}", where="action", hint=nearest(action, list(ACTIONS)))
    moved = ACTIONS[action](session, campaign, by=by, now=now, reason=reason)
    detail: dict[str, object] = {"version": moved.version, "reason": reason}
    if action in _ENDS and (ended := tasks.suppress_campaign(session, campaign, _ENDS[action], now)):
        detail["tasks_ended"] = ended
    audit.record(session, by, f"campaign.{action}", campaign, detail, now)
    return moved
