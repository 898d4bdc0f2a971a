"""Plays the reported cases of service diversion, and of too many contacts, on a simulated world."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import words
from yuelao.simulation.aftermath import Later, later
from yuelao.simulation.cases import Figure
from yuelao.simulation.observed import Observed, pick
from yuelao.simulation.play import Contact, play
from yuelao.simulation.population import Integers

_SEED = 2
_ELECTRONIC = ("sms", "web", "app", "wap", "ivr", "hotline", "kiosk", "phone_wallet")
_MOST = 4_000


def _months(world: Observed, count: int) -> list[date]:
    first = world.until.astype("datetime64[M]")
    return [(first + month).astype("datetime64[D]").astype(date) for month in range(count)]


def _guide(
    world: Observed,
    who: Integers,
    about: str,
    months: Sequence[date],
    channels: Sequence[str] = ("sms", "phone", "phone"),
) -> list[Contact]:
    """Guidance each month before the bill date, by message and then by two calls."""
    contacts = []
    for month in months:
        for place, channel in enumerate(channels):
            at = datetime(month.year, month.month, 3 + 4 * place, 10 + 5 * place)
            contacts += [Contact(name, channel, at, guides=about) for name in world.ids[who].tolist()]
    return contacts


def _follow(world: Observed, who: Integers, contacts: list[Contact], months: Sequence[date]) -> Later:
    return later(world.truth, world.ids[who].tolist(), contacts, months, _SEED)


def _paid(world: Observed, channels: Sequence[int], days: int) -> np.ndarray:
    rows = world.tables["payments"]
    return world.count("payments", np.isin(rows["channel"], channels) & world.since("payments", days))


def bill_payment(world: Observed) -> Iterator[Figure]:
    """Customers who pay at the counter, guided each month before the bill date."""
    counter = _paid(world, [words.HALL], 184)
    everywhere = _paid(world, [code for code in range(len(words.CHANNELS)) if code != words.BANK], 184)
    who = pick(world.present() & (counter >= 5) & (counter == everywhere), _MOST, np.random.default_rng(4))
    months = _months(world, 3)
    guided = _follow(world, who, _guide(world, who, "payment", months), months).paid_by
    alone = _follow(world, who, [], months).paid_by
    here = guided[:, 2] != ""
    away = guided[here] != "hall"
    third, n = guided[here, 2], int(here.sum())
    yield Figure("bill payment", "elsewhere in month 3", 0.492, float(away[:, 2].mean()), n, (0.42, 0.56))
    yield Figure(
        "bill payment", "elsewhere three months running", 0.277, float(away.all(axis=1).mean()), n, (0.2, 0.35)
    )
    usual = alone[alone[:, 2] != "", 2] != "hall"
    yield Figure("bill payment", "elsewhere in month 3, not guided", None, float(usual.mean()), n, (0.1, 0.35))
    named = {"kiosk": 0.457, "web": 0.215, "partner_hall": 0.187, "phone_wallet": 0.141}
    total = np.isin(third, list(named)).sum()
    for way, reported in named.items():
        share = float((third == way).sum() / total)
        yield Figure(
            "bill payment", f"of the ways named, {way}", reported, share, int(total), (reported - 0.12, reported + 0.12)
        )


def new_customers(world: Observed) -> Iterator[Figure]:
    """Premium customers who have just joined, guided once."""
    register = world.tables["customers"]
    fresh = (register["joined"] > world.back(90)) & (register["star"] >= 2)
    who = np.flatnonzero(world.present() & (np.bincount(register["number"][fresh] - 1, minlength=world.customers) > 0))
    months = _months(world, 2)
    guided = _follow(world, who, _guide(world, who, "payment", months[:1]), months).paid_by[:, 1]
    alone = _follow(world, who, [], months).paid_by[:, 1]
    after, before = (float(np.isin(paid, _ELECTRONIC).mean()) for paid in (guided, alone))
    less = float((guided == "hall").mean() - (alone == "hall").mean())
    yield Figure("new customers", "pay electronically after", 0.263, after, len(who), (0.2, 0.34))
    yield Figure("new customers", "points more", 0.101, after - before, len(who), (0.05, 0.16))
    yield Figure("new customers", "points less at the counter", -0.19, less, len(who), (-0.26, -0.08))


def hotline(world: Observed) -> Iterator[Figure]:
    """Customers who call agents often, guided to other ways of asking."""
    rows = world.tables["interactions"]
    calls = world.count("interactions", (rows["channel"] == words.HOTLINE) & world.since("interactions", 92))
    who = pick(world.present() & (calls >= 4), _MOST, np.random.default_rng(5))
    months = _months(world, 3)
    guided = _follow(world, who, _guide(world, who, "query", months), months).agent_calls
    alone = _follow(world, who, [], months).agent_calls
    total, n = guided.sum(axis=1), len(who)
    calling = total[total > 0]
    yield Figure("hotline", "no agent call in month 3", 0.494, float((guided[:, 2] == 0).mean()), n, (0.42, 0.62))
    yield Figure("hotline", "the same, not guided", None, float((alone[:, 2] == 0).mean()), n, (0.1, 0.45))
    yield Figure("hotline", "none in three months", 0.316, float((total == 0).mean()), n, (0.2, 0.38))
    yield Figure("hotline", "of the rest, at most two", 0.46, float((calling <= 2).mean()), len(calling), (0.36, 0.58))


def harassment(world: Observed) -> Iterator[Figure]:
    """The same customers are called every third day about something else: what the tenth call does."""
    who = pick(world.present(), 1500, np.random.default_rng(6))
    start = world.until.astype(datetime)
    products = ("data_10gb", "plan_5g_129", "handset_mid", "ringtone_vas")
    contacts = []
    for turn in range(10):
        day = start + timedelta(days=3 * turn + 1)
        at = datetime(day.year, day.month, day.day, 10)
        contacts += [Contact(name, "phone", at, products[turn % 4]) for name in world.ids[who].tolist()]
    reactions = np.array(play(world.truth, contacts, _SEED), dtype=object).reshape(10, -1)

    def share(turn: int, *outcomes: Outcome) -> float:
        reached = [reaction for reaction in reactions[turn] if reaction.reached]
        return sum(reaction.outcome in outcomes for reaction in reached) / len(reached)

    n = len(who)
    yield Figure("harassment", "complaints ÷ reached, first call", None, share(0, Outcome.COMPLAINT), n, (0.0, 0.02))
    yield Figure("harassment", "complaints ÷ reached, tenth call", None, share(9, Outcome.COMPLAINT), n, (0.1, 0.6))
    ends = (Outcome.COMPLAINT, Outcome.REFUSED_ALL)
    yield Figure("harassment", "complaint or refusal for good, tenth call", None, share(9, *ends), n, (0.2, 0.9))
    yield Figure("harassment", "sales ÷ reached, tenth call", None, share(9, Outcome.SOLD), n, (0.0, 0.01))
    months = _months(world, 2)
    tired, rested = (_follow(world, who, given, months).hazard[:, 1].mean() for given in (contacts, []))
    yield Figure("harassment", "chance to leave, times the usual", None, float(tired / rested), n, (1.3, 6.0))


DIVERSION: tuple[Callable[[Observed], Iterator[Figure]], ...] = (bill_payment, new_customers, hotline, harassment)
