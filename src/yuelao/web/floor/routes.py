"""The floor at this moment: the queue by campaign and state, and the agents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from yuelao.operations import campaigns, staff, tasks
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks import Task
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner.states import TASK
from yuelao.web.requests import Person, Transaction, requires

router = APIRouter(prefix="/floor")
_COLUMNS = ("ready", "scheduled", "recycled", "done", "suppressed", "expired")
_LIVE = ("leased", "dialling", "connected", "wrap_up")
_LONG_SECONDS = {"leased": 300, "dialling": 90, "connected": 1200, "wrap_up": 180}
"""After which time a state deserves a look."""


@dataclass(frozen=True)
class Seat:
    """An agent, the task they hold, and for how long in its present state."""

    agent: User
    task: Task | None
    seconds: int

    @property
    def long(self) -> bool:
        """Whether this lasts longer than usual."""
        return self.task is not None and self.seconds > _LONG_SECONDS.get(self.task.state, 0)


@dataclass(frozen=True)
class Line:
    """A campaign's tasks by state; `live` are in somebody's hands."""

    name: str
    title: str
    counts: Mapping[str, int]

    @property
    def live(self) -> int:
        """Tasks an agent has."""
        return sum(self.counts.get(state, 0) for state in _LIVE)

    @property
    def total(self) -> int:
        """All tasks ever made."""
        return sum(self.counts.values())


@router.get("")
def floor(page: ThePage, session: Transaction, _manager: Annotated[Person, requires("floor.read")]) -> Response:
    """The floor now; the page asks again every fifteen seconds."""
    seats = _seats(page, session)
    titles = {each.name: page.pick(each.definition.title) for each in campaigns.all_current(session)}
    lines = [Line(name, titles.get(name, name), counts) for name, counts in sorted(tasks.counts(session).items())]
    template = "floor/board.html" if page.by_htmx else "floor/floor.html"
    return page.show(template, seats=seats, lines=lines, columns=_COLUMNS, looks=TASK)


def _seats(page: Page, session: Transaction) -> list[Seat]:
    """Every agent, the busy ones first, the longest in their state at the top."""
    now = page.web.now()
    agents = [user for user in staff.users(session) if user.active and user.may("task.work")]
    held = [(agent, tasks.held_by(session, agent.name, now)) for agent in agents]
    seats = [Seat(agent, task, int((now - task.changed_at).total_seconds()) if task else 0) for agent, task in held]
    return sorted(seats, key=lambda seat: (seat.task is None, -seat.seconds, seat.agent.name))
