"""Launch: turn the assigned of a match into call tasks, once, with the policy asked again at that moment."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.common.errors import Conflict
from yuelao.operations import audit, campaigns, contact_policy, customers, tasks
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns.schemas import Campaign
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.operations.tasks.schemas import NewTask
from yuelao.storage.session import serialise
from yuelao.workflows.check_policy import PolicyCheck
from yuelao.workflows.decide_offers import BUSY
from yuelao.workflows.house import House

_RUNNING = ("trial", "running")


class Launched(BaseModel):
    """How many tasks a launch created, who was held out, and whom the policy refused since the match."""

    model_config = ConfigDict(frozen=True)

    run: str
    tasks: int
    held_out: int
    refused: dict[str, int]


def launch(house: House, campaign: str, by: str = "cli", run: str | None = None) -> Launched:
    """Create the call tasks of the campaign's newest match (or of `run`), once; a repeat adds nothing.

    All tasks of a run appear in one transaction, which checks policy, active tasks and the run's state itself.
    """
    with house.database.transaction(read_only=True) as session:
        name = campaigns.get(session, campaign).name
        planned = runs.get(session, run) if run else runs.newest(session, name)
    if planned is None:
        hint = f"Plan one with `yuelao match {campaign}`"
        raise Conflict(f"Campaign {campaign} has no match to launch", where=f"campaign {campaign}", hint=hint)
    with house.lake.snapshot() as snapshot:
        table = snapshot.dataset("decisions", planned.run).filter(lambda t: t.decision == ASSIGNED).to_pyarrow()
    with house.database.transaction() as session:
        return _launch(session, house, campaign, planned.run, table, by)


def _launch(session: Session, house: House, name: str, run: str, table: pa.Table, by: str) -> Launched:
    serialise(session, f"launch:{run}")
    planned = runs.get(session, run)
    held_out = int(planned.summary["held_out"])
    if planned.state == "launched":
        return Launched(run=run, tasks=0, held_out=held_out, refused={})
    campaign = campaigns.get(session, name)
    _check_launchable(campaign, planned)
    refused: Counter[str] = Counter()
    new = list(_tasks(session, house, campaign, planned, table, refused))
    created = tasks.create(session, new, house.now())
    if created.busy:  # two numbers of one person in the same run
        refused[BUSY] += len(created.busy)
    runs.mark_launched(session, run, house.now())
    audit.record(session, by, "campaign.launch", name, {"run": run, "tasks": created.tasks}, house.now())
    return Launched(run=run, tasks=created.tasks, held_out=held_out, refused=dict(refused))


def _check_launchable(campaign: Campaign, planned: MatchRun) -> None:
    name = campaign.definition.name
    if campaign.state not in _RUNNING:
        hint = "Only a running campaign makes tasks: start it first"
        raise Conflict(f"Campaign {name} is {campaign.state}", where=f"campaign {name}", hint=hint)
    if planned.version != campaign.version:
        hint = f"Match it again with `yuelao match {name}`"
        raise Conflict(f"The match was made for version {planned.version}", where=f"campaign {name}", hint=hint)


def _tasks(
    session: Session, house: House, campaign: Campaign, planned: MatchRun, table: pa.Table, refused: Counter[str]
) -> Iterator[NewTask]:
    """A task for each assigned customer the policy still allows; the others are counted under their rule."""
    definition, now = campaign.definition, house.now()
    busy = set(tasks.busy_persons(session))
    policy = PolicyCheck(session, house.workspace, now)
    published = customers.profiles(session, table["customer_id"].to_pylist())
    histories = contact_policy.histories(session, table["person_id"].to_pylist(), house.workspace.timezone)
    for row in table.to_pylist():
        if row["person_id"] in busy:
            refused[BUSY] += 1
            continue
        known = published.get(row["customer_id"], {})
        history = histories.get(row["person_id"], [])
        refusal = policy.person(row["customer_id"], row["person_id"], "launch", known, history)
        if refusal is not None:
            refused[refusal.name] += 1
            continue
        yield NewTask(
            run=planned.run,
            campaign=definition.name,
            campaign_version=campaign.version,
            customer_id=row["customer_id"],
            person_id=row["person_id"],
            product=row["product"],
            channel=definition.channel,
            alternatives=[row["alternative"]] if row["alternative"] else [],
            why=_why(row),
            team=row["team"],
            priority=definition.priority,
            value=row["value"],
            expires_at=now + timedelta(days=definition.task_days),
        )


def _why(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the desk tells of a decision; when best to call where that is known."""
    why = {"reasons": json.loads(row["reasons"] or "[]"), "value": row["value"], "response": row["response"]}
    return why | ({"best_time": json.loads(row["best_time"])} if row.get("best_time") else {})
