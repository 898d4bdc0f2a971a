"""Why and when customers leave: the hazard of a month, and what moves it.

A bill that pains, bad service not yet forgotten, competitors' offers in the city and contact upon contact drive
customers away; loyalty and a running contract hold them.
"""

from dataclasses import dataclass

import numpy as np

from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Profile, State, Traits
from yuelao.simulation.words import CITIES

MEMORY = 0.6
"""What is left of fatigue and grievance after a month."""
_MARKET = 77  # stream of the market, the same for all blocks


@dataclass(frozen=True, slots=True)
class Pressure:
    """What a month puts on each customer: the bill in yuan, the market's pull, days of contract left."""

    charge: Numbers
    market: Numbers
    bound: Numbers  # 1 under contract, 0 not


def hazard(traits: Traits, state: State, pressure: Pressure) -> Numbers:
    """Chance of each customer to leave at the end of such a month."""
    return law(traits, pressure, state.grievance, state.fatigue)


def law(traits: Traits, pressure: Pressure, grievance: Numbers, fatigue: Numbers) -> Numbers:
    """The hazard for given grievance (bad turns, fading) and fatigue (contacts, fading)."""
    pain = np.clip(np.log((pressure.charge + 5) / 60), -2, 2.5) - 0.35 * traits.income + 0.3 * traits.thrift
    odds = (
        -4.9
        + 0.45 * pain
        + 0.55 * np.minimum(grievance, 4)
        + weariness(fatigue, traits.tolerance)
        + (0.5 + 0.3 * pressure.market) * traits.courted
        + 0.4 * pressure.market
        - 0.6 * traits.loyalty
        - 0.9 * pressure.bound
    )
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def weariness(fatigue: Numbers, tolerance: Numbers) -> Numbers:
    """What fatigue adds to the log odds of leaving; the tolerant mind less."""
    return np.asarray(0.22 * np.minimum(fatigue * np.exp(-0.3 * tolerance), 8))


def market(seed: int, month: np.datetime64) -> Numbers:
    """How hard competitors press in a month, by city; one draw for the whole world."""
    rng = np.random.default_rng([seed, _MARKET, int(month.astype("datetime64[M]").astype(int))])
    return np.asarray(rng.normal(0, 0.7, len(CITIES)))


def bound(profile: Profile, day: np.datetime64) -> Numbers:
    """1 for customers under contract on `day`; no contract is a date that compares as false."""
    return np.asarray(profile.contract_until >= day).astype(float)


def remember(state: State, contacts: Numbers, bad_turns: Numbers) -> None:
    """Let a month's contacts (weighed) and bad turns (complaints, failures) add to what is left of earlier ones."""
    state.fatigue = MEMORY * state.fatigue + contacts
    state.grievance = MEMORY * state.grievance + bad_turns
