"""The desk card: what an agent sees of one customer, the offer, why, and the words to say."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy.orm import Session

from yuelao.analytics.reach import BestTime
from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.common.settings import Workspace
from yuelao.operations import campaigns, contact_policy, customers, products, scripts
from yuelao.operations.contact_policy.schemas import Contact
from yuelao.operations.customers.schemas import CustomerProfile
from yuelao.operations.products.schemas import Product
from yuelao.operations.staff.schemas import User
from yuelao.operations.tasks.schemas import Task
from yuelao.warehouse.features.spoken import sentence, spoken
from yuelao.workflows.describe_data import feature_title

_BEST_TIME: TypeAdapter[BestTime | None] = TypeAdapter(BestTime | None)
OF_THE_CALL = frozenset({"product_title", "product_benefit", "product_price", "agent_name", "customer_name"})
"""What a script may say beside the customer's published fields."""


class Line(BaseModel):
    """A title and what is said under it."""

    model_config = ConfigDict(frozen=True)

    title: str
    text: str


class Offer(BaseModel):
    """A product as the agent offers it."""

    model_config = ConfigDict(frozen=True)

    code: str
    title: str
    benefit: str
    price: float


class DeskCard(BaseModel):
    """Everything on the desk for one leased task, in the agent's language."""

    model_config = ConfigDict(frozen=True)

    task: Task
    campaign_title: str
    customer: CustomerProfile
    contacts: list[Contact]
    why: list[str]
    best_time: BestTime | None
    offer: Offer
    alternatives: list[Offer]
    script: list[Line]
    objections: list[Line]


def desk_card(session: Session, workspace: Workspace, task: Task, agent: User, language: str) -> DeskCard:
    """The card of `task` for `agent`, texts in `language`, with the customer's own values filled in."""
    definition = campaigns.get(session, task.campaign).definition
    profile, currency = customers.profile(session, task.customer_id), workspace.settings.currency
    product = products.current(session, task.product)
    values = script_values(profile, product, agent, currency, language)
    script = scripts.current(session, definition.script)
    return DeskCard(
        task=task,
        campaign_title=words.pick(definition.title, language),
        customer=profile,
        contacts=contact_policy.recent(session, task.person_id, limit=5),
        why=[reason_sentence(reason, language, currency) for reason in task.why.get("reasons", [])],
        best_time=_BEST_TIME.validate_python(task.why.get("best_time")),
        offer=_offer(product, language),
        alternatives=[_offer(products.current(session, code), language) for code in task.alternatives],
        script=[
            Line(title=words.pick(step.title, language), text=scripts.render(words.pick(step.text, language), values))
            for step in script.steps
        ],
        objections=[
            Line(title=words.pick(o.says, language), text=scripts.render(words.pick(o.answer, language), values))
            for o in script.objections
        ],
    )


def script_values(
    profile: CustomerProfile, product: Product, agent: User, currency: str, language: str
) -> dict[str, str]:
    """What a script may say: the offer, the two people, and the customer's known features with their units."""
    values = {
        "product_title": words.pick(product.title, language),
        "product_benefit": words.pick(product.benefit, language),
        "product_price": words.money(product.price, currency, language),
        "agent_name": agent.display_name or agent.name,
    }
    if profile.name:
        values["customer_name"] = profile.name
    for name, value in profile.fields.items():
        values[name] = spoken(name, value, language, currency)
    return values


def reason_sentence(reason: Mapping[str, object], language: str, currency: str = "CNY") -> str:
    """One reason of a decision as a sentence about the customer; where there is none, its meaning and the value."""
    name, value = str(reason["feature"]), reason.get("value")
    found = sentence(name, value, language, currency)
    if found is not None:
        return found
    said = words.translate(_("not known"), language) if value is None else spoken(name, value, language, currency)
    return f"{words.pick(feature_title(name), language)}{'：' if language == 'zh' else ': '}{said}"


def _offer(product: Product, language: str) -> Offer:
    return Offer(
        code=product.code,
        title=words.pick(product.title, language),
        benefit=words.pick(product.benefit, language),
        price=product.price,
    )
