"""Who the customers are: hidden traits, the visible attributes that follow from them, and the state that moves.

One block of customers is drawn at a time from its own generator, always in full, so that the first N customers
are the same whatever N is. Traits are about standard normal unless said; nobody outside `simulation` sees them.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import catalogue, habits, words
from yuelao.simulation.catalogue import Numbers

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
_Values = TypeVar("_Values", bound=NDArray[Any])

BLOCK = 10_000
"""Customers drawn together; part of what a seed means, so changing it changes every world."""
SECOND_NUMBER = 0.12


@dataclass(frozen=True, slots=True)
class Traits:
    """What drives a customer; arrays of one value per customer unless said."""

    age: Numbers  # years
    income: Numbers
    thrift: Numbers
    novelty: Numbers  # desire for new handsets
    taste: Numbers  # for ring-back tones
    hunger: Numbers  # log of the MB wished for in a month
    talk: Numbers  # log of the minutes wished for in a month
    wishes: Numbers  # n × products: the part of each need that nothing else explains
    persuadable: Numbers
    tolerance: Numbers  # of being contacted
    loyalty: Numbers
    reach: Numbers  # log odds of answering, before the hour counts
    rhythm: Integers  # 0 works by day, 1 at home, 2 works late
    habit: Numbers  # n × words.HABITS: share of business by channel
    number_state: Integers  # 0 valid, 1 empty number, 2 wrong number
    asks: Numbers  # log of how much more often than others the operator is turned to
    coverage: Numbers  # how bad the network is where the customer lives
    courted: Numbers  # how much competitors are after the customer
    openness: Numbers  # to doing things another way

    def of(self, rows: Integers) -> "Traits":
        """The traits of some customers, in the order of `rows`."""
        return Traits(**{name: getattr(self, name)[rows] for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Profile:
    """What the operator's customer register says."""

    number: Integers  # 1, 2, 3 … over all blocks
    person: Integers  # number of the first line of the person
    name: NDArray[np.str_]
    male: Integers
    born: Days
    city: Integers
    joined: Days
    brand: Integers
    star: Integers
    vip: Integers
    staff: Integers
    group: Integers
    contract_until: Days  # NaT: none
    points: Integers
    redeemed: Integers
    overdraft: Integers
    do_not_call: Integers
    no_profiling: Integers


@dataclass(slots=True)
class State:
    """What changes from month to month."""

    plan: Integers
    pack_mb: Numbers
    device: Integers
    device_since: Days
    ringtone: Flags
    refused_all: Flags
    contacts_now: Numbers  # contacts this month, each weighed by how much its channel intrudes
    contacts_before: Numbers  # contacts last month, weighed so
    overage_mb: Numbers  # last month's, what the operator's own targeting goes by
    fatigue: Numbers  # contacts of all months, the older the less
    grievance: Numbers  # bad service of all months, the older the less
    hazard: Numbers  # chance to leave at the end of the month
    left: Days  # the day the customer left; NaT: still here
    source: Integers  # whose needs and habits the truth speaks of: the customer's own, unless a test cut the link


def draw_traits(rng: np.random.Generator, second: Flags) -> Traits:
    """The hidden traits of one block; `second` marks the lines that belong to the person of the line before."""
    n = len(second)

    def normal() -> Numbers:
        return _shared(rng.normal(size=n), second)

    age = _shared(np.clip(rng.normal(41, 15, n), 18, 88), second)
    years = (age - 41) / 15
    income = normal()
    thrift = 0.9 * normal() - 0.4 * income
    return Traits(
        age=age,
        income=income,
        thrift=thrift,
        novelty=0.9 * normal() - 0.35 * years,
        taste=0.85 * normal() - 0.5 * years,
        hunger=np.log(9_000) - 0.4 * years + 0.2 * income + 0.75 * rng.normal(size=n),
        talk=np.log(170) + 0.2 * income + 0.6 * rng.normal(size=n),
        wishes=rng.normal(size=(n, len(catalogue.PRODUCTS))),
        persuadable=normal(),
        tolerance=normal(),
        loyalty=normal(),
        reach=0.35 + 0.7 * normal(),
        rhythm=np.where(age > 60, 1, rng.choice(3, size=n, p=(0.62, 0.16, 0.22))),
        habit=habits.draw(rng, age),
        number_state=rng.choice(3, size=n, p=(0.988, 0.008, 0.004)),
        asks=1.15 * rng.normal(size=n) - 0.66,
        coverage=rng.normal(size=n),
        courted=normal(),
        openness=normal() - 0.3 * years,
    )


def draw_profile(rng: np.random.Generator, first: int, second: Flags, traits: Traits, until: np.datetime64) -> Profile:
    """The register's attributes of the block whose first customer has number `first`."""
    n = len(second)
    number = np.arange(first, first + n)
    male = _shared(rng.integers(0, 2, n), second)
    joined = until - 1 - np.minimum(rng.exponential(1900, n), 8000).astype(int)
    wealth = traits.income + 0.5 * traits.loyalty + rng.normal(0, 0.7, n)
    contract = until + rng.integers(-200, 540, n)
    points = rng.gamma(1.5, 900, n).astype(int)
    return Profile(
        number=number,
        person=np.where(second, number - 1, number),
        name=_shared(_names(rng, male), second),
        male=male,
        born=until - (traits.age * 365.25).astype(int) - _shared(rng.integers(0, 365, n), second),
        city=_shared(rng.choice(len(words.CITIES), size=n, p=words.CITY_SHARES), second),
        joined=joined,
        brand=np.where(traits.age < 28, 1, np.where(wealth > 1.3, 2, 0)),
        star=np.clip(np.round(2.2 + wealth), 0, 5).astype(int),
        vip=np.digitize(wealth, (1.2, 1.9, 2.6)),
        staff=(rng.random(n) < 0.006).astype(int),
        group=(rng.random(n) < 0.15).astype(int),
        contract_until=np.where(rng.random(n) < 0.3, contract, np.datetime64("NaT")),
        points=points,
        redeemed=(points * rng.random(n)).astype(int),
        overdraft=10 * np.round(np.clip(4 + 3 * wealth, 0, 30)).astype(int),
        do_not_call=(rng.random(n) < 0.025).astype(int),
        no_profiling=(rng.random(n) < 0.01).astype(int),
    )


def draw_state(rng: np.random.Generator, traits: Traits, start: np.datetime64) -> State:
    """The state on the first day: plan and handset as chosen some time ago, for the wishes of that time."""
    n = len(traits.age)
    wealth = 0.5 * traits.income + 0.5 * traits.novelty - 0.3 * traits.thrift + rng.normal(0, 0.6, n)
    return State(
        plan=_chosen_plan(rng, traits),
        pack_mb=np.where(rng.random(n) < 0.08, 10_240.0, 0.0),
        device=np.clip(np.round(4 + 2.2 * wealth), 0, len(catalogue.DEVICES) - 1).astype(int),
        device_since=start - 1 - np.minimum(rng.gamma(2.0, 430 * np.exp(-0.35 * traits.novelty)), 3000).astype(int),
        ringtone=rng.random(n) < 0.25 / (1 + np.exp(-1.2 * traits.taste)),
        refused_all=np.zeros(n, dtype=bool),
        contacts_now=np.zeros(n),
        contacts_before=np.zeros(n),
        overage_mb=np.zeros(n),
        fatigue=np.zeros(n),
        grievance=np.zeros(n),
        hazard=np.zeros(n),
        left=np.full(n, np.datetime64("NaT"), dtype="datetime64[D]"),
        source=np.arange(n),
    )


def _chosen_plan(rng: np.random.Generator, traits: Traits) -> Integers:
    # the bill each plan would have brought for the use of that time, as the customer saw it
    wish = np.exp(traits.hunger + rng.normal(0.0, 0.4, len(traits.age)))[:, None]
    talk = np.exp(traits.talk)[:, None]
    over = catalogue.DATA_PRICE * np.maximum(wish - catalogue.PLAN_DATA, 0)
    over += catalogue.VOICE_PRICE * np.maximum(talk - catalogue.PLAN_MINUTES, 0)
    bill = catalogue.PLAN_FEE * np.exp(0.25 * traits.thrift - 0.3 * traits.income)[:, None] + over
    return np.asarray(np.argmin(bill + rng.gumbel(0, 8, bill.shape), axis=1))


def _names(rng: np.random.Generator, male: Integers) -> NDArray[np.str_]:
    n = len(male)
    male_given, female_given = np.array(words.GIVEN_MALE), np.array(words.GIVEN_FEMALE)
    name = rng.choice(np.array(words.SURNAMES), n)
    for place in range(2):
        picked = rng.integers(0, 30, n)
        given = np.where(male == 1, male_given[picked], female_given[picked])
        name = np.char.add(name, np.where((place == 1) & (rng.random(n) < 0.2), "", given))
    return name


def _shared(values: _Values, second: Flags) -> _Values:
    # what belongs to the person is the same on both of their lines
    values[second] = values[np.flatnonzero(second) - 1]
    return values


def second_lines(rng: np.random.Generator) -> Flags:
    """Which lines of a block are the second number of the person before; never two in a row, never the first."""
    odd = np.arange(BLOCK) % 2 == 1
    return np.asarray(odd & (rng.random(BLOCK) < SECOND_NUMBER))
