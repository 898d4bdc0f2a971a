"""Run the day: the view if there is none, then screen, match and launch every running campaign; then see to models."""

from datetime import date
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.common.progress import Progress, silent
from yuelao.operations import campaigns
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns import CampaignDefinition
from yuelao.workflows.house import House
from yuelao.workflows.launch_campaign import Launched, launch
from yuelao.workflows.match_offers import MatchSummary, match
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.retrain_models import Retrained, retrain
from yuelao.workflows.screen_targets import Screening, screen


class CampaignRun(BaseModel):
    """What one campaign's day was; `repeated` when this day had been run before."""

    model_config = ConfigDict(frozen=True)

    screen: Screening
    match: MatchSummary
    launch: Launched
    repeated: bool


class DayRun(BaseModel):
    """The day's run of every running campaign, by name, and what became of the models in use."""

    model_config = ConfigDict(frozen=True)

    as_of: date
    campaigns: dict[str, CampaignRun]
    models: Retrained
    seconds: float


def run(house: House, as_of: date, by: str = "cli", progress: Progress = silent) -> DayRun:
    """Run every running campaign as of `as_of`, the one with the highest priority first; a repeat creates nothing.

    The models come last: no call waits for a training, and what it makes serves from the next run on.
    """
    started = perf_counter()
    with house.lake.snapshot() as snapshot:
        built = as_of.isoformat() in snapshot.partitions("view")
    if not built:
        refresh(house, as_of, progress)
    with house.database.transaction(read_only=True) as session:
        names = [
            campaign.name
            for campaign in campaigns.in_state(session, "running")
            if in_season(campaign.definition, house.today())
        ]
    done = {}
    for number, name in enumerate(names):
        progress("screen, match, launch", number, len(names))
        done[name] = _run(house, name, as_of, by)
    progress("screen, match, launch", len(names), len(names))
    upkeep = retrain(house, progress=progress)
    return DayRun(as_of=as_of, campaigns=done, models=upkeep, seconds=round(perf_counter() - started, 2))


def in_season(definition: CampaignDefinition, today: date) -> bool:
    """Whether today lies within the campaign's own dates."""
    return (definition.starts_on or today) <= today <= (definition.ends_on or today)


def _run(house: House, name: str, as_of: date, by: str) -> CampaignRun:
    screened = screen(house, name, as_of)
    with house.database.transaction(read_only=True) as session:
        earlier = runs.find(session, name, campaigns.get(session, name).version, as_of)
    planned = MatchSummary.model_validate(earlier.summary) if earlier else match(house, name, as_of, by)
    launched = launch(house, name, by, planned.run)
    repeated = earlier is not None and earlier.launched_at is not None
    return CampaignRun(screen=screened, match=planned, launch=launched, repeated=repeated)
