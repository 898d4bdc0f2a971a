"""How a customer answers a call: the one law behind the earlier campaigns of the extracts and the play that follows.

Randomness comes in as uniforms, so the law itself is pure: history draws them in a stream, `outcomes` by hashing.
A customer who would have bought within 30 days anyway buys in the conversation; another is persuaded with a chance
that grows with the hidden need; every recent contact makes a sale and an answer less likely, a complaint more.
"""

from dataclasses import dataclass

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import words
from yuelao.simulation.catalogue import PRODUCTS, Numbers
from yuelao.simulation.population import Integers

# log odds of answering by the hour of the day 0–23, for each rhythm of life
_BUSY, _FREE = -0.45, 0.55
_HOURS = np.full((3, 24), -1.2)
_HOURS[:, 9:20] = _BUSY
_HOURS[0, [12, 18, 19]] = _FREE
_HOURS[1, 9:12] = _FREE
_HOURS[1, 14:20] = 0.1
_HOURS[2, 14:17] = _FREE

E_SUCCESS = {words.SMS: 0.91, words.WEB: 0.87, words.APP: 0.64}
"""Share of attempts that go through, by electronic channel (published practice: 91 %, 87 %, 64 %)."""
GIVE_UP = 0.53
"""Share of those who fail once and do not try again."""
DRAWS = 6
"""Uniforms one answer takes: reach, refusal to be reached, buys anyway, persuaded, temper, talk."""

CODES = tuple(Outcome)
REACHED = np.array([outcome.reached for outcome in CODES])
_CODE = {outcome: index for index, outcome in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Called:
    """Calls, one value each: who answers (traits), what is offered (chances), when, after how many recent calls."""

    reach: Numbers
    rhythm: Integers
    tolerance: Numbers
    number_state: Integers
    baseline: Numbers
    persuasion: Numbers
    hour: Integers
    recent: Integers


def logistic(odds: Numbers) -> Numbers:
    """The chance of log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def intent(need: Numbers) -> Numbers:
    """Chance to set out to buy unprompted within 30 days; `need` is n × products."""
    law = np.array([product.buys for product in PRODUCTS])
    return logistic(law[:, 0] + law[:, 1] * need)


def completion(habit: Numbers) -> Numbers:
    """Share of intents that become orders, by the channels each customer would use (n)."""
    through = np.ones(len(words.HABITS))
    for channel, success in E_SUCCESS.items():
        through[channel] = success + (1 - success) * (1 - GIVE_UP) * success
    return np.asarray(habit @ through)


def persuasion(need: Numbers, persuadable: Numbers) -> Numbers:
    """Chance that a conversation sells to a customer who would not have bought (n × products)."""
    law = np.array([product.persuaded for product in PRODUCTS])
    return logistic(law[:, 0] + law[:, 1] * need + 0.35 * persuadable[:, None])


def chance_of_reach(called: Called) -> Numbers:
    """Chance that the customer answers at that hour."""
    odds = called.reach + _HOURS[called.rhythm, called.hour] - 0.15 * called.recent
    return np.where(called.number_state == 0, logistic(odds), 0.0)


def answer(called: Called, draws: Numbers) -> tuple[Integers, Integers]:
    """Outcome (index into CODES) and seconds of talk of each call; `draws` is n × DRAWS uniforms."""
    reached = draws[:, 0] < chance_of_reach(called)
    convinced = called.persuasion * 0.85**called.recent
    sold = (draws[:, 2] < called.baseline) | (draws[:, 3] < convinced)
    annoyance = np.exp(0.5 * called.recent - 0.6 * called.tolerance)
    outcome = _said(sold, draws[:, 4], annoyance, convinced)
    outcome = np.where(reached, outcome, _unreached(called.number_state, draws[:, 1]))
    talk = np.array([240, 110, 150, 55, 30, 70, 0, 0, 0, 0, 8])[outcome] * np.exp(0.5 * _normal(draws[:, 5]))
    return outcome, np.round(talk).astype(int)


def _said(sold: np.ndarray, temper: Numbers, annoyance: Numbers, convinced: Numbers) -> Integers:
    # the annoyed tail of `temper` complains or refuses for good, even one who would have bought
    complains = np.minimum(0.0042 * annoyance, 0.5)
    refuses_all = complains + np.minimum(0.009 * annoyance, 0.3)
    calls_back = refuses_all + 0.05
    thinks = calls_back + 0.08 + np.minimum(convinced, 0.4)
    return np.select(
        [temper < complains, temper < refuses_all, sold, temper < calls_back, temper < thinks],
        [
            _CODE[Outcome.COMPLAINT],
            _CODE[Outcome.REFUSED_ALL],
            _CODE[Outcome.SOLD],
            _CODE[Outcome.CALL_BACK],
            _CODE[Outcome.THINKING],
        ],
        _CODE[Outcome.REFUSED],
    )


def _unreached(number_state: Integers, draw: Numbers) -> Integers:
    kinds = [_CODE[kind] for kind in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL)]
    silence = np.array(kinds)[np.digitize(draw, (0.68, 0.88))]
    dead = [_CODE[Outcome.EMPTY_NUMBER], _CODE[Outcome.WRONG_NUMBER]]
    return np.select([number_state == 1, number_state == 2], dead, silence)


def _normal(draw: Numbers) -> Numbers:
    # logistic quantile scaled to unit variance: near enough to normal for a length of talk
    safe = np.clip(draw, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)) * (np.sqrt(3) / np.pi))
