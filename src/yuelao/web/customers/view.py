"""What the page of one customer is given: the face, each campaign's way with them, and where their tasks stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.operations import contact_policy, customers, products, tasks
from yuelao.operations.tasks import Standing
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.features.spoken import spoken
from yuelao.web.desk.face import CHANNEL_TITLES, face
from yuelao.web.desk.outcomes import TITLES
from yuelao.web.pages import Page
from yuelao.web.requests import Transaction
from yuelao.workflows.decide_offers import BUSY, BUSY_TITLE
from yuelao.workflows.describe_customer import Business, Described, Need, describe_customer
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.expect_reach import best_time_sentence
from yuelao.workflows.explain_customer import CampaignExplanation, ExplainedStep, explain
from yuelao.workflows.explain_score import ScoreExplained, Scores, explain_scores
from yuelao.workflows.explain_value import Indicator, explain_value
from yuelao.workflows.gather_training import model_title
from yuelao.workflows.read_decisions import masked_name

GOOD, BAD, PLAIN = "good", "bad", "plain"
_BUSINESSES = {
    "payment": _("Paying"),
    "query": _("Queries"),
    "plan_change": _("Plan change"),
    "data_pack": _("Data packs"),
    "handset": _("Handsets"),
    "value_added": _("Value-added services"),
    "network": _("Network"),
    "suspension": _("Suspension"),
    "points": _("Points"),
    "complaint": _("Complaints"),
    "other": _("Other business"),
}
_SIGNS = {"asked": _("asked about it"), "browsed": _("looked at it online"), "exceeded": _("uses more than it has")}
_HIGHER = _("{title} {value}: higher than {share} of customers")
_LOWER = _("{title} {value}: lower than {share} of customers")
_ALIKE = _("{title} {value}: like {share} of customers")
_TONES = {"assigned": GOOD, "held_out": PLAIN, "not_matched": PLAIN, "unknown": PLAIN}


@dataclass(frozen=True)
class Line:
    """One line about the customer; `more` stands below it."""

    label: str
    value: str
    more: str = ""


@dataclass(frozen=True)
class Lift:
    """What one indicator does to the value score: a sentence, the points, and whether it lifts."""

    sentence: str
    points: str
    up: bool


@dataclass(frozen=True)
class Expected:
    """What one model expects: of what, how likely, for which offer; what speaks for it and against it, when to call."""

    title: str
    chance: str
    offer: str
    standing: str
    reasons: Sequence[str]
    against: Sequence[str]
    best_time: str


@dataclass(frozen=True)
class Step:
    """One question and its answer: `state` is kept, decided (this one), after, or refuses (a rule, now)."""

    title: str
    condition: str
    values: Sequence[tuple[str, str]]
    state: str


@dataclass(frozen=True)
class Told:
    """A campaign's way with the customer: the funnel's steps, then the policy's rules that refused or refuse now."""

    campaign: CampaignExplanation
    steps: Sequence[Step]
    refusing: Sequence[Step]
    allowing: int
    decision: str
    tone: str


def customer_page(page: Page, session: Transaction, customer_id: str, *, with_needs: bool) -> dict[str, Any]:
    """Everything the page shows; with_needs: what the models found out too, unless the customer refused that."""
    profile = customers.profile(session, customer_id)
    today = page.web.today()
    explained = explain(page.web, customer_id)
    told = with_needs and not profile.fields.get("profiling_refused")
    described = describe_customer(page.web, profile.customer_id) if told else Described()
    value = explain_value(page.web, profile.customer_id) if told else None
    scores = explain_scores(page.web, profile.customer_id) if told else Scores()
    titles = {product.code: product.title for product in products.list_all(session)}
    rules = _rule_titles(page, session)
    return {
        "customer": profile,
        "name": masked_name(profile.name),
        "face": face(profile, today, page.language, _currency(page)),
        "described": described,
        "value": value,
        "indicators": [_indicator(page, each) for each in value.indicators] if value else [],
        "told_scores": told,
        "expected": [_expected(page, titles, score) for score in scores.told],
        "unasked": [(page.pick(model_title(name)), page.say(why)) for name, why in scores.unasked.items()],
        "expected_as_of": scores.told[0].as_of if scores.told else None,
        "needs": [_need(page, titles, need) for need in described.needs],
        "businesses": [_business(page, business) for business in described.businesses],
        "told": [_told(page, each, rules) for each in explained.campaigns],
        "standings": [_standing(page, rules, each) for each in tasks.why_not(session, customer_id, page.web.now())],
    }


def _currency(page: Page) -> str:
    return page.web.workspace.settings.currency


def _need(page: Page, titles: Mapping[str, Mapping[str, str]], need: Need) -> Line:
    """A product and why: what the customer has shown, else how many like customers hold it."""
    label = page.pick(titles[need.product]) if need.product in titles else need.product
    if need.why:
        return Line(label, page.say(_SIGNS.get(need.why, need.why)))
    share, lift = words.share(need.support or 0, page.language, 0), words.number(need.lift or 0, page.language, 1)
    return Line(
        label, page.say(_("{share} of like customers hold it, {lift} times the average"), share=share, lift=lift)
    )


def _expected(page: Page, titles: Mapping[str, Mapping[str, str]], score: ScoreExplained) -> Expected:
    """A score in the page's language; a gain with its sign."""
    chance = words.share(score.probability, page.language)
    best = score.best_times.best if score.best_times else None
    return Expected(
        title=page.pick(score.title),
        chance=f"+{chance}" if score.is_gain and score.probability > 0 else chance,
        offer=page.pick(titles.get(score.product, {"en": score.product})) if score.product else "",
        standing=""
        if score.above is None
        else page.say(_("higher for {share} of customers"), share=words.share(score.above, page.language, 0)),
        reasons=score.reasons[page.language],
        against=score.against[page.language],
        best_time=best_time_sentence(best, page.language) if best else "",
    )


def _indicator(page: Page, indicator: Indicator) -> Lift:
    """An indicator of the value as a sentence with the customer's own number, and what it adds in points."""
    title = page.pick(feature_title(indicator.feature))
    points = words.number(abs(indicator.adds), page.language, 1)
    sign = "+" if indicator.adds > 0 else "−"
    return Lift(_among(page, title, indicator), f"{sign}{points}", indicator.adds > 0)


def _among(page: Page, title: str, indicator: Indicator) -> str:
    """Where the value stands among all customers, said by the largest of those below, above and alike."""
    if indicator.value is None:
        return page.say(
            _("{title}: not known, counts {score} of 100"), title=title,
            score=words.number(indicator.score, page.language),
        )  # fmt: skip
    value = _said_value(page, indicator)
    if indicator.below is None or indicator.above is None:
        return page.say(
            _("{title} {value}: counts {score} of 100"), title=title, value=value,
            score=words.number(indicator.score, page.language),
        )  # fmt: skip
    alike = 1 - indicator.below - indicator.above
    most = max(indicator.below, indicator.above, alike)
    said = _ALIKE if alike == most else _HIGHER if indicator.below == most else _LOWER
    return page.say(said, title=title, value=value, share=words.share(most, page.language, 0))


def _said_value(page: Page, indicator: Indicator) -> str:
    """The value as one says it; a level is its number."""
    known, value = FEATURES.get(indicator.feature), indicator.value
    if known and known.unit == "level" and isinstance(value, float):
        return words.number(value, page.language)
    return spoken(indicator.feature, value, page.language, _currency(page))


def _business(page: Page, business: Business) -> Line:
    """A kind of business, the channel it is best offered on, and how often it was done where."""
    best = max(business.scores, key=lambda channel: business.scores[channel])
    score = words.number(business.scores[best], page.language, 1)
    done = [
        page.say(_("{channel}: {n} times"), channel=page.say(CHANNEL_TITLES[channel]), n=count)
        for channel, count in business.touches.items()
        if count
    ]
    title = page.say(_BUSINESSES.get(business.name, business.name))
    return Line(title, f"{page.say(CHANNEL_TITLES[best])} · {score} / 5", " · ".join(done))


def _told(page: Page, campaign: CampaignExplanation, rules: Mapping[str, str]) -> Told:
    funnel = [step for step in campaign.steps if step.kind == "funnel"]
    policy = [step for step in campaign.steps if step.kind == "policy"]
    dropping = next((place for place, step in enumerate(funnel) if not step.kept), len(funnel))
    decided = dropping if campaign.decision == "dropped" else len(funnel)
    rule = _refused_by(campaign)
    return Told(
        campaign=campaign,
        steps=[_step(page, step, _place_in(place, decided)) for place, step in enumerate(funnel)],
        refusing=[_rule(page, step, rule) for step in policy if step.name == rule or not step.kept],
        allowing=sum(step.kept and step.name != rule for step in policy),
        decision=_decision(page, campaign, rule, rules),
        tone=_TONES.get(campaign.decision, BAD),
    )


def _refused_by(campaign: CampaignExplanation) -> str | None:
    """The rule that the match wrote down; the explanation names it at the end of its sentence."""
    return campaign.why.rpartition(": ")[2] if campaign.decision == "refused" else None


def _decision(page: Page, campaign: CampaignExplanation, rule: str | None, rules: Mapping[str, str]) -> str:
    sentence = campaign.why_zh if page.language == "zh" else campaign.why
    return sentence.removesuffix(rule) + rules.get(rule, rule) if rule else sentence


def _place_in(place: int, decided: int) -> str:
    if place == decided:
        return "decided"
    return "kept" if place < decided else "after"


def _rule(page: Page, step: ExplainedStep, decided_by: str | None) -> Step:
    """A rule as it stands now; what decided and allows a call since is shown without the values it sees now."""
    told = _step(page, step, "decided" if step.name == decided_by else "refuses")
    return replace(told, values=()) if step.kept else told


def _step(page: Page, step: ExplainedStep, state: str) -> Step:
    values = [(page.pick(feature_title(name)), _value(page, name, value)) for name, value in step.values.items()]
    return Step(page.pick(step.title), step.condition, values, state)


def _value(page: Page, name: str, value: object) -> str:
    return page.say(_("not known")) if value is None else spoken(name, value, page.language, _currency(page))


def _rule_titles(page: Page, session: Transaction) -> dict[str, str]:
    """What may refuse a contact, by its name."""
    titles = {rule.name: rule.title for rule in contact_policy.current(session).rules} | {BUSY: BUSY_TITLE}
    return {name: page.pick(title) for name, title in titles.items()}


def _standing(page: Page, rules: Mapping[str, str], standing: Standing) -> tuple[Standing, Mapping[str, str]]:
    """Where a task stands, its values as the page's language writes them."""
    return standing, {name: _said(page, rules, value) for name, value in standing.values.items()}


def _said(page: Page, rules: Mapping[str, str], value: object) -> str:
    if isinstance(value, datetime):
        return page.moment(value)
    text = str(value if value is not None else "")
    return rules.get(text) or page.say(TITLES.get(text, text))
