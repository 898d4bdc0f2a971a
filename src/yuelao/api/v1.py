"""Version 1 of the interface: campaigns, their results, and why a customer was chosen or not."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from yuelao.api.requests import House, Transaction, requires
from yuelao.operations import campaigns, decisions, tasks
from yuelao.workflows.explain_customer import Explanation, explain
from yuelao.workflows.measure_campaign import Measured, measure

router = APIRouter(prefix="/v1")


class Health(BaseModel):
    """Whether this process can serve."""

    status: str = "ok"


class RunInShort(BaseModel):
    """The newest match of a campaign; `objective` is the expected value in the workspace's currency."""

    model_config = ConfigDict(frozen=True)

    run: str
    as_of: date
    state: str
    targets: int
    assigned: int
    held_out: int
    objective: float


class CampaignInShort(BaseModel):
    """A campaign, its newest match and its tasks by state."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    state: str
    title: dict[str, str]
    products: list[str]
    run: RunInShort | None
    tasks: dict[str, int]


class CampaignList(BaseModel):
    """All campaigns, the highest priority first."""

    campaigns: list[CampaignInShort]


@router.get("/health")
def health(_session: Transaction) -> Health:
    """Answers when a transaction could begin; else 503."""
    return Health()


@router.get("/campaigns", dependencies=[requires("campaign.read")])
def list_campaigns(session: Transaction) -> CampaignList:
    """Every campaign in the version that counts."""
    counts = tasks.counts(session)
    return CampaignList(
        campaigns=[
            CampaignInShort(
                name=each.name,
                version=each.version,
                state=each.state,
                title=each.definition.title,
                products=list(each.definition.products),
                run=_in_short(decisions.newest(session, each.name)),
                tasks=counts.get(each.name, {}),
            )
            for each in campaigns.all_current(session)
        ]
    )


@router.get("/campaigns/{name}/result", dependencies=[requires("report.read")])
def result(house: House, name: str) -> Measured:
    """What the campaign changed: assigned against held out; 409 before its first launch."""
    return measure(house, name)


@router.get("/customers/{customer}/explanation", dependencies=[requires("customer.explain")])
def explanation(house: House, customer: str) -> Explanation:
    """Every step of every campaign for the customer with this source id, pseudonym or number."""
    return explain(house, customer)


def _in_short(run: decisions.MatchRun | None) -> RunInShort | None:
    if run is None:
        return None
    shown: dict[str, Any] = {name: run.summary[name] for name in ("targets", "assigned", "held_out", "objective")}
    return RunInShort(run=run.run, as_of=run.as_of, state=run.state, **shown)
