"""Screen: put the whole base through a campaign's funnel and count what each step leaves."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from yuelao.common.errors import Refused
from yuelao.conditions import Condition, Fields, parse
from yuelao.operations import campaigns
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.funnel import drop_counts, with_first_drop
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.house import House


class StepCount(BaseModel):
    """What one step of a funnel left and dropped."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    left: int
    dropped: int


class Screening(BaseModel):
    """The counts of one funnel over one view."""

    model_config = ConfigDict(frozen=True)

    campaign: str
    as_of: date
    customers: int
    steps: list[StepCount]
    targets: int


def screen(house: House, campaign: str, as_of: date | None = None) -> Screening:
    """Count the campaign's funnel over the view of `as_of` (the newest view when not given)."""
    with house.database.transaction(read_only=True) as session:
        definition = campaigns.get(session, campaign).definition
    with house.lake.snapshot() as snapshot:
        return screen_view(snapshot, definition, as_of or newest_view(snapshot))


def screen_version(house: House, definition: CampaignDefinition) -> Screening:
    """Count a funnel, saved or not, over the newest view."""
    with house.lake.snapshot() as snapshot:
        return screen_view(snapshot, definition, newest_view(snapshot))


def screen_view(snapshot: Snapshot, definition: CampaignDefinition, as_of: date) -> Screening:
    """Count a funnel, saved or not, over a view."""
    steps = funnel_steps(definition, view_fields(snapshot))
    dropped = drop_counts(with_first_drop(read_view(snapshot, as_of), steps, as_of))
    customers = sum(dropped.values())
    named = name_steps(definition, dropped)
    return Screening(
        campaign=definition.name,
        as_of=as_of,
        customers=customers,
        steps=named,
        targets=named[-1].left if named else customers,
    )


def name_steps(definition: CampaignDefinition, dropped: Mapping[int, int]) -> list[StepCount]:
    """The funnel's steps with what each left, from the number of customers each one dropped first."""
    left = sum(dropped.values())
    counts = []
    for index, step in enumerate(definition.funnel):
        left -= dropped.get(index, 0)
        title = dict(step.name)
        counts.append(StepCount(name=title["en"], title=title, left=left, dropped=dropped.get(index, 0)))
    return counts


def funnel_steps(definition: CampaignDefinition, fields: Fields) -> list[Condition]:
    """The funnel's conditions, checked; a refusal names the campaign and the step."""
    return [
        parse_named(step.keep, fields, f"campaign {definition.name}, step {step.name['en']!r}")
        for step in definition.funnel
    ]


def parse_named(text: str, fields: Fields, where: str) -> Condition:
    """A condition whose refusal says where it stands."""
    try:
        return parse(text, fields)
    except Refused as refusal:
        place = f"{where}, {refusal.where}"
        raise Refused(refusal.message, where=place, hint=refusal.hint, code=refusal.code) from refusal
