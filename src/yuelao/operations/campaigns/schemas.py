"""A campaign as data: its definition in the form of its YAML, and a version of it with its state."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yuelao.common.definitions import Slug, Texts
from yuelao.common.language import _
from yuelao.operations.campaigns.rules import Action, State, allowed

_FROZEN = ConfigDict(extra="forbid", frozen=True)


class FunnelStep(BaseModel):
    """One step of the funnel: customers for whom `keep` is true stay."""

    model_config = _FROZEN

    name: Texts
    keep: str


class Seats(BaseModel):
    """A scarce resource: seat minutes, or a number of contacts, of one team for the customers `where` holds."""

    model_config = _FROZEN

    name: Texts
    team: str | None = None
    where: str | None = None
    minutes: float | None = Field(None, ge=0)
    contacts: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.minutes is None) == (self.contacts is None):
            raise ValueError(_("a resource has either minutes or contacts"))
        return self


class Trial(BaseModel):
    """A small start: how many customers, and what must come of it."""

    model_config = _FROZEN

    size: int = Field(gt=0)
    success_rate: float | None = Field(None, ge=0, le=1, description="Go when sales ÷ connected reaches this.")


class CampaignDefinition(BaseModel):
    """What a campaign is."""

    model_config = _FROZEN

    kind: Literal["campaign"] = "campaign"
    name: Slug
    title: Texts
    purpose: Texts = {"en": "", "zh": ""}
    products: tuple[Slug, ...] = Field(min_length=1)
    channel: Literal["phone"] = "phone"
    script: Slug
    model: Slug = Field("response", description="The model of the response; none: rank without one.")
    rank_by: str | None = Field(None, description="Without a model: the field of the view that ranks customers.")
    assumed_response: float = Field(0.02, gt=0, le=0.5, description="Without a model: the mean response assumed.")
    priority: int = Field(50, ge=0, le=99, description="Higher is called first; promised call-backs come before all.")
    holdout: float = Field(0.1, ge=0, lt=1)
    cost_per_contact: float = Field(0.0, ge=0)
    task_days: int = Field(7, ge=1, le=365, description="How long a task may wait.")
    measure_days: int = Field(30, ge=1, le=365, description="How long after the release orders count.")
    funnel: tuple[FunnelStep, ...] = ()
    resources: tuple[Seats, ...] = Field(min_length=1)
    trial: Trial | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(_("ends_on lies before starts_on"))
        if len(set(self.products)) < len(self.products):
            raise ValueError(_("a product is named twice"))
        return self


class Campaign(BaseModel):
    """One version of a campaign."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    state: State
    definition: CampaignDefinition
    saved_by: str
    saved_at: datetime

    @property
    def allowed(self) -> list[Action]:
        """What can be done to it now."""
        return allowed(self.state)


class HistoryStep(BaseModel):
    """Who brought a version of a campaign to a state, when and why."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    campaign: str
    version: int
    action: str
    state: State
    actor: str
    reason: str
    happened_at: datetime
