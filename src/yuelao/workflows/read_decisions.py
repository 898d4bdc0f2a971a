"""Read decisions: the call list a match made, page by page, best first, masked and with the reasons; and its totals."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.operations import customers
from yuelao.operations import decisions as runs
from yuelao.operations.decisions.schemas import MatchRun
from yuelao.workflows.desk_card import reason_sentence
from yuelao.workflows.house import House

REASONS_SHOWN = 2


class Listed(BaseModel):
    """One customer of a call list; the value in the workspace's currency, response and reach as shares of 1."""

    model_config = ConfigDict(frozen=True)

    rank: int
    customer_id: str
    source_id: str
    name: str
    phone: str
    product: str
    team: str
    value: float
    response: float
    reach: float
    why: list[str]


class CallListPage(BaseModel):
    """A part of the list: `rows` from place `start` on, of `total`."""

    model_config = ConfigDict(frozen=True)

    start: int
    total: int
    rows: list[Listed]


def read_call_list(house: House, run: MatchRun, start: int, length: int, language: str) -> CallListPage:
    """The assigned of the run from place `start` (0 is the best), at most `length` of them."""
    with house.lake.snapshot() as snapshot:
        table = snapshot.dataset("decisions", run.run)
        assigned = table.filter(table.decision == ASSIGNED)
        total = int(assigned.count().to_pyarrow().as_py())
        best = assigned.order_by([assigned.value.desc(), assigned.customer_id]).limit(length, offset=start)
        rows = best.to_pyarrow().to_pylist()
    with house.database.transaction(read_only=True) as session:
        people = {each.customer_id: each for each in customers.identities(session, [r["customer_id"] for r in rows])}
    said = (language, house.workspace.settings.currency)
    listed = [_listed(start + n, row, people[row["customer_id"]], *said) for n, row in enumerate(rows, start=1)]
    return CallListPage(start=start, total=total, rows=listed)


class Totals(BaseModel):
    """What the assigned alone are expected to bring and to take, the control group left out; seat minutes."""

    model_config = ConfigDict(frozen=True)

    customers: int
    value: float
    minutes: float


def totals(house: House, run: MatchRun) -> Totals:
    """The sums over the assigned of the run."""
    with house.lake.snapshot() as snapshot:
        table = snapshot.dataset("decisions", run.run)
        assigned = table.filter(table.decision == ASSIGNED)
        sums = assigned.aggregate(
            customers=assigned.count(), value=assigned.value.sum(), minutes=assigned.minutes.sum()
        )
        row = sums.to_pyarrow().to_pylist()[0]
    return Totals(customers=row["customers"], value=row["value"] or 0.0, minutes=row["minutes"] or 0.0)


def newest_run(house: House, campaign: str) -> MatchRun | None:
    """The newest match of the campaign."""
    with house.database.transaction(read_only=True) as session:
        return runs.newest(session, campaign)


def _listed(rank: int, row: Mapping[str, Any], person: customers.Identity, language: str, currency: str) -> Listed:
    reasons = json.loads(row["reasons"] or "[]")[:REASONS_SHOWN]
    return Listed(
        rank=rank,
        customer_id=person.customer_id,
        source_id=person.source_id,
        name=masked_name(person.name),
        phone=person.masked_phone or "",
        product=row["product"],
        team=row["team"],
        value=row["value"],
        response=row["response"],
        reach=row["reach"],
        why=[reason_sentence(reason, language, currency) for reason in reasons],
    )


def masked_name(name: str | None) -> str:
    """The first character and two stars."""
    return f"{name[:1]}**" if name else ""
