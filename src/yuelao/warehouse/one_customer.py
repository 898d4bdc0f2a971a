"""What the lake knows of one customer beside the columns of the view: needs, and where which business is done."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from yuelao.analytics.preference.business import by_business
from yuelao.analytics.preference.habit import rolled
from yuelao.analytics.segmentation.needs import read_ranking
from yuelao.warehouse.buckets import Bucket, Within
from yuelao.warehouse.evidence import known_touches
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import LIKE_CUSTOMERS, NEED_RANKING, SCORES, SITUATIONS, USUAL_CHANNELS

Row = Mapping[str, Any]


def only(customer_id: str) -> Bucket:
    """The bucket of this one customer."""
    return Bucket(customer_id, f"{customer_id} ")


def needs_of(snapshot: Snapshot, as_of: date, customer_id: str) -> Sequence[Row]:
    """The needs that the dimensions of a day found, the first one first: product, kind, why, support, lift."""
    day = as_of.isoformat()
    if day not in snapshot.partitions(SITUATIONS):
        return []
    situations = only(customer_id).of(snapshot.dataset(SITUATIONS, day)).to_pyarrow().to_pylist()
    if not situations:
        return []
    [here], [told] = situations, snapshot.dataset(NEED_RANKING, day).to_pyarrow().to_pylist()
    like = snapshot.dataset(LIKE_CUSTOMERS, day)
    counted = like.filter(like.cell == here["cell"]).to_pyarrow().to_pylist()
    return read_ranking(told["text"]).needs_in(here["held"], here["shown"], counted)


def businesses_of(snapshot: Snapshot, as_of: date, customer_id: str) -> list[Row]:
    """A row for each business of the last 12 months and each channel: business, channel, touches, score (0–5)."""
    day, bucket = as_of.isoformat(), only(customer_id)
    touches = known_touches(Within(snapshot, bucket), as_of)
    if touches is None or day not in snapshot.partitions(USUAL_CHANNELS):
        return []
    scored = bucket.of(snapshot.dataset(SCORES, day))
    rows: list[Row] = (
        by_business(rolled(touches), scored, snapshot.dataset(USUAL_CHANNELS, day)).to_pyarrow().to_pylist()
    )
    return rows
