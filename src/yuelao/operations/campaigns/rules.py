"""The states of a campaign's version and the ways between them. Pure.

draft → submitted → rejected
                  → approved → running ⇄ paused → closed
                             → trial → stopped
                                     → running
"""

from collections.abc import Mapping
from enum import StrEnum

from yuelao.common.errors import Conflict


class State(StrEnum):
    """How far a version of a campaign has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    APPROVED = "approved"
    TRIAL = "trial"
    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Action(StrEnum):
    """What somebody can do to a version of a campaign."""

    SUBMIT = "submit"
    REJECT = "reject"
    APPROVE = "approve"
    START_TRIAL = "start_trial"
    START = "start"
    GO = "go"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.APPROVED, Action.START_TRIAL): State.TRIAL,
    (State.APPROVED, Action.START): State.RUNNING,
    (State.TRIAL, Action.STOP): State.STOPPED,
    (State.TRIAL, Action.GO): State.RUNNING,
    (State.RUNNING, Action.PAUSE): State.PAUSED,
    (State.PAUSED, Action.RESUME): State.RUNNING,
    (State.RUNNING, Action.CLOSE): State.CLOSED,
    (State.PAUSED, Action.CLOSE): State.CLOSED,
}
STARTED = frozenset({State.TRIAL, State.RUNNING, State.PAUSED})
_REASON_NEEDED = frozenset({Action.REJECT, Action.STOP})


def move(state: State, action: Action, reason: str = "") -> State:
    """The state after the action; Conflict, naming what can be done instead, where there is no such way."""
    following = TRANSITIONS.get((state, action))
    if following is None:
        can = ", ".join(allowed(state)) or "nothing: this version has ended"
        raise Conflict(f"A campaign that is {state} cannot {action.replace('_', ' ')}", hint=f"It can: {can}")
    if action in _REASON_NEEDED and not reason.strip():
        raise Conflict(f"To {action} a campaign takes a reason", hint="Say why", code="reason_needed")
    return following


def allowed(state: State) -> list[Action]:
    """What can be done in this state."""
    return [action for (before, action) in TRANSITIONS if before is state]


def way_to_start(has_trial: bool) -> Action:
    """A campaign that plans a trial starts with it."""
    return Action.START_TRIAL if has_trial else Action.START


def way_to_end(state: State) -> Action:
    """How a started version ends when the next one takes its place."""
    return Action.STOP if state is State.TRIAL else Action.CLOSE
