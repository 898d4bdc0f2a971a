"""What customers do in a month: they use, pay, ask, look, try and order, as their hidden needs and habits drive them.

Each function draws one kind of trace for one block and one month and writes it to the block's `Log`. Needs are
never written: the traces carry them blurred by thrift, habit and chance.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import catalogue, response, words
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Days, Flags, Integers, Profile, State, Traits

Rows = Mapping[str, NDArray[Any]]

_DAILY_HOURS = np.array([1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8, 8, 7, 8, 8, 8, 8, 8, 9, 9, 7, 4, 2], dtype=float)
_HOUR_EDGES = np.cumsum(_DAILY_HOURS) / _DAILY_HOURS.sum()
# events a month for one customer, by words.REASONS
_ASKED = np.array([0.10, 0.05, 0.035, 0.025, 0.02, 0.02, 0.008, 0.03, 0.015, 0.05])


@dataclass(slots=True)
class Block:
    """One block of customers and everything it needs to live a month."""

    profile: Profile
    traits: Traits
    state: State
    log: "Log"


@dataclass(slots=True)
class Log:
    """The rows a block has left, by table; `sequence` numbers them within block and table."""

    block: int
    pieces: dict[str, list[Rows]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, table: str, **columns: NDArray[np.generic]) -> Integers:
        """Append rows; returns their ids, unique over all blocks."""
        rows = len(next(iter(columns.values())))
        ids = self.block * 100_000_000 + self.counts[table] + np.arange(rows)
        self.counts[table] += rows
        self.pieces[table].append({"id": ids, **columns})
        return ids

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """All rows of a table, column by column."""
        pieces = self.pieces[name]
        return {column: np.concatenate([piece[column] for piece in pieces]) for column in pieces[0]}


def needs(traits: Traits, state: State, day: np.datetime64) -> Numbers:
    """Each customer's hidden need of each product (n × products, about standard normal over the base)."""
    wishes = traits.wishes
    short = np.clip(traits.hunger - np.log(_allowance(state)), -2.5, 2.5)
    aged = ((day - state.device_since).astype(float) / 30 - 26) / 16
    aged = np.clip(aged, -1.6, 2.5)
    need = np.empty_like(wishes)
    need[:, catalogue.DATA_10GB] = 1.25 * short - 0.15 * traits.income + 0.3 * wishes[:, catalogue.DATA_10GB]
    need[:, catalogue.DATA_30GB] = (
        1.25 * short + 0.35 * (traits.hunger - 9.1) + 0.2 * traits.income + 0.3 * wishes[:, catalogue.DATA_30GB]
    )
    need[:, catalogue.PLAN_UPGRADE] = (
        1.05 * short + 0.35 * traits.income + 0.25 * traits.novelty + 0.3 * wishes[:, catalogue.PLAN_UPGRADE]
    )
    need[:, catalogue.HANDSET_MID] = 0.9 * aged + 0.4 * traits.novelty + 0.3 * wishes[:, catalogue.HANDSET_MID]
    need[:, catalogue.HANDSET_FLAGSHIP] = (
        0.5 * aged + 0.55 * traits.novelty + 0.45 * traits.income - 0.35 * traits.thrift
    ) + 0.3 * wishes[:, catalogue.HANDSET_FLAGSHIP]
    need[:, catalogue.RINGTONE] = 0.8 * traits.taste + 0.45 * wishes[:, catalogue.RINGTONE]
    has = np.zeros(need.shape, dtype=bool)
    has[:, catalogue.RINGTONE] = state.ringtone
    has[:, catalogue.PLAN_UPGRADE] = state.plan >= catalogue.UPGRADE
    return np.where(has, -4.0, need)


def use(block: Block, month: np.datetime64, active: Flags, rng: np.random.Generator) -> Integers:
    """The month's bill: use against the bundle, thrift holding back what costs extra. Returns charges in fen."""
    traits, state = block.traits, block.state
    n = len(active)
    wish = np.exp(traits.hunger + rng.normal(0, 0.28, n))
    allowance = _allowance(state)
    beyond = np.maximum(wish - allowance, 0) * (1 - 0.85 * response.logistic(0.9 * traits.thrift))
    beyond[beyond < 5] = 0
    data = np.minimum(wish, allowance) + beyond
    minutes = np.round(np.exp(traits.talk + rng.normal(0, 0.25, n)))
    over_minutes = np.maximum(minutes - catalogue.PLAN_MINUTES[state.plan], 0)
    messages = rng.poisson(np.exp(1.2 + 0.03 * (traits.age - 41)))
    vas = 500.0 * state.ringtone + 500.0 * rng.poisson(0.12, n) + 0.2 * state.pack_mb
    over_charge = 100 * (catalogue.DATA_PRICE * beyond + catalogue.VOICE_PRICE * over_minutes)
    charge = (100 * catalogue.PLAN_FEE[state.plan] + over_charge + vas).astype(int)
    generation = np.minimum(catalogue.DEVICE_GENERATION[state.device], catalogue.PLAN_GENERATION[state.plan])
    fast = data * np.where(generation == 5, rng.beta(12, 1.5, n), rng.beta(8, 2.5, n))
    shares = rng.dirichlet((5, 8, 1.5, 0.8), n)
    columns: dict[str, NDArray[np.generic]] = {
        "charge": charge,
        "vas": vas.astype(int),
        "over_charge": over_charge.astype(int),
        "minutes": minutes.astype(int),
        "off_net": np.round(minutes * shares[:, 0], 1),
        "long_distance": np.round(minutes * shares[:, 2], 1),
        "roaming": np.round(minutes * shares[:, 3], 1),
        "messages": messages,
        "data_kb": (data * 1024).astype(int),
        "over_kb": (beyond * 1024).astype(int),
        "fast_kb": (fast * 1024).astype(int),
    }
    month_of = np.full(n, month)
    rows = {name: values[active] for name, values in columns.items()}
    block.log.add("usage_monthly", number=block.profile.number[active], month=month_of[active], **rows)
    state.overage_mb = beyond
    return np.asarray(charge)


def pay(block: Block, month: np.datetime64, active: Flags, charge: Integers, rng: np.random.Generator) -> None:
    """Payments: the thrifty pay often and little; the channel follows habit."""
    times = active * (1 + rng.poisson(np.exp(-1.4 + 0.4 * block.traits.thrift)))
    who = np.repeat(np.arange(len(times)), times)
    share = charge[who] / 100 / times[who] * rng.uniform(0.9, 1.5, len(who))
    amount = np.where(share < 100, 10 * np.ceil(share / 10), 50 * np.ceil(share / 50)).astype(int)
    channel = pick_channel(block.traits.habit[who], rng)
    other = rng.random(len(who))
    channel = np.where(other < 0.12, 5, np.where(other > 0.95, 6, channel))
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    block.log.add("payments", number=block.profile.number[who], moment=moment, amount=amount, channel=channel)


def ask(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> None:
    """Touches with their reason: who is short of data asks about it, or complains of slowness."""
    rate = np.tile(_ASKED, (len(active), 1)) * active[:, None]
    hungry = need[:, catalogue.DATA_10GB]
    rate[:, words.DATA_BALANCE] *= np.exp(0.6 * hungry)
    rate[:, words.DATA_SLOW] *= np.exp(0.7 * hungry)
    rate[:, words.DATA_OFFER] *= np.exp(1.0 * need[:, catalogue.DATA_30GB])
    rate[:, words.PLAN_OFFER] *= np.exp(0.9 * need[:, catalogue.PLAN_UPGRADE])
    rate[:, words.HANDSET_OFFER] *= np.exp(0.8 * np.max(need[:, 3:5], axis=1))
    rate[:, words.VAS_OFFER] *= np.exp(0.9 * need[:, catalogue.RINGTONE])
    who, reason = occurrences(rate, rng)
    channel = pick_channel(block.traits.habit[who], rng)
    aside = rng.random(len(who))
    channel = np.where((channel == words.HOTLINE) & (aside < 0.3), words.IVR, channel)
    channel = np.where((channel == words.HALL) & (aside < 0.2), words.KIOSK, channel)
    seconds = np.round(rng.lognormal(4.6, 0.6, len(who))).astype(int)
    columns = {"channel": channel, "reason": reason, "seconds": seconds}
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    block.log.add("interactions", number=block.profile.number[who], moment=moment, **columns)
    network = active & (rng.random(len(active)) < 0.003)
    grumble = np.flatnonzero(network)
    _complain(block, moments(month, rng.integers(0, 28, len(grumble)), rng), grumble, rng.integers(1, 4, len(grumble)))


def look(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> None:
    """Pages looked at, by those who use web or app; a product's page the more, the more it is needed."""
    online = (block.traits.habit[:, words.WEB] + block.traits.habit[:, words.APP]) * active
    idle = np.repeat(online[:, None] * 0.25, 2, axis=1)
    wanted = online[:, None] * 0.15 * np.exp(1.0 * np.minimum(need, 3.0))
    who, page = occurrences(np.hstack([idle, wanted]), rng)
    product = page - 2  # below zero: a page that is no product's
    category = np.where(product < 0, page, np.array([2, 2, 3, 4, 4, 5])[np.maximum(product, 0)])
    seconds = np.round(rng.lognormal(3.4, 0.7, len(who))).astype(int)
    columns = {"category": category, "product": product, "seconds": seconds}
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    block.log.add("browsing", number=block.profile.number[who], moment=moment, **columns)


def _complain(block: Block, moment: Days, who: Integers, category: Integers) -> None:
    block.log.add("complaints", number=block.profile.number[who], moment=moment, category=category)


def complain_of_calls(block: Block, moment: Days, who: Integers) -> None:
    """Complaints about being called."""
    _complain(block, moment, who, np.zeros(len(who), dtype=int))


def occurrences(rate: Numbers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Who does what, once for every event, for mean numbers of events `rate` (n × kinds)."""
    counts = rng.poisson(rate)
    who, kind = np.nonzero(counts)
    times = counts[who, kind]
    return np.repeat(who, times), np.repeat(kind, times)


def pick_channel(habit: Numbers, rng: np.random.Generator) -> Integers:
    """One channel a row, by the row's habit."""
    above = rng.random((len(habit), 1)) > np.cumsum(habit, axis=1)[:, :-1]
    return np.asarray(above.sum(axis=1))


def moments(month: np.datetime64, day: Integers, rng: np.random.Generator) -> Days:
    """Moments on the given days (0 = first) of the month, by the hours at which people are up."""
    hour = np.searchsorted(_HOUR_EDGES, rng.random(len(day)), side="right")
    second = day * 86_400 + hour * 3600 + rng.integers(0, 3600, len(day))
    return np.asarray(month.astype("datetime64[s]") + second.astype("timedelta64[s]"))


def _allowance(state: State) -> Numbers:
    return np.asarray(catalogue.PLAN_DATA[state.plan] + state.pack_mb)
