"""The states of a call task and the ways between them. Pure.

    ready → leased → dialling → connected → wrap_up → done | scheduled (a call-back) | recycled (nobody reached)
    scheduled → leased, by the agent who promised it; → ready, for all, when that agent does not come
    recycled → ready, when it is due again
    ready, scheduled, recycled, leased, dialling → suppressed, when the contact policy or a person says so
    ready, scheduled, recycled → expired

A call may be closed without its answer or its end having been told: the states between are then passed at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from yuelao.common.errors import Conflict
from yuelao.common.language import _
from yuelao.common.outcomes import Outcome

CALL_BACK_PRIORITY = 1_000
"""A promised call-back comes before every campaign, whose priorities end at 99."""
CALL_BACK_GRACE = timedelta(hours=2)
"""How long a due call-back waits for the agent who promised it before it goes to all."""
CALL_BACK_LIFE = timedelta(days=2)
"""How long after its time a promised call-back may still be made, even past the task's own end."""
CALL_LEASE = timedelta(hours=1)
"""Who has dialled keeps the task at least so long: a long talk must not be lost for want of a sign of life."""


class State(StrEnum):
    """How far a task has come."""

    READY = "ready"
    LEASED = "leased"
    DIALLING = "dialling"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    SCHEDULED = "scheduled"
    RECYCLED = "recycled"
    DONE = "done"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


class Action(StrEnum):
    """What can happen to a task."""

    CLAIM = "claim"
    RELEASE = "release"
    DIAL = "dial"
    CONNECT = "connect"
    HANG_UP = "hang_up"
    FINISH = "finish"
    SCHEDULE = "schedule"
    RECYCLE = "recycle"
    POSTPONE = "postpone"
    SUPPRESS = "suppress"
    WAKE = "wake"
    HAND_OVER = "hand_over"
    LOSE = "lose"
    EXPIRE = "expire"


WAITING = (State.READY, State.SCHEDULED, State.RECYCLED)
CALLING = (State.DIALLING, State.CONNECTED, State.WRAP_UP)
LIVE = (State.LEASED, *CALLING)
ACTIVE = (*WAITING, *LIVE)

TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.READY, Action.CLAIM): State.LEASED,
    (State.SCHEDULED, Action.CLAIM): State.LEASED,
    (State.LEASED, Action.RELEASE): State.READY,
    (State.LEASED, Action.DIAL): State.DIALLING,
    (State.DIALLING, Action.CONNECT): State.CONNECTED,
    (State.DIALLING, Action.HANG_UP): State.WRAP_UP,
    (State.CONNECTED, Action.HANG_UP): State.WRAP_UP,
    (State.WRAP_UP, Action.FINISH): State.DONE,
    (State.WRAP_UP, Action.SCHEDULE): State.SCHEDULED,
    (State.WRAP_UP, Action.RECYCLE): State.RECYCLED,
    (State.LEASED, Action.POSTPONE): State.RECYCLED,
    (State.RECYCLED, Action.WAKE): State.READY,
    (State.SCHEDULED, Action.HAND_OVER): State.READY,
    (State.LEASED, Action.LOSE): State.READY,
    **{(state, Action.SUPPRESS): State.SUPPRESSED for state in (*WAITING, State.LEASED, State.DIALLING)},
    **{(state, Action.EXPIRE): State.EXPIRED for state in WAITING},
}


def move(state: State, action: Action) -> State:
    """The state after the action; Conflict, saying what can be done instead, where there is no such way."""
    following = TRANSITIONS.get((state, action))
    if following is None:
        can = ", ".join(action.value for before, action in TRANSITIONS if before is state)
        raise Conflict(
            f"A task that is {state} cannot {action.replace('_', ' ')}",
            hint=f"It can: {can or 'nothing, it has ended'}",
        )
    return following


def before(action: Action) -> tuple[State, ...]:
    """The states in which the action is possible."""
    return tuple(state for state, possible in TRANSITIONS if possible is action)


def close(state: State, outcome: Outcome, again_at: datetime | None) -> State:
    """The state after a call with this outcome; `again_at` brings a call-back or another try."""
    if state is State.LEASED:
        raise Conflict(_("Nobody was dialled yet"), hint=_("Dial first, then write down the outcome"))
    wrapped = state if state is State.WRAP_UP else move(state, Action.HANG_UP)
    if again_at is None:
        return move(wrapped, Action.FINISH)
    return move(wrapped, Action.SCHEDULE if outcome is Outcome.CALL_BACK else Action.RECYCLE)
