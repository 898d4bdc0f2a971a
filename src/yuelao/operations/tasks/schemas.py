"""Tasks as data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.common.outcomes import Outcome
from yuelao.operations.tasks.rules import State

_FROZEN = ConfigDict(frozen=True, from_attributes=True)


class NewTask(BaseModel):
    """A task to create; an empty `team` means any team, `alternatives` are product codes."""

    model_config = _FROZEN

    run: str
    campaign: str
    campaign_version: int
    customer_id: str
    person_id: str
    product: str
    channel: str = "phone"
    alternatives: list[str] = []
    why: dict[str, Any] = {}
    team: str = ""
    priority: int
    value: float
    expires_at: datetime


class Task(NewTask):
    """A call task. `lease_version` must be shown with every command: who lost the lease cannot write."""

    task_id: str
    state: State
    agent: str | None
    lease_version: int
    lease_until: datetime | None
    due_at: datetime | None
    attempts: int
    outcome: Outcome | None
    reason: str
    created_at: datetime
    changed_at: datetime

    @property
    def call_back(self) -> bool:
        """Whether the customer asked to be called back."""
        return self.outcome is Outcome.CALL_BACK


class Created(BaseModel):
    """How many tasks were made, and the customers whose person had an active one already."""

    model_config = ConfigDict(frozen=True)

    tasks: int
    busy: list[str]


class Swept(BaseModel):
    """What time did: how many tasks came back to be called, were taken from agents who left, or came to their end."""

    model_config = ConfigDict(frozen=True)

    woken: int
    handed_over: int
    lost: int
    expired: int


class Standing(BaseModel):
    """Where a task stands and why nobody is calling: a sentence with `{name}` for each of its values."""

    model_config = ConfigDict(frozen=True)

    task: Task
    sentence: str
    values: Mapping[str, object]
