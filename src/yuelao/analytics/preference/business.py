"""Preference per kind of business: the long table behind the roll-up to the channel."""

from functools import reduce

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from yuelao.analytics.channels import BUSINESSES, CHANNELS
from yuelao.analytics.evidence import KEY
from yuelao.analytics.preference.habit import Base

TOP = 5.0


def by_business(rows: ir.Table, scored: ir.Table, usual: ir.Table) -> ir.Table:
    """One row per customer, channel and business the customer did: touches (n_bc) and score (0–5); see `habit`.

    `rows` are rolled-up touches, `scored` has the channels' scores, `usual` is of `usual_channels`. The scores of one
    customer and business sum to 5, the touches to the customer's. Lazy: customer_id, channel, business, touches, score.
    """
    counted = rows.group_by(KEY, "business").aggregate(
        **{f"n_{c}": ibis.ifelse(rows.channel == c, 1, 0).sum().cast("int64") for c in CHANNELS}
    )
    scores = scored.select(KEY, *(f"{c}_preference" for c in CHANNELS))
    joined = counted.inner_join(scores, KEY).inner_join(usual, "business")
    likely = {f"g_{c}": joined[f"{c}_preference"] * joined[f"u_{c}"] for c in CHANNELS}
    joined = joined.mutate(**likely, n=_sum(joined, "n_").cast("float64"))
    joined = joined.mutate(g=_sum(joined, "g_"))
    channels = ibis.memtable(pa.table({"channel": list(CHANNELS)}))
    table = joined.cross_join(channels)
    touches, likely_here = (
        ibis.cases(*((table.channel == c, table[f"{prefix}{c}"]) for c in CHANNELS)) for prefix in ("n_", "g_")
    )
    score = TOP * (touches + table.strength * likely_here / table.g) / (table.n + table.strength)
    return table.select(KEY, "channel", "business", touches=touches, score=score)


def usual_channels(base: Base) -> ir.Table:
    """How each business shifts the channels: business, u_<channel> (u_bc / s_c) and strength (λ)."""
    shift = np.asarray(base.usual / base.share)
    columns = {f"u_{c}": shift[:, i] for i, c in enumerate(CHANNELS)}
    strength = [base.business_strength] * len(BUSINESSES)
    return ibis.memtable(pa.table({"business": list(BUSINESSES), **columns, "strength": strength}))


def _sum(table: ir.Table, prefix: str) -> ir.NumericValue:
    return reduce(lambda left, right: left + right, [table[f"{prefix}{c}"] for c in CHANNELS])
