"""Describe a customer: what the newest view knows beyond its columns — needs, and where which business is done."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter

from pydantic import BaseModel, ConfigDict

from yuelao.warehouse.one_customer import Row, businesses_of, needs_of
from yuelao.warehouse.views import SCORES
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
        as_of = date.fromisoformat(days[-1])
        return Described(
            as_of=as_of,
            needs=[
                Need(**{name: row[name] for name in Need.model_fields})
                for row in needs_of(snapshot, as_of, customer_id)
            ],
            businesses=_businesses(businesses_of(snapshot, as_of, customer_id)),
        )


def _businesses(rows: Sequence[Row]) -> list[Business]:
    found = []
    for name, of in groupby(sorted(rows, key=itemgetter("business", "channel")), key=itemgetter("business")):
        by_channel = {row["channel"]: row for row in of}
        touches, scores = ({c: row[part] for c, row in by_channel.items()} for part in ("touches", "score"))
        found.append(Business(name=name, touches=touches, scores=scores))
    return sorted(found, key=lambda each: (-sum(each.touches.values()), each.name))
