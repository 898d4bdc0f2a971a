"""What the templates of the desk are given, worked out from the card, the clock and the day's calls."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from yuelao.analytics.reach import BestTime
from yuelao.common.language import _
from yuelao.common.settings import Workspace
from yuelao.operations import calls, campaigns, tasks
from yuelao.operations.staff.schemas import User
from yuelao.web.desk.contacts import last_contacts
from yuelao.web.desk.face import face
from yuelao.web.desk.outcomes import CHOICES
from yuelao.web.requests import Transaction
from yuelao.workflows.desk_card import DeskCard
from yuelao.workflows.expect_reach import best_time_sentence

_CALL_BACK_STEP = timedelta(minutes=5)
_SOON = timedelta(hours=1)
_EVENING = 18
_NOON = 12


@dataclass(frozen=True)
class State:
    """What the agent is doing; `seconds` since when, None where it does not matter."""

    name: str
    title: str
    icon: str
    seconds: int | None = None


_STATES = {
    "idle": (_("Ready"), "player-pause"),
    "leased": (_("Preparing"), "eye"),
    "dialling": (_("Dialling"), "phone-outgoing"),
    "connected": (_("In a call"), "phone-call"),
    "wrap_up": (_("Wrap-up"), "edit"),
}


def idle(session: Transaction, agent: User, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    """The values of the page between two customers."""
    return {
        "card": None,
        "state": State("idle", *_STATES["idle"]),
        "today": calls.agent_day(session, agent.name, _midnight(now, zone)),
        "waiting": tasks.waiting(session, agent.team or "", campaigns.paused(session)),
        "greeting": _greeting(now.astimezone(zone).hour),
    }


def at_work(
    session: Transaction, card: DeskCard, agent: User, now: datetime, workspace: Workspace, language: str
) -> dict[str, object]:
    """The values of the page with one customer on it."""
    zone = workspace.timezone
    local = now.astimezone(zone)
    first_call_back = _rounded_up(local + _CALL_BACK_STEP)
    best = card.best_time
    return {
        "card": card,
        "state": _state(card, now),
        "lease_seconds": _seconds(now, card.task.lease_until) if card.task.lease_until else 0,
        "today": calls.agent_day(session, agent.name, _midnight(now, zone)),
        "face": face(card.customer, local.date(), language, workspace.settings.currency),
        "contacts": last_contacts(session, card, zone, language),
        "outcomes": CHOICES,
        "call_back_first": _as_input(first_call_back),
        "call_back_default": _as_input(next_best(local, best) if best else first_call_back + timedelta(days=1)),
        "call_back_best": best_time_sentence(best, language) if best else "",
        "phone": None,
        "attempt": card.task.attempts + (card.task.state == "leased"),
    }


def next_best(now: datetime, best: BestTime) -> datetime:
    """The first moment of the customer's best time that is at least an hour from now, on the same clock."""
    soonest = _rounded_up(now + _SOON)
    (first, last), (start, end) = best.weekdays, best.hours
    for days in range(8):
        midnight = datetime.combine(soonest.date() + timedelta(days=days), time(), tzinfo=soonest.tzinfo)
        moment = max(midnight + timedelta(hours=start), soonest)
        if first <= midnight.weekday() <= last and moment < midnight + timedelta(hours=end):
            return moment
    raise AssertionError("a best time comes every week")


def _state(card: DeskCard, now: datetime) -> State:
    name = card.task.state
    return State(name, *_STATES[name], _seconds(card.task.changed_at, now))


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)


def _rounded_up(moment: datetime) -> datetime:
    late = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - late + (_CALL_BACK_STEP if late else timedelta())


def _as_input(moment: datetime) -> str:
    """As a datetime-local field takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def _greeting(hour: int) -> str:
    if hour < _NOON:
        return _("Good morning, {name}")
    return _("Good afternoon, {name}") if hour < _EVENING else _("Good evening, {name}")
