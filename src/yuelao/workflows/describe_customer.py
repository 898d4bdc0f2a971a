"""Describe a customer: what the newest view knows beyond its columns — needs, and where which business is done."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.channels import CHANNELS
from yuelao.analytics.preference.business import by_business
from yuelao.analytics.preference.habit import rolled
from yuelao.warehouse.evidence import known_touches
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import NEEDS, SCORES, USUAL_CHANNELS
from yuelao.workflows.house import House


class Need(BaseModel):
    """A product the customer has shown a wish for (why: the sign), or that like customers hold (why is None).

    support: the share of like customers who hold it; lift: that share against everybody's; None where too few are like.
    """

    model_config = ConfigDict(frozen=True)

    product: str
    why: str | None
    support: float | None
    lift: float | None


class Business(BaseModel):
    """One kind of business over the last 12 months: by channel, how often it was done and the preference, 0–5."""

    model_config = ConfigDict(frozen=True)

    name: str
    touches: dict[str, int]
    scores: dict[str, float]


class Described(BaseModel):
    """What is known of a customer on a day; businesses from the one done most. Empty without a view, or the model."""

    model_config = ConfigDict(frozen=True)

    as_of: date | None = None
    needs: list[Need] = []
    businesses: list[Business] = []


def describe_customer(house: House, customer_id: str) -> Described:
    """The customer of the pseudonym, by the newest view; a customer nobody knows is described by nothing."""
    with house.lake.snapshot() as snapshot:
        days = snapshot.partitions(SCORES)
        if not days:
            return Described()
        one = ibis.memtable(pa.table({KEY: [customer_id]}))
        return Described(
            as_of=date.fromisoformat(days[-1]),
            needs=_needs(snapshot, days[-1], customer_id),
            businesses=_businesses(snapshot, days[-1], one),
        )


def _needs(snapshot: Snapshot, day: str, customer_id: str) -> list[Need]:
    if day not in snapshot.partitions(NEEDS):
        return []
    needs = snapshot.dataset(NEEDS, day)
    rows = needs.filter(needs[KEY] == customer_id).order_by("rank").to_pyarrow().to_pylist()
    return [Need(**{name: row[name] for name in Need.model_fields}) for row in rows]


def _businesses(snapshot: Snapshot, day: str, one: ibis.Table) -> list[Business]:
    touches = known_touches(snapshot, date.fromisoformat(day), one)
    if touches is None or day not in snapshot.partitions(USUAL_CHANNELS):
        return []
    scored = snapshot.dataset(SCORES, day).semi_join(one, KEY)
    table = by_business(rolled(touches), scored, snapshot.dataset(USUAL_CHANNELS, day))
    rows: Sequence[Mapping[str, Any]] = table.to_pyarrow().to_pylist()
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["business"], {})[row["channel"]] = row
    businesses = [
        Business(
            name=name,
            touches={channel: of[channel]["touches"] for channel in CHANNELS},
            scores={channel: of[channel]["score"] for channel in CHANNELS},
        )
        for name, of in found.items()
    ]
    return sorted(businesses, key=lambda each: (-sum(each.touches.values()), each.name))
