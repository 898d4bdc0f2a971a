"""Plays the cases that practice reports on a simulated world: the same policies, by what the operator could see.

Each case gives figures with what was reported beside them and the band in which the simulated one has to lie. Numbers
are shares unless said. The bands are wide where the report leaves the policy open; shape is what is held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, inbound, words
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.observed import Observed, pick
from yuelao.simulation.play import Contact, Reaction, play
from yuelao.simulation.population import Flags, Integers

Band = tuple[float, float]
_SEED = 1
_HOURS = (10, 15, 18)
_TRIES = 3
_BLANKET = ("data_10gb", "data_30gb", "plan_5g_129", "handset_mid", "ringtone_vas")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a case; `reported` is None where practice gives none, `of` is what `simulated` is a share of."""

    case: str
    name: str
    reported: float | None
    simulated: float
    of: int
    band: Band

    @property
    def holds(self) -> bool:
        """Whether the simulated figure lies in its band."""
        return self.band[0] <= self.simulated <= self.band[1]


@dataclass(frozen=True, slots=True)
class Called:
    """What calling a list came to: customers dialled, reached, sold to, complaining."""

    dialled: int
    reached: int
    sold: int
    complained: int


def call(world: Observed, who: Integers, product: str, tries: int = _TRIES) -> Called:
    """Dial customers (places) about a product, each up to `tries` times until reached, two days apart."""
    contacts: list[Contact] = []
    reactions: list[Reaction] = []
    waiting = who
    for turn in range(tries):
        contacts += [_dial(world, place, product, turn) for place in waiting.tolist()]
        reactions = play(world.truth, contacts, _SEED)
        silent = [reaction.outcome.retry for reaction in reactions[len(reactions) - len(waiting) :]]
        waiting = waiting[np.array(silent, dtype=bool)]
    pairs = list(zip(contacts, reactions, strict=True))
    return Called(
        dialled=len(who),
        reached=len({contact.source_id for contact, reaction in pairs if reaction.reached}),
        sold=sum(reaction.outcome is Outcome.SOLD for reaction in reactions),
        complained=sum(reaction.complaint for reaction in reactions),
    )


def _dial(world: Observed, place: int, product: str, turn: int) -> Contact:
    day = world.until.astype(datetime) + timedelta(days=1 + 2 * turn)
    moment = datetime(day.year, day.month, day.day, _HOURS[turn % len(_HOURS)], place % 60)
    return Contact(str(world.ids[place]), "phone", moment, product)


def not_called(world: Observed, days: int = 90) -> Flags:
    """Who was not called about anything in the last days."""
    rows = world.tables["contacts"]
    called = world.since("contacts", days) & (rows["channel"] == 0)
    return np.asarray(world.count("contacts", called) == 0)


def blanket(world: Observed) -> Iterator[Figure]:
    """Anybody is called once about whatever is on sale."""
    rng = np.random.default_rng(1)
    lists = np.array_split(pick(world.present(), 4000 * len(_BLANKET), rng), len(_BLANKET))
    made = [call(world, who, product, 1) for who, product in zip(lists, _BLANKET, strict=True)]
    dialled, reached, sold = (sum(getattr(each, name) for each in made) for name in ("dialled", "reached", "sold"))
    yield Figure("blanket", "sales ÷ dialled", 0.01, sold / dialled, dialled, (0.005, 0.02))
    yield Figure("blanket", "sales ÷ connected", 0.03, sold / reached, reached, (0.01, 0.03))
    yield Figure("blanket", "connected ÷ dialled", None, reached / dialled, dialled, (0.4, 0.65))
    sent = pick(world.present(), 8000, rng)
    texts = [_text(world, place) for place in sent.tolist()]
    orders = sum(reaction.outcome is Outcome.SOLD for reaction in play(world.truth, texts, _SEED))
    yield Figure("blanket", "handset by SMS, sales ÷ sent", 0.001, orders / len(sent), len(sent), (0.0, 0.002))


def _text(world: Observed, place: int) -> Contact:
    contact = _dial(world, place, "handset_flagship", 0)
    return Contact(contact.source_id, "sms", contact.at, contact.product)


_TIERS = ((0.5, "data_10gb"), (3.0, "data_30gb"), (4.5, "data_30gb"), (6.5, "data_30gb"), (9.5, "data_30gb"))
"""GB beyond the bundle a month from which a tier begins, and what is offered there."""


def data_plan(world: Observed) -> Iterator[Figure]:
    """Middle and high customers not called for 90 days, far beyond their bundle, in five tiers by what they exceed."""
    who = world.present() & not_called(world)
    charge = world.mean_use("charge", 3)
    who &= charge >= np.median(charge[world.present()])
    used, over = (world.mean_use(column, 3) / 1024 for column in ("data_kb", "over_kb"))
    who &= over >= 0.5 * np.maximum(used - over, 100)
    edges = [1024 * least for least, _product in _TIERS] + [np.inf]
    made = []
    for (_least, product), low, high in zip(_TIERS, edges[:-1], edges[1:], strict=True):
        made.append(call(world, np.flatnonzero(who & (over >= low) & (over < high)), product))
    rates = [each.sold / max(each.dialled, 1) for each in made]
    dialled, sold = sum(each.dialled for each in made), sum(each.sold for each in made)
    yield Figure("data plan", "targets ÷ base", 0.0142, dialled / int(world.present().sum()), dialled, (0.005, 0.04))
    yield Figure("data plan", "sales ÷ dialled", 0.1626, sold / dialled, dialled, (0.12, 0.21))
    for tier, (rate, each) in enumerate(zip(rates, made, strict=True), start=1):
        yield Figure("data plan", f"tier {tier}, sales ÷ dialled", None, rate, each.dialled, (0.0, 0.5))
    lead = float(np.mean(rates[2:4]) - rates[0])
    yield Figure("data plan", "middle tiers less the cheapest", None, lead, dialled, (0.01, 0.3))


def handsets(world: Observed) -> Iterator[Figure]:
    """Holders of old handsets out of contract, not called for 90 days; a third each is offered one of three models."""
    age = (world.until - world.last("devices", "day")).astype(float) / 30
    who = world.present() & not_called(world) & (age >= 45) & ~_in_contract(world)
    thirds = np.array_split(pick(who, world.customers, np.random.default_rng(2)), 3)
    models = (("handset_value", 0.219, (0.15, 0.29)), ("handset_mid", 0.099, (0.06, 0.14)))
    for (product, reported, band), third in zip(
        (*models, ("handset_flagship", 0.001, (0.0, 0.01))), thirds, strict=True
    ):
        made = call(world, third, product)
        yield Figure("handsets", f"{product}, sales ÷ dialled", reported, made.sold / made.dialled, made.dialled, band)


def _in_contract(world: Observed) -> Flags:
    register = world.tables["customers"]
    bound = register["contract_until"] >= world.until
    return np.bincount(register["number"][bound] - 1, minlength=world.customers) > 0


def lost_callers(world: Observed) -> Iterator[Figure]:
    """Callers about a handset who left without one, thinned by reason, by what they do, by what they have bought."""
    left = _left_without(world)
    reasons = inbound.lost_reasons(world.truth, left, _SEED)
    for name, reported in (("thinks_it_over", 0.5036), ("asks_about_delivery", 0.1167), ("wrong_model", 0.1036)):
        share = float((reasons == name).mean())
        yield Figure("lost callers", name, reported, share, len(left), (reported - 0.05, reported + 0.05))
    willing = left[reasons != "will_not_buy"]
    yield Figure("lost callers", "may yet buy", 0.7586, len(willing) / len(left), len(left), (0.7, 0.82))
    tracked = willing[_shows_interest(world)[willing]]
    kept = tracked[_device_months(world)[tracked] > 3]
    yield Figure("lost callers", "kept", 0.5155, len(kept) / len(left), len(left), (0.35, 0.6))
    thrifty = world.mean_use("charge", 3)[kept] < 4000
    made = [call(world, kept[thrifty], "handset_value"), call(world, kept[~thrifty], "handset_mid")]
    rate = sum(each.sold for each in made) / len(kept)
    yield Figure("lost callers", "orders ÷ dialled", 0.094, rate, len(kept), (0.065, 0.125))
    usual = call(world, pick(world.present(), 4000, np.random.default_rng(3)), "handset_mid")
    yield Figure("lost callers", "points above ordinary", 0.06, rate - usual.sold / usual.dialled, 4000, (0.03, 0.1))


def _left_without(world: Observed) -> Integers:
    touches = world.tables["interactions"]
    asked = np.isin(touches["channel"], [words.HOTLINE, words.IVR]) & (touches["reason"] == words.HANDSET_OFFER)
    called = world.count("interactions", asked & world.since("interactions", 90)) > 0
    handset = np.isin(world.tables["orders"]["product"], catalogue.HANDSETS)
    bought = world.count("orders", handset & world.since("orders", 90)) > 0
    return np.flatnonzero(called & ~bought & world.present())


def _device_months(world: Observed) -> Numbers:
    return (world.until - world.last("devices", "day")).astype(float) / 30


def _shows_interest(world: Observed) -> Flags:
    pages = world.tables["browsing"]
    looked = world.count("browsing", world.since("browsing", 90) & np.isin(pages["product"], catalogue.HANDSETS)) > 0
    recent = world.tables["devices"]["day"] >= world.back(3 * 365)
    return looked | (_device_months(world) >= 20) | (world.count("devices", recent) >= 6)


def repair(world: Observed) -> Iterator[Figure]:
    """What fails on electronic channels, who gives up, and who orders when called back with it at once."""
    tried = world.tables["transactions"]
    for name, channels, reported in (
        ("web", [words.WEB], 0.87),
        ("app", [words.APP, words.WAP, words.PHONE_WALLET], 0.64),
        ("SMS", [words.SMS], 0.91),
    ):
        done = tried["failure"][np.isin(tried["channel"], channels)] == 0
        yield Figure(
            "repair", f"{name} success", reported, float(done.mean()), len(done), (reported - 0.02, reported + 0.02)
        )
    first, again = _orders_tried(world)
    yield Figure("repair", "gives up after a failure", 0.53, 1 - again / first, first, (0.43, 0.63))
    soon, late = (_called_back(world, after) for after in (timedelta(minutes=10), timedelta(days=3)))
    yield Figure("repair", "orders ÷ called back in ten minutes", None, soon[0] / soon[1], soon[1], (0.3, 0.7))
    yield Figure("repair", "orders ÷ called back in three days", None, late[0] / late[1], late[1], (0.0, 0.15))


def _orders_tried(world: Observed) -> tuple[int, int]:
    """Orders whose first attempt failed, and those of them tried again within the hour."""
    tried = world.tables["transactions"]
    rows = np.flatnonzero(tried["product"] >= 0)
    rows = rows[np.lexsort((tried["moment"][rows], tried["product"][rows], tried["number"][rows]))]
    same = np.diff(tried["number"][rows]) == 0
    same &= (np.diff(tried["product"][rows]) == 0) & (np.diff(tried["moment"][rows]) < np.timedelta64(1, "h"))
    again = int(same.sum())
    failed = tried["failure"][rows] > 0
    return int((failed & ~np.concatenate([[False], same])).sum()), again


def _called_back(world: Observed, after: timedelta) -> tuple[int, int]:
    """Orders taken from those whose last attempt of an order failed, called so long after; and how many were called."""
    tried = world.tables["transactions"]
    hour = (tried["moment"].astype("datetime64[h]").astype(int)) % 24
    rows = np.flatnonzero((tried["product"] >= 0) & (tried["failure"] > 0) & (hour >= 9) & (hour < 20))
    rows = rows[world.present()[tried["number"][rows] - 1]]
    last = dict(zip(tried["number"][rows].tolist(), rows.tolist(), strict=True))
    contacts = []
    for number, row in last.items():
        failed: datetime = tried["moment"][row].item()
        product = catalogue.PRODUCT_CODES[tried["product"][row]]
        contacts.append(Contact(str(world.ids[number - 1]), "phone", failed + after, product, failed_at=failed))
    reactions = play(world.truth, contacts, _SEED)
    return sum(reaction.outcome is Outcome.SOLD for reaction in reactions), len(contacts)


SALES: tuple[Callable[[Observed], Iterator[Figure]], ...] = (blanket, data_plan, handsets, lost_callers, repair)
