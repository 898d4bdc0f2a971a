"""Trained models as data."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class ModelState(StrEnum):
    """Where a version stands: in use, trained and waiting, or in use once."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    RETIRED = "retired"


class NewVersion(BaseModel):
    """A version to register. digest: SHA-256 of its files; recipe: all that training it once more takes."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    as_of: date
    digest: str
    card: dict[str, Any]
    recipe: dict[str, Any]


class ModelVersion(NewVersion):
    """A registered version and where it stands now."""

    trained_by: str
    trained_at: datetime
    state: ModelState


class Promotion(BaseModel):
    """A version that was put into use."""

    model_config = ConfigDict(frozen=True)

    name: str
    place: int
    version: str
    reason: str
    promoted_by: str
    promoted_at: datetime
