"""What the page of one customer is given: the face, each campaign's way with them, and where their tasks stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yuelao.common.language import _
from yuelao.operations import contact_policy, customers, tasks
from yuelao.operations.tasks import Standing
from yuelao.web.desk.face import face
from yuelao.web.desk.outcomes import TITLES
from yuelao.web.pages import Page
from yuelao.web.requests import Transaction
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.desk_card import spoken
from yuelao.workflows.explain_customer import CampaignExplanation, ExplainedStep, explain
from yuelao.workflows.read_decisions import masked_name

GOOD, BAD, PLAIN = "good", "bad", "plain"
_TONES = {"assigned": GOOD, "held_out": PLAIN, "not_matched": PLAIN, "unknown": PLAIN}


@dataclass(frozen=True)
class Step:
    """One question and its answer: `state` is kept, decided (this one dropped the customer) or after."""

    title: str
    condition: str
    values: Sequence[tuple[str, str]]
    state: str


@dataclass(frozen=True)
class Told:
    """A campaign's way with the customer: the funnel's steps, then the policy's rules that refuse."""

    campaign: CampaignExplanation
    steps: Sequence[Step]
    refusing: Sequence[Step]
    allowing: int
    decision: str
    tone: str


def customer_page(page: Page, session: Transaction, customer_id: str) -> dict[str, Any]:
    """Everything the page shows."""
    profile = customers.profile(session, customer_id)
    today = page.web.today()
    explained = explain(page.web, customer_id)
    return {
        "customer": profile,
        "name": masked_name(profile.name),
        "face": face(profile, today, page.language),
        "told": [_told(page, each) for each in explained.campaigns],
        "standings": [_standing(page, session, each) for each in tasks.why_not(session, customer_id, page.web.now())],
    }


def _told(page: Page, campaign: CampaignExplanation) -> Told:
    funnel = [step for step in campaign.steps if step.kind == "funnel"]
    policy = [step for step in campaign.steps if step.kind == "policy"]
    decided = next((place for place, step in enumerate(funnel) if not step.kept), len(funnel))
    refusing = [step for step in policy if not step.kept]
    return Told(
        campaign=campaign,
        steps=[_step(page, step, _place_in(place, decided)) for place, step in enumerate(funnel)],
        refusing=[_step(page, step, "decided") for step in refusing],
        allowing=len(policy) - len(refusing),
        decision=campaign.why_zh if page.language == "zh" else campaign.why,
        tone=_TONES.get(campaign.decision, BAD),
    )


def _place_in(place: int, decided: int) -> str:
    if place == decided:
        return "decided"
    return "kept" if place < decided else "after"


def _step(page: Page, step: ExplainedStep, state: str) -> Step:
    values = [(page.pick(feature_title(name)), _value(page, name, value)) for name, value in step.values.items()]
    return Step(page.pick(step.title), step.condition, values, state)


def _value(page: Page, name: str, value: object) -> str:
    return page.say(_("not known")) if value is None else spoken(name, value, page.language)


def _standing(page: Page, session: Transaction, standing: Standing) -> tuple[Standing, Mapping[str, str]]:
    """Where a task stands, its values as the page's language writes them."""
    rules = {rule.name: page.pick(rule.title) for rule in contact_policy.current(session).rules}
    return standing, {name: _said(page, rules, value) for name, value in standing.values.items()}


def _said(page: Page, rules: Mapping[str, str], value: object) -> str:
    if isinstance(value, datetime):
        return page.moment(value)
    text = str(value if value is not None else "")
    return rules.get(text) or page.say(TITLES.get(text, text))
