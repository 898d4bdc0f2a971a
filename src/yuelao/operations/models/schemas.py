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


class UpkeepOutcome(StrEnum):
    """What became of a model that was due, or did worse than the version before."""

    TRAINED = "trained"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


class NewVersion(BaseModel):
    """A version to register. digest: SHA-256 of its files; recipe: all that training it once more takes.

    findings: what the training found beside the card, as `workflows/describe_training` writes it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    as_of: date
    digest: str
    card: dict[str, Any]
    recipe: dict[str, Any]
    findings: dict[str, Any] = {}


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


class Upkeep(BaseModel):
    """What the machine did about a model with the data of one day.

    version: the one trained, or the one put into use again. why: the rules it was due by, or what comparing it with the
    version before found. said: the line of a refusal; why a trained version was put into use, or waits.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    day: date
    outcome: UpkeepOutcome
    version: str | None
    why: list[dict[str, Any]]
    said: str
    happened_at: datetime
