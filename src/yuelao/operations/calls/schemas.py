"""Calls as data."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Call(BaseModel):
    """One call; `ended_at`, `outcome` and `talk_seconds` are None while it lasts."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    call_id: str
    task_id: str | None
    customer_id: str
    campaign: str | None
    agent: str
    started_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    talk_seconds: int | None
    note: str


class CallNumbers(BaseModel):
    """Counts of closed calls: connect rate = connected ÷ dialled, success rate = sold ÷ connected."""

    model_config = ConfigDict(frozen=True)

    dialled: int
    connected: int
    sold: int
    talk_seconds: int
