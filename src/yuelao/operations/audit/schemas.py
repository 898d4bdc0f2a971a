"""Audit as data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """One act: `object` names what it was done to, as "campaign:data-upgrade" or "customer:<pseudonym>"."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sequence: int
    happened_at: datetime
    actor: str
    action: str
    object: str
    detail: Mapping[str, Any]
