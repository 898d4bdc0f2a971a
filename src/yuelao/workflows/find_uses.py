"""Find uses: who asks for columns of the customer view — definitions of models, campaigns, trained models."""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.common.errors import Refused
from yuelao.conditions import Fields, parse
from yuelao.operations import campaigns, customers
from yuelao.operations.campaigns import Campaign, State
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.model_scores import score_output
from yuelao.workflows.check_definition import model_of
from yuelao.workflows.gather_training import REACH, UPLIFT
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import model_cards, uplift_cards
from yuelao.workflows.view_models import MODELS

Place = Literal["funnel", "seats", "rank", "model"]
OVER = frozenset({State.REJECTED, State.STOPPED, State.CLOSED})
"""A campaign that will choose nobody any more asks for nothing."""


class CampaignUse(BaseModel):
    """A campaign, and where it asks: in its funnel, for its seats, to rank customers, or to match its offers."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    state: str
    places: list[Place]


class Uses(BaseModel):
    """Who asks for a column: kinds of models of the view, campaigns, and trained models by name."""

    model_config = ConfigDict(frozen=True)

    models: list[str]
    campaigns: list[CampaignUse]
    trained: list[str]


def find_uses(house: House, names: Collection[str]) -> Uses:
    """Who asks for one of the columns: the definitions saved last, campaigns that are not over, models in use."""
    wanted = set(names)
    with house.database.transaction(read_only=True) as session:
        models = models_asking(session, wanted)
        current = [each for each in campaigns.all_current(session) if each.state not in OVER]
    with house.lake.snapshot() as snapshot:
        fields = view_fields(snapshot)
    using = [use for each in current if (use := _use(each, fields_of(each.definition, fields), wanted)).places]
    cards = {**model_cards(house), **uplift_cards(house)}
    trained = sorted(name for name, (_version, card) in cards.items() if wanted & set(card.features))
    return Uses(models=models, campaigns=using, trained=trained)


def uses_of_model(house: House, name: str) -> list[CampaignUse]:
    """The campaigns that are not over and match offers by a trained model, or ask for the column it gives."""
    output = score_output(name)
    wanted = {name, *([output.name] if output else [])}
    with house.database.transaction(read_only=True) as session:
        current = [each for each in campaigns.all_current(session) if each.state not in OVER]
    with house.lake.snapshot() as snapshot:
        fields = view_fields(snapshot)
    asked = [(each, {**fields_of(each.definition, fields), "model": models_of(each.definition)}) for each in current]
    return [use for each, places in asked if (use := _use(each, places, wanted)).places]


def models_of(definition: CampaignDefinition) -> frozenset[str]:
    """The trained models that a match of the campaign takes where they are in use, by name: see `match_offers`."""
    taught = [UPLIFT, *(f"{UPLIFT}-{product}" for product in definition.products)]
    return frozenset({definition.model, REACH, *(taught if definition.model != "none" else [])})


def models_asking(session: Session, names: Collection[str]) -> list[str]:
    """The kinds of models whose definition asks for one of the columns."""
    versions = {kind: customers.current_definition(session, kind) for kind in MODELS}
    return [kind for kind, each in versions.items() if each and set(names) & set(model_of(each.definition).inputs())]


def fields_of(definition: CampaignDefinition, fields: Fields) -> Mapping[Place, frozenset[str]]:
    """The columns that a campaign asks for, by the place where it does."""
    funnel = [_names(step.keep, fields) for step in definition.funnel]
    seats = [_names(each.where, fields) for each in definition.resources if each.where]
    rank = [definition.rank_by] if definition.rank_by else []
    return {"funnel": frozenset().union(*funnel), "seats": frozenset().union(*seats), "rank": frozenset(rank)}


def _use(campaign: Campaign, asked: Mapping[Place, frozenset[str]], wanted: set[str]) -> CampaignUse:
    places = [place for place, names in asked.items() if names & wanted]
    return CampaignUse(
        name=campaign.name, title=dict(campaign.definition.title), state=campaign.state.value, places=places
    )


def _names(text: str, fields: Fields) -> frozenset[str]:
    """The columns of a condition; none of one that cannot be read any more."""
    try:
        return parse(text, fields).names
    except Refused:
        return frozenset()
