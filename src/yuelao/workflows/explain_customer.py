"""Explain: what every step of every campaign decided about one customer, with the values it saw and the reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.conditions import Condition
from yuelao.operations import campaigns, customers, tasks
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns.schemas import Campaign
from yuelao.operations.customers.schemas import CustomerProfile
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.operations.tasks.schemas import Task
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.funnel import KEPT
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.check_policy import PolicyCheck
from yuelao.workflows.house import House
from yuelao.workflows.screen_targets import funnel_steps


class ExplainedStep(BaseModel):
    """One question asked of the customer: the condition, the values it saw, and whether it kept them."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    kind: str
    """funnel or policy"""
    kept: bool
    condition: str
    values: dict[str, Any]


class CampaignExplanation(BaseModel):
    """What one campaign decided about the customer, and why, in both languages."""

    model_config = ConfigDict(frozen=True)

    campaign: str
    title: dict[str, str]
    as_of: date
    run: str | None
    steps: list[ExplainedStep]
    decision: str
    why: str
    why_zh: str
    task: Task | None


class Explanation(BaseModel):
    """The whole explanation of one customer."""

    model_config = ConfigDict(frozen=True)

    customer: str
    campaigns: list[CampaignExplanation]


def explain(house: House, customer: str) -> Explanation:
    """Explain the customer named by source id, pseudonym or phone number; NotFound when nobody is."""
    with house.database.transaction(read_only=True) as session:
        profile = customers.find(session, customer)
        with house.lake.snapshot() as snapshot:
            told = [
                _campaign(house, session, snapshot, campaign, profile)
                for campaign in campaigns.all_current(session)
                if campaign.state not in ("draft", "rejected")
            ]
    return Explanation(customer=profile.source_id, campaigns=told)


def _campaign(
    house: House, session: Session, snapshot: Snapshot, campaign: Campaign, profile: CustomerProfile
) -> CampaignExplanation:
    run = runs.newest(session, campaign.definition.name)
    as_of = run.as_of if run else newest_view(snapshot)
    view = read_view(snapshot, as_of)
    row = next(iter(view.filter(view.customer_id == profile.customer_id).to_pyarrow().to_pylist()), None)
    decided_by = _version(session, campaign, run)
    steps = [*_funnel(snapshot, decided_by, row, as_of), *_policy(house, session, profile)] if row else []
    task = tasks.newest_for(session, profile.customer_id, campaign.definition.name)
    decision, why, why_zh = _decision(snapshot, run, profile.customer_id, steps, row is not None)
    return CampaignExplanation(
        campaign=campaign.definition.name,
        title=campaign.definition.title,
        as_of=as_of,
        run=run.run if run else None,
        steps=steps,
        decision=decision,
        why=why,
        why_zh=why_zh,
        task=task,
    )


def _version(session: Session, campaign: Campaign, run: MatchRun | None) -> Campaign:
    """The version that the run decided by; the campaign may have moved on since."""
    if run is None or run.version == campaign.version:
        return campaign
    return next(each for each in campaigns.versions(session, campaign.name) if each.version == run.version)


def _funnel(snapshot: Snapshot, campaign: Campaign, row: Mapping[str, Any], as_of: date) -> list[ExplainedStep]:
    conditions = funnel_steps(campaign.definition, view_fields(snapshot))
    return [
        _step(step.name, "funnel", condition, row, as_of)
        for step, condition in zip(campaign.definition.funnel, conditions, strict=True)
    ]


def _step(title: dict[str, str], kind: str, condition: Condition, row: Mapping[str, Any], as_of: date) -> ExplainedStep:
    return ExplainedStep(
        name=title["en"],
        title=title,
        kind=kind,
        kept=condition.closure(as_of)(row) is True,
        condition=condition.text,
        values=condition.values(row),
    )


def _policy(house: House, session: Session, profile: CustomerProfile) -> list[ExplainedStep]:
    """Every rule of the contact policy as it stands now for this person."""
    policy = PolicyCheck(session, house.workspace, house.now())
    return [
        ExplainedStep(
            name=verdict.rule.name,
            title=verdict.rule.title,
            kind="policy",
            kept=not verdict.refuses,
            condition=verdict.rule.refuse,
            values=verdict.values,
        )
        for verdict in policy.explain(profile.customer_id, profile.person_id, "match")
    ]


_SENTENCES: Mapping[str, tuple[str, str]] = {
    "assigned": (
        "Assigned {product}: expected to bring {value:.2f} a call",
        "已选中，推荐 {product}：每次外呼期望收益 {value:.2f}",
    ),
    "held_out": (
        "Held out as a control of this campaign, so that its effect can be measured",
        "列为对照组，用于衡量营销增量",
    ),
    "outbid": (
        "Worth {value:.2f} a call, but the seats it needs are worth {price:.2f} elsewhere",
        "每次外呼期望收益 {value:.2f}，但所占坐席用于他人可得 {price:.2f}",
    ),
    "not_worth_it": (
        "A call would cost more than it is expected to bring ({value:.2f})",
        "外呼期望收益 {value:.2f}，不抵成本",
    ),
    "not_eligible": ("May have none of the campaign's products", "不符合任何推荐产品的办理条件"),
    "no_resource": ("No team of the campaign serves this customer", "方案没有为该客户服务的班组"),
    "same_person": ("Another number of the same person is in the plan", "同一客户的另一号码已在名单中"),
    "refused": ("The contact policy refuses: {rule}", "接触策略不允许：{rule}"),
}


def _decision(
    snapshot: Snapshot, run: MatchRun | None, customer_id: str, steps: list[ExplainedStep], in_view: bool
) -> tuple[str, str, str]:
    """(decision, why in English, why in Chinese)."""
    if not in_view:
        return "unknown", "Not in the customer view of that day", "不在当日客户视图中"
    dropped = _first_drop(snapshot, run, customer_id, [step for step in steps if step.kind == "funnel"])
    if dropped is not None:
        return (
            "dropped",
            f"Dropped by the step {dropped.title['en']!r}: {dropped.condition}",
            f"被筛选步骤“{dropped.title['zh']}”排除：{dropped.condition}",
        )
    if run is None:
        return "not_matched", "Passes the funnel; the campaign has not been matched yet", "通过筛选，方案尚未匹配"
    table = snapshot.dataset("decisions", run.run)
    row = next(iter(table.filter(table.customer_id == customer_id).to_pyarrow().to_pylist()), None)
    if row is None:
        return "unknown", "Not in the match of that day", "不在当日匹配范围内"
    english, chinese = _SENTENCES[row["decision"]]
    return row["decision"], english.format(**row), chinese.format(**row)


def _first_drop(
    snapshot: Snapshot, run: MatchRun | None, customer_id: str, funnel: list[ExplainedStep]
) -> ExplainedStep | None:
    """The step that dropped the customer: as the run wrote it down, or, without a run, as the funnel stands."""
    if run is None:
        return next((step for step in funnel if not step.kept), None)
    screened = snapshot.dataset("screen", run.run)
    rows = screened.filter(screened.customer_id == customer_id).to_pyarrow().to_pylist()
    place = rows[0]["dropped_at"] if rows else KEPT
    return None if place == KEPT else funnel[place]
