"""Tasks: one call to make, handed to one agent at a time, and never two for one person."""

from yuelao.operations.tasks.queries import (
    busy_persons,
    count_by_state,
    counts,
    held_by,
    leased,
    newest_for,
    waiting,
    why_not,
)
from yuelao.operations.tasks.rules import Action, State
from yuelao.operations.tasks.schemas import Created, NewTask, Standing, Swept, Task
from yuelao.operations.tasks.service import (
    claim,
    close,
    connected,
    create,
    dial,
    hang_up,
    postpone,
    release,
    renew,
    suppress,
    suppress_person,
    sweep,
)

__all__ = [
    "Action",
    "Created",
    "NewTask",
    "Standing",
    "State",
    "Swept",
    "Task",
    "busy_persons",
    "claim",
    "close",
    "connected",
    "count_by_state",
    "counts",
    "create",
    "dial",
    "hang_up",
    "held_by",
    "leased",
    "newest_for",
    "postpone",
    "release",
    "renew",
    "suppress",
    "suppress_person",
    "sweep",
    "waiting",
    "why_not",
]
