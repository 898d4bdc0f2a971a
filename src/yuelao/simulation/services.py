"""Value-added services over the months: who takes one up, who gives it up, and the rows that tell it.

Taste comes from how a customer lives: talk, habits of channel, hunger for data, age. Travel belongs here as well: it
shows in use away from home.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import catalogue, words
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.log import Log
from yuelao.simulation.population import Days, Flags, Profile, Traits

DRIVERS = ("always", "talk", "sms", "online", "hunger", "age")
"""What `catalogue.Service.held` weighs, in this order; each about standard normal but the first, which is 1."""
_LEAVE = 0.03  # of the holders, each month; the others join at the rate that keeps the share
_VAS = words.KINDS.index("增值业务")
_NEVER = np.datetime64("NaT", "D")


@dataclass(slots=True)
class Services:
    """What one block holds of catalogue.SERVICES (n × services), and how much its customers travel (n)."""

    chance: Numbers
    held: Flags
    since: Days
    travel: Numbers

    def fee(self) -> NDArray[np.int64]:
        """Fees of a month in fen."""
        return np.asarray(self.held @ (100 * catalogue.SERVICE_FEE))


def begin(traits: Traits, profile: Profile, start: np.datetime64, rng: np.random.Generator) -> Services:
    """What is held on the first day, each since some day after its customer joined."""
    travel = rng.normal(size=len(traits.age)) + 0.8 * np.log(traits.habit[:, words.SMS] + 0.1) + 1.4
    chance = chances(traits)
    held = rng.random(chance.shape) < chance
    since = start - 1 - np.minimum(rng.exponential(700, chance.shape), 3000).astype(int)
    return Services(chance, held, np.maximum(since, profile.joined[:, None]), travel)


def chances(traits: Traits) -> Numbers:
    """The share of time each customer would hold each value-added service (n × catalogue.SERVICES)."""
    sms = np.log(traits.habit[:, words.SMS] + 0.02)
    online = np.log(traits.habit[:, words.WEB] + traits.habit[:, words.APP] + 0.02)
    drivers = (
        np.ones_like(traits.age),
        (traits.talk - 5.1) / 0.6,
        (sms + 2.6) / 0.8,
        (online + 0.8) / 0.6,
        (traits.hunger - 9.1) / 0.8,
        (traits.age - 41) / 15,
    )
    law = np.array([service.held for service in catalogue.SERVICES])
    odds = np.clip(np.column_stack(drivers), -2.5, 2.5) @ law.T
    return np.asarray(1 / (1 + np.exp(-odds)))


def change(
    services: Services, profile: Profile, log: Log, month: np.datetime64, active: Flags, rng: np.random.Generator
) -> None:
    """Take up and give up services in `month`; a service given up leaves its row."""
    held, since = services.held, services.since
    draw, turn = rng.random(held.shape), rng.integers(0, 28, held.shape)
    day = month.astype("datetime64[D]") + turn
    leaves = held & active[:, None] & (draw < _LEAVE) & (since < day)
    _write(services, profile, log, leaves, day)
    rate = _LEAVE * services.chance / (1 - np.minimum(services.chance, 0.9))
    joins = ~held & active[:, None] & (draw < rate)
    since[joins] = day[joins]
    held[joins], held[leaves] = True, False


def close(services: Services, profile: Profile, log: Log, left: Days) -> None:
    """Write what is held at the end: without a last day, but by those who left (on the day `left`)."""
    ended = np.repeat(left[:, None], services.held.shape[1], axis=1)
    services.since = np.where(services.since > ended, ended, services.since)
    _write(services, profile, log, services.held, ended)


def _write(services: Services, profile: Profile, log: Log, which: Flags, ended: Days) -> None:
    who, service = np.nonzero(which)
    log.add(
        "subscriptions",
        number=profile.number[who],
        product=FIRST_PRODUCT + service,
        kind=np.full(len(who), _VAS),
        fee=catalogue.SERVICE_FEE[service],
        started=services.since[who, service],
        ended=ended[who, service],
    )


FIRST_PRODUCT = len(catalogue.PRODUCTS) + len(catalogue.PLANS)
"""Products of `subscriptions` count on from catalogue.PRODUCTS to the plans, then to the services."""
