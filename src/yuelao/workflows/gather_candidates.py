"""Gather what a match decides on: the funnel's survivors, with policy, hold-outs, products and resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from sqlalchemy.orm import Session

from yuelao.conditions import Condition, Fields
from yuelao.operations import campaigns, contact_policy, products, tasks
from yuelao.operations.campaigns import Campaign, CampaignDefinition
from yuelao.operations.contact_policy import PolicyDefinition, PolicyRule
from yuelao.operations.products import Product
from yuelao.warehouse.candidates import CandidateRules, candidates
from yuelao.warehouse.contact_facts import contact_facts
from yuelao.warehouse.features import contact_fields, view_fields
from yuelao.warehouse.funnel import KEPT, with_first_drop
from yuelao.warehouse.registers import newest_customers
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import read_view
from yuelao.workflows.screen_targets import funnel_steps, parse_named

GLOBAL_SALT = "global"


@dataclass(frozen=True)
class Ground:
    """What operations know at the moment of a match, read in one transaction."""

    campaign: Campaign
    products: Sequence[Product]
    policy: PolicyDefinition
    busy: Sequence[str]
    ledger_sequence: int
    trial_left: int | None
    """How many contacts the trial still allows; None when the campaign is not on trial."""

    @property
    def definition(self) -> CampaignDefinition:
        return self.campaign.definition

    @property
    def match_rules(self) -> list[PolicyRule]:
        """The policy's rules that are asked when planning."""
        return [rule for rule in self.policy.rules if "match" in rule.when]


@dataclass(frozen=True)
class Gathered:
    """screened: customer_id and dropped_at of everybody; kept: one row per survivor, with the view and the verdicts."""

    screened: pa.Table
    kept: pa.Table


def read_ground(session: Session, campaign: str) -> Ground:
    """Read the campaign and what else decides, as they stand now."""
    found = campaigns.get(session, campaign)
    return Ground(
        campaign=found,
        products=[products.current(session, code) for code in found.definition.products],
        policy=contact_policy.current(session),
        busy=tasks.busy_persons(session),
        ledger_sequence=contact_policy.last_sequence(session),
        trial_left=_trial_left(session, found),
    )


def _trial_left(session: Session, campaign: Campaign) -> int | None:
    if campaign.state != "trial" or campaign.definition.trial is None:
        return None
    return max(campaign.definition.trial.size - tasks.made(session, campaign.name, campaign.version), 0)


def gather(snapshot: Snapshot, ground: Ground, as_of: date, moment: datetime, global_holdout: float) -> Gathered:
    """Screen the view of `as_of` and judge each survivor by the contact policy at `moment` (local, naive)."""
    fields = view_fields(snapshot)
    funnel = with_first_drop(read_view(snapshot, as_of), funnel_steps(ground.definition, fields), as_of)
    survivors = funnel.filter(funnel.dropped_at == KEPT).drop("dropped_at")
    rules = candidate_rules(ground, fields, global_holdout)
    table = candidates(survivors, newest_customers(snapshot), contact_facts(snapshot, moment), rules, as_of)
    return Gathered(
        screened=funnel.select("customer_id", "dropped_at").to_pyarrow(),
        kept=table.order_by("customer_id").to_pyarrow(),
    )


def candidate_rules(ground: Ground, fields: Fields, global_holdout: float) -> CandidateRules:
    """The campaign's conditions, checked against the contract; a refusal names where each stands."""
    definition = ground.definition
    return CandidateRules(
        refusals=[parse_named(r.refuse, contact_fields(), f"contact policy, {r.name}") for r in ground.match_rules],
        eligible={p.code: _optional(p.eligible, fields, f"product {p.code}, eligible") for p in ground.products},
        resources=[
            _optional(r.where, fields, f"campaign {definition.name}, resource {r.name['en']!r}")
            for r in definition.resources
        ],
        holdouts=[(GLOBAL_SALT, global_holdout), (f"campaign:{definition.name}", definition.holdout)],
        busy=ground.busy,
    )


def _optional(text: str | None, fields: Fields, where: str) -> Condition | None:
    return parse_named(text, fields, where) if text else None
