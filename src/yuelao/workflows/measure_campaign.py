"""Measure: what a campaign changed, assigned against held out, by intention to treat, with an interval."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.analytics.experiments import Effect, effect
from yuelao.common.errors import Conflict
from yuelao.operations import campaigns, tasks
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.warehouse.results import outcomes
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.decide_offers import HELD_OUT
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers


class Group(BaseModel):
    """Customers of one kind: how many there are, were called, reached and bought."""

    model_config = ConfigDict(frozen=True)

    name: str
    customers: int
    called: int
    reached: int
    buyers: int

    @property
    def rate(self) -> float:
        """Buyers ÷ customers."""
        return self.buyers / self.customers if self.customers else 0.0


class Measured(BaseModel):
    """The result of a campaign: the groups, the effect with its interval, and what it rests on.

    `everyone` are all targets the match could choose from, so that the list's quality shows even without a control.
    """

    model_config = ConfigDict(frozen=True)

    campaign: str
    title: dict[str, str]
    runs: int
    still_out: int
    """Launched runs whose tasks may still be waiting; they count only while there is no older one."""
    since: date
    until: date
    complete: bool
    assigned: Group
    held_out: Group
    everyone: Group
    effect: float | None
    interval: tuple[float, float] | None
    confidence: float
    why: str
    by_product: list[Group]
    by_team: list[Group]
    tasks: dict[str, int]


def measure(house: House, campaign: str) -> Measured:
    """Measure the launched runs of the campaign with what is known now.

    A run whose tasks may still be waiting dilutes the effect of those whose customers have been called, so it counts
    only when there is no other.
    """
    publish_ledgers(house)
    with house.database.transaction(read_only=True) as session:
        definition = campaigns.get(session, campaign).definition
        launched = runs.launched(session, campaign)
        states = tasks.count_by_state(session, campaign)
    if not launched:
        hint = f"Launch one with `yuelao launch {campaign}`"
        raise Conflict(f"Campaign {campaign} has not been launched", where=f"campaign {campaign}", hint=hint)
    counted = [run for run in launched if _called_out(run, definition.task_days, house.now())] or launched
    zone = house.workspace.timezone
    with house.lake.snapshot() as snapshot:
        table = _once_each([_results(snapshot, run, definition, zone) for run in counted])
    since, until = window_of(counted, definition.measure_days, zone)
    return Measured(
        campaign=campaign,
        title=definition.title,
        runs=len(counted),
        still_out=len(launched) - len(counted),
        since=since,
        until=until,
        complete=house.today() >= until,
        tasks=states,
        **_compared(table),
    )


def _compared(table: pa.Table) -> dict[str, Any]:
    """The groups and the effect: the fields of `Measured` that rest on the customers."""
    chosen = _where(table, "decision", ASSIGNED)
    assigned, held_out = _group("assigned", chosen), _group("held_out", _where(table, "decision", HELD_OUT))
    found: Effect = effect(assigned.customers, assigned.buyers, held_out.customers, held_out.buyers)
    return {
        "assigned": assigned,
        "held_out": held_out,
        "everyone": _group("everyone", table),
        "effect": found.difference,
        "interval": None if found.low is None or found.high is None else (found.low, found.high),
        "confidence": found.confidence,
        "why": found.why,
        "by_product": _groups(chosen, "product"),
        "by_team": _groups(chosen, "team"),
    }


def _called_out(run: MatchRun, task_days: int, now: datetime) -> bool:
    """Whether the last of the run's tasks has been called or has expired."""
    return run.launched_at is not None and run.launched_at + timedelta(days=task_days) <= now


def _results(snapshot: Snapshot, run: MatchRun, definition: CampaignDefinition, zone: ZoneInfo) -> pa.Table:
    """What the run's customers did, from the day of its view to `measure_days` after its launch."""
    decided = snapshot.dataset("decisions", run.run).select("customer_id", "decision", "product", "team").to_pyarrow()
    since, until = window_of([run], definition.measure_days, zone)
    return outcomes(snapshot, decided, definition.products, since, until)


def _once_each(parts: Sequence[pa.Table]) -> pa.Table:
    """All runs together; a customer counts with the first run that assigned or held them out, else with the first."""
    table = pa.concat_tables(parts)
    chosen = pc.is_in(table["decision"], pa.array([ASSIGNED, HELD_OUT]))
    ordered = table.append_column("order", pc.if_else(chosen, 0, 1)).sort_by("order")
    ids = ordered["customer_id"].to_numpy(zero_copy_only=False)
    _names, first = np.unique(ids, return_index=True)
    return ordered.take(np.sort(first))


def window_of(launched: Sequence[MatchRun], measure_days: int, zone: ZoneInfo) -> tuple[date, date]:
    """From the day of the first view up to `measure_days` after the last launch (that day not included)."""
    last = max(run.launched_at for run in launched if run.launched_at is not None)
    return min(run.as_of for run in launched), last.astimezone(zone).date() + timedelta(days=measure_days + 1)


def _where(table: pa.Table, column: str, value: str) -> pa.Table:
    return table.filter(pc.equal(table[column], value))


def _groups(table: pa.Table, column: str) -> list[Group]:
    names = sorted({name for name in table[column].to_pylist() if name})
    return [_group(name, _where(table, column, name)) for name in names]


def _group(name: str, table: pa.Table) -> Group:
    return Group(
        name=name,
        customers=table.num_rows,
        called=_count(table["contacts"]),
        reached=_count(table["reached"]),
        buyers=_count(table["bought"]),
    )


def _count(column: pa.ChunkedArray) -> int:
    """How many customers have more than nothing in the column."""
    return int(pc.sum(pc.cast(pc.greater(pc.cast(column, pa.int64()), 0), pa.int64())).as_py() or 0)
