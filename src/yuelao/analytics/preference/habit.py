"""The habit behind a customer's touches: a hierarchical Dirichlet-multinomial estimate.

    expected of the customer   e_c  = s_c·exp(f_c) / Σ_k s_k·exp(f_k)
    habit of the customer      h_c  = (t_c + κ·e_c) / (t + κ)
    habit in one business      h_bc = (n_bc + λ·g_bc) / (n_b + λ),  g_bc = h_c·u_bc/s_c, brought to a sum of 1

s: the base's habit; f: what the factors of the channel say (0: nothing); n_bc: the customer's touches of business b by
channel c; u_bc: the base's share of channel c in business b. t_c = Σ_b n_bc·s_c/u_bc counts a touch the less, the more
everybody does that business by that channel, so that what customers happen to do does not decide how they like to do
it; s is the mean of the businesses' shares (geometric, one business like another). κ and λ are what the touches of one
customer in different businesses, and in the same one, agree beyond that (moments of the Dirichlet law).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.channels import BUSINESSES, CHANNEL_OF, CHANNELS
from yuelao.analytics.evidence import KEY
from yuelao.analytics.preference.definition import Touches

Floats = NDArray[np.float64]
OTHER = "other"
TOUCHED = tuple(f"touched_{channel}" for channel in CHANNELS)
PARTS = 1000
"""A touch's weight is counted in thousandths, whole ones, so that every engine sums the same."""
RATIO = 4.0
"""A business may shift a channel's share by this factor at most; beyond, touches would count for nothing."""
_STEADY = 200.0  # touches of a business from which it counts as one like another
_SMOOTH = 4.0
_STRENGTH = (0.2, 1000.0)


@dataclass(frozen=True, eq=False)
class Base:
    """What is known of all customers together, arrays by CHANNELS and BUSINESSES.

    share: the base's habit (4). usual: share of each channel in each business (11 × 4). weight: of a touch, in
    thousandths (11 × 4). strength, business_strength: κ and λ.
    """

    share: Floats
    usual: Floats
    weight: NDArray[np.int64]
    strength: float = 4.0
    business_strength: float = 20.0

    def habit(self, said: Floats, counts: Floats) -> Floats:
        """h (n × 4) from what factors say and weighted touches t (both n × 4)."""
        odds = self.share * np.exp(said)
        expected = odds / odds.sum(axis=1, keepdims=True)
        total = counts.sum(axis=1, keepdims=True)
        found: Floats = (counts + self.strength * expected) / (total + self.strength)
        return found


def nothing_known() -> Base:
    """The base where there are no touches at all: every channel like another."""
    even = np.full(len(CHANNELS), 1 / len(CHANNELS))
    many = (len(BUSINESSES), 1)
    return Base(even, np.tile(even, many), np.full((len(BUSINESSES), len(CHANNELS)), PARTS))


def learn_base(counts: NDArray[np.int64], importance: Sequence[float] = (1.0,) * len(BUSINESSES)) -> Base:
    """The base from the touches of all customers by business and channel (11 × 4); the strengths stay to be learned.

    `importance`: how much a touch of each business counts.

    >>> base = learn_base(np.tile(np.array([[400, 100, 300, 200]]), (11, 1)))
    >>> base.share.round(2).tolist(), base.weight[0].tolist()
    ([0.4, 0.1, 0.3, 0.2], [1000, 1000, 1000, 1000])
    """
    if not counts.sum():
        return nothing_known()
    overall = (counts.sum(axis=0) + 1.0) / (counts.sum() + len(CHANNELS))
    size = counts.sum(axis=1, keepdims=True)
    usual = (counts + _SMOOTH * overall) / (size + _SMOOTH)
    usual = overall * np.clip(usual / overall, 1 / RATIO, RATIO)
    usual /= usual.sum(axis=1, keepdims=True)
    trust = np.array(importance) * (size / (size + _STEADY))[:, 0]
    if not trust.sum():
        return nothing_known()
    share = np.exp((trust[:, None] * np.log(usual)).sum(axis=0) / trust.sum())
    share /= share.sum()
    ratio = np.clip(share / usual, 1 / RATIO, RATIO)
    weight = np.round(PARTS * np.array(importance)[:, None] * ratio).astype(np.int64)
    return Base(share, usual, weight)


def learn_strengths(base: Base, touches: Touches, rows: Mapping[str, NDArray[np.int64]]) -> Base:
    """The base with κ and λ, as defined or from sampled rows: customer, business, channel (indices) and touches n."""
    across, within = _agreement(base, rows) if len(rows["n"]) else (0.0, 0.0)
    floor = float((base.share**2).sum())
    strength, business = touches.strength, touches.business_strength
    if strength is None:
        strength = _strength(across, floor)
    if business is None:
        business = _strength(within, across)
    return Base(base.share, base.usual, base.weight, strength, business)


def _strength(agreement: float, chance: float) -> float:
    # of the Dirichlet law with mean m: E Σh² = (κ·Σm² + 1) / (κ + 1), solved for κ
    if agreement <= chance:
        return _STRENGTH[1]
    return float(np.clip((1 - agreement) / (agreement - chance), *_STRENGTH))


def _agreement(base: Base, rows: Mapping[str, NDArray[np.int64]]) -> tuple[float, float]:
    """How often two touches of one customer come by one channel: of different businesses, and of the same one.

    Each customer counts by the number of touches, not by that of pairs.
    """
    customer, business, channel = rows["customer"], rows["business"], rows["channel"]
    each = base.weight[business, channel] / PARTS
    weight, own = each * rows["n"], each**2 * rows["n"]
    total = np.bincount(customer, weight)
    scale = np.maximum(total, 1e-12)
    by_channel = np.bincount(customer * len(CHANNELS) + channel, weight) ** 2
    places, of_business = np.unique(customer * len(BUSINESSES) + business, return_inverse=True)
    by_business = np.bincount(of_business, weight) ** 2 / scale[places // len(BUSINESSES)]
    who = np.arange(len(by_channel)) // len(CHANNELS)
    alike = float((by_channel / scale[who]).sum())
    same, alone = float((weight**2 / scale[customer]).sum()), float((own / scale[customer]).sum())
    across, within = float(total.sum()) - float(by_business.sum()), float(by_business.sum()) - alone
    found_within = (same - alone) / within if within > 1 else 0.0
    found_across = (alike - same) / across if across > 1 else found_within
    return found_across, found_within


def rolled(touches: ir.Table, base: Base | None = None) -> ir.Table:
    """The touches on one of the four channels: customer_id, day, channel, business and `touched_<channel>`.

    The last are the touch's weight (thousandths) on its channel and 0 on the others, as doubles, which engines add
    quicker than whole numbers. The code of the contract rolls up by `channels.yaml`; a business that is unknown or not
    told is `other`.
    """
    of = {name: i for i, name in enumerate(BUSINESSES)}
    known = touches.business.isin(list(of))
    named = touches.select(
        KEY,
        day=touches.occurred_at.cast("date"),
        code=touches.channel,
        business=ibis.ifelse(known.fill_null(False), touches.business, OTHER),
    )
    weight = base.weight if base is not None else np.full((len(of), len(CHANNELS)), PARTS)
    lines = [
        (code, business, up, *(float(weight[of[business], i]) if c == up else 0.0 for i, c in enumerate(CHANNELS)))
        for code, up in CHANNEL_OF.items()
        for business in of
    ]
    names = ("code", "business", "channel", *TOUCHED)
    table = ibis.memtable(pa.table(dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))))
    return named.inner_join(table, ["code", "business"]).select(KEY, "day", "channel", "business", *TOUCHED)


def by_customer(rows: ir.Table) -> ir.Table:
    """Rolled-up touches a customer: customer_id, `touches_seen` and their weight by channel (`touched_<channel>`)."""
    sums = {name: rows[name].sum().cast("int64") for name in TOUCHED}
    return rows.group_by(KEY).aggregate(touches_seen=rows.count(), **sums)
