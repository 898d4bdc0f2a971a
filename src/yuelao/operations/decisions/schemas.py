"""A match run as data."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.operations.decisions.rules import State


class MatchRun(BaseModel):
    """One match of a campaign's version as of a date; `ledger_sequence` is the last contact it knew of."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    run: str
    campaign: str
    version: int
    as_of: date
    state: State
    summary: Mapping[str, Any]
    ledger_sequence: int
    created_by: str
    created_at: datetime
    launched_at: datetime | None
