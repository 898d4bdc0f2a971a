"""What customers do in a month: they use, pay, ask, look, try and order, as their hidden needs and habits drive them.

Each function draws one kind of trace for one block and one month and writes it to the block's `Log`. Needs are
never written: the traces carry them blurred by thrift, habit and chance.
"""

from dataclasses import dataclass

import numpy as np

from yuelao.simulation import catalogue, channels, words
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.log import Log
from yuelao.simulation.needs import allowance
from yuelao.simulation.population import Days, Flags, Integers, Profile, State, Traits
from yuelao.simulation.services import Services

__all__ = ["Block", "Log"]

_DAILY_HOURS = np.array([1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8, 8, 7, 8, 8, 8, 8, 8, 9, 9, 7, 4, 2], dtype=float)
_HOUR_EDGES = np.cumsum(_DAILY_HOURS) / _DAILY_HOURS.sum()
ASKED = np.array([0.27, 0.15, 0.09, 0.07, 0.055, 0.055, 0.025, 0.09, 0.035, 0.14, 0.0, 0.06, 0.035, 0.015])
"""Events a month for one customer of common measure, by words.REASONS."""
_REASON_BUSINESS = np.array(words.BUSINESS_OF_REASON)
_BANK = 0.12
"""Share of payments the bank draws of itself."""
_SEEN = 0.45
"""Share of the other payments that also leave a touch on the channel they were made by."""
# by words.CHANNELS: log of the seconds a touch takes, and the share of touches after which satisfaction is asked for
_LENGTH = np.array([5.0, 1.5, 4.6, 4.3, 6.2, 3.7, 4.7, 4.0, 6.0, 3.8, 4.3, 3.0])
_RATED = np.array([0.4, 0.1, 0.15, 0.15, 0.4, 0.05, 0.1, 0.0, 0.3, 0.1, 0.1, 0.0])
_TROUBLE = np.isin(np.arange(len(words.BUSINESSES)), [6, 9])  # network and complaints: nobody leaves content


@dataclass(slots=True)
class Block:
    """One block of customers and everything it needs to live a month."""

    profile: Profile
    traits: Traits
    state: State
    log: Log
    services: Services


def use(block: Block, month: np.datetime64, active: Flags, rng: np.random.Generator) -> Integers:
    """The month's bill: use against the bundle, thrift holding back what costs extra. Returns charges in fen."""
    traits, state = block.traits, block.state
    n = len(active)
    wish = np.exp(traits.hunger + rng.normal(0, 0.28, n))
    paid_for = allowance(state)
    beyond = np.maximum(wish - paid_for, 0) * (1 - 0.85 / (1 + np.exp(-0.9 * traits.thrift)))
    beyond[beyond < 5] = 0
    data_kb = ((np.minimum(wish, paid_for) + beyond) * 1024).astype(int)
    minutes = np.round(np.exp(traits.talk + rng.normal(0, 0.25, n))).astype(int)
    calls = _calls(block, minutes, rng)
    messages = rng.poisson(np.exp(1.2 + 0.03 * (traits.age - 41) + 0.6 * traits.habit[:, words.SMS]))
    vas = 500 * state.ringtone + block.services.fee() + (0.2 * state.pack_mb).astype(int)
    used = catalogue.Use(minutes, calls["off_net"], data_kb, messages)
    over_charge = catalogue.beyond(state.plan, used, state.pack_mb)
    charge = 100 * catalogue.PLAN_FEE[state.plan].astype(int) + over_charge + vas
    columns: dict[str, np.ndarray] = {
        "charge": charge,
        "vas": vas,
        "over_charge": over_charge,
        "minutes": minutes,
        "messages": messages,
        "data_kb": data_kb,
        "over_kb": np.maximum(data_kb - (paid_for * 1024).astype(int), 0),
        **calls,
        **_online(block, month, data_kb, rng),
    }
    rows = {name: values[active] for name, values in columns.items()}
    block.log.add("usage_monthly", number=block.profile.number[active], month=np.full(active.sum(), month), **rows)
    state.overage_mb = beyond
    return np.asarray(charge)


def _calls(block: Block, minutes: Integers, rng: np.random.Generator) -> dict[str, np.ndarray]:
    # whom, how often and where from: who travels roams, who likes to call calls information lines too
    traits, services = block.traits, block.services
    n = len(minutes)
    shares = rng.dirichlet((5, 8, 1.5), n)
    made = rng.poisson(0.3 * minutes)
    away = np.minimum(0.03 * np.exp(0.8 * services.travel + rng.normal(0, 0.5, n)), 0.6)
    caller = np.log(traits.habit[:, words.HOTLINE] + 0.05) + 2.0
    talk = (traits.talk - 5.1) / 0.6
    secretary = services.held[:, catalogue.SECRETARY]
    return {
        "off_net": np.round(minutes * shares[:, 0]).astype(int),
        "long_distance": np.round(minutes * shares[:, 2], 1),
        "roaming": np.round(minutes * away, 1),
        "calls": made,
        "incoming": np.round(minutes * np.exp(rng.normal(-0.1, 0.4, n)), 1),
        "numbers": np.minimum(made, 1 + rng.poisson(4 * np.log1p(made))),
        "forwards": rng.poisson(np.exp(-1.9 + 0.9 * secretary + 0.35 * talk + 0.5 * caller)),
        "information": rng.poisson(np.exp(-1.5 + 0.3 * talk + 0.6 * caller)),
    }


def _online(block: Block, month: np.datetime64, data_kb: Integers, rng: np.random.Generator) -> dict[str, np.ndarray]:
    # on which network, where and on how many days the data was used
    state, travel = block.state, block.services.travel
    n = len(data_kb)
    generation = np.minimum(catalogue.DEVICE_GENERATION[state.device], catalogue.PLAN_GENERATION[state.plan])
    fast = np.where(generation == 5, rng.beta(12, 1.5, n), rng.beta(8, 2.5, n))
    away = np.minimum(0.025 * np.exp(0.8 * travel + rng.normal(0, 0.5, n)), 0.5)
    days = int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))
    busy = 1 - np.exp(-((data_kb / 1024 / 1500) ** 0.6))
    return {
        "fast_kb": (data_kb * fast).astype(int),
        "roaming_kb": (data_kb * away).astype(int),
        "wlan": np.round(np.exp(3.2 + 0.5 * travel + rng.normal(0, 0.8, n)) - 8).clip(0).astype(int),
        "data_days": rng.binomial(days, busy),
    }


def pay(block: Block, month: np.datetime64, active: Flags, charge: Integers, rng: np.random.Generator) -> None:
    """Payments: the thrifty pay often and little; the channel follows habit, and many leave a touch there."""
    times = active * (1 + rng.poisson(np.exp(-1.4 + 0.4 * block.traits.thrift)))
    who = np.repeat(np.arange(len(times)), times)
    share = charge[who] / 100 / times[who] * rng.uniform(0.9, 1.5, len(who))
    amount = np.where(share < 100, 10 * np.ceil(share / 10), 50 * np.ceil(share / 50)).astype(int)
    paying = np.full(len(who), words.PAYMENT)
    channel = channels.finer(channels.pick(block.traits.habit[who], paying, rng), paying, rng)
    draw = rng.random(len(who))
    by_bank = draw < _BANK
    channel[by_bank] = words.BANK
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    block.log.add("payments", number=block.profile.number[who], moment=moment, amount=amount, channel=channel)
    seen = ~by_bank & (draw < _BANK + (1 - _BANK) * _SEEN)
    _touch(block, moment[seen], who[seen], channel[seen], np.full(int(seen.sum()), words.PAY), rng)


def ask(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> None:
    """Touches with their reason: who is short of data asks about it, or complains of slowness."""
    rate = np.exp(block.traits.asks)[:, None] * ASKED * active[:, None]
    hungry = need[:, catalogue.DATA_10GB]
    rate[:, words.DATA_BALANCE] *= np.exp(0.6 * hungry)
    rate[:, words.DATA_SLOW] *= np.exp(0.7 * hungry)
    rate[:, words.DATA_OFFER] *= np.exp(1.0 * need[:, catalogue.DATA_30GB])
    rate[:, words.PLAN_OFFER] *= np.exp(0.9 * need[:, catalogue.PLAN_UPGRADE])
    rate[:, words.HANDSET_OFFER] *= np.exp(0.8 * np.max(need[:, list(catalogue.HANDSETS)], axis=1))
    rate[:, words.VAS_OFFER] *= np.exp(0.9 * need[:, catalogue.RINGTONE])
    rate[:, words.NETWORK] *= np.exp(0.5 * block.traits.coverage)
    rate[:, words.GRIEVANCE] *= np.exp(0.5 * np.minimum(block.state.grievance, 3))
    who, reason = occurrences(np.minimum(rate, 20), rng)
    business = _REASON_BUSINESS[reason]
    channel = channels.finer(channels.pick(block.traits.habit[who], business, rng), business, rng)
    _touch(block, moments(month, rng.integers(0, 28, len(who)), rng), who, channel, reason, rng)
    network = active & (rng.random(len(active)) < 0.003 * np.exp(0.4 * block.traits.coverage))
    grumble = np.flatnonzero(network)
    _complain(block, moments(month, rng.integers(0, 28, len(grumble)), rng), grumble, rng.integers(1, 4, len(grumble)))


def _touch(
    block: Block, moment: Days, who: Integers, channel: Integers, reason: Integers, rng: np.random.Generator
) -> None:
    # how long it took and how content it left the customer, who likes the channel of habit better
    traits, business = block.traits, _REASON_BUSINESS[reason]
    at_home = traits.habit[who, np.minimum(channels.HABIT_OF[channel], len(words.HABITS) - 1)]
    long = _LENGTH[channel] + 0.15 * (traits.talk[who] - 5.1) + 0.3 * at_home
    seconds = np.round(np.exp(long + 0.5 * rng.normal(size=len(who)))).astype(int)
    content = 3.4 + 0.45 * traits.loyalty[who] + 1.2 * (at_home - 0.4) - 0.9 * _TROUBLE[business]
    score = np.clip(np.round(content + 0.8 * rng.normal(size=len(who))), 1, 5).astype(int)
    block.log.add(
        "interactions",
        number=block.profile.number[who],
        moment=moment,
        channel=channel,
        business=business,
        reason=reason,
        seconds=seconds,
        satisfaction=np.where(rng.random(len(who)) < _RATED[channel], score, -1),
    )


def look(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> None:
    """Pages looked at, by those who use web or app; a product's page the more, the more it is needed."""
    online = (block.traits.habit[:, words.WEB] + block.traits.habit[:, words.APP]) * active
    idle = np.repeat(online[:, None] * 0.25, 2, axis=1)
    wanted = online[:, None] * 0.15 * np.exp(1.0 * np.minimum(need, 3.0))
    who, page = occurrences(np.hstack([idle, wanted]), rng)
    product = page - 2  # below zero: a page that is no product's
    category = np.where(product < 0, page, np.array([2, 2, 3, 4, 4, 5, 4])[np.maximum(product, 0)])
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


def moments(month: np.datetime64, day: Integers, rng: np.random.Generator) -> Days:
    """Moments on the given days (0 = first) of the month, by the hours at which people are up."""
    hour = np.searchsorted(_HOUR_EDGES, rng.random(len(day)), side="right")
    second = day * 86_400 + hour * 3600 + rng.integers(0, 3600, len(day))
    return np.asarray(month.astype("datetime64[s]") + second.astype("timedelta64[s]"))
