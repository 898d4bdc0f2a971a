"""How a customer answers a contact: the one law behind the earlier campaigns of the extracts and the play that follows.

Randomness comes in as uniforms, so the law itself is pure: history draws them in a stream, `outcomes` by hashing.
A customer who would have bought within 30 days anyway buys in the contact; another is persuaded with a chance that
grows with the hidden need. Each channel reaches those whose habit it is, and sells to them more easily; every recent
contact makes an answer and a sale less likely, a complaint and a refusal for good more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.common.outcomes import Outcome
from yuelao.simulation import habits, words
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

# by habits.CHANNELS: a message is read, a page seen, the hall visited
_REACH = np.array([0.25, -0.5, 0.2, -0.9])
_REACH_HABIT = np.array([0.35, 0.9, 1.1, 1.3])
_SELLS = np.array([0.2, -2.2, -1.3, 0.0])
_SELLS_HABIT = np.array([0.3, 0.5, 0.5, 0.4])
INTRUSION = np.array([1.0, 0.3, 0.1, 0.2])
"""How much a contact counts for fatigue and annoyance, by channel."""
_CALLS_BACK = np.array([0.05, 0.0, 0.0, 0.0])
_CONSIDERS = np.array([0.08, 0.16, 0.2, 0.12])

E_SUCCESS = {words.SMS: 0.91, words.WEB: 0.87, words.APP: 0.64, words.WAP: 0.64, words.PHONE_WALLET: 0.64}
"""Share of attempts that go through, by electronic channel (published practice: 91 %, 87 %, 64 %)."""
GIVE_UP = 0.53
"""Share of those who fail once and do not try again."""
DRAWS = 6
"""Uniforms one answer takes: reach, refusal to be reached, buys anyway, persuaded, temper, talk."""

CODES = tuple(Outcome)
REACHED = np.array([outcome.reached for outcome in CODES])
_CODE = {outcome: index for index, outcome in enumerate(CODES)}
_WRITTEN = np.isin(CODES, [Outcome.SOLD, Outcome.THINKING, Outcome.REFUSED_ALL])


@dataclass(frozen=True, slots=True)
class Called:
    """Contacts, one value each: who answers (traits), what is offered (chances), when, after how many recent ones.

    `baseline`: chance to buy anyway; `persuasion`: chance that talk sells to another; `channel`: of habits.CHANNELS,
    `lean`: the customer's leaning to it; `recent`: contacts of the last 30 days, weighed by INTRUSION.
    """

    reach: Numbers
    rhythm: Integers
    tolerance: Numbers
    number_state: Integers
    baseline: Numbers
    persuasion: Numbers
    hour: Integers
    recent: Numbers
    channel: Integers
    lean: Numbers


def logistic(odds: Numbers) -> Numbers:
    """The chance of log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def intent(need: Numbers) -> Numbers:
    """Chance to set out to buy unprompted within 30 days; `need` is n × products."""
    law = np.array([product.buys for product in PRODUCTS])
    return logistic(law[:, 0] + law[:, 1] * need)


def completion(habit: Numbers) -> Numbers:
    """Share of intents that become orders, by the channels each customer would use (n × words.HABITS)."""
    through = np.ones(len(words.HABITS))
    for channel in (words.SMS, words.WEB, words.APP):
        success = E_SUCCESS[channel]
        through[channel] = success + (1 - success) * (1 - GIVE_UP) * success
    return np.asarray(habit @ through)


def leaning(shares: Numbers) -> Numbers:
    """How much customers lean to a channel with which they do such shares of their business (0 at 30 %)."""
    return np.asarray(np.log((shares + 0.05) / 0.35))


def persuasion(need: Numbers, persuadable: Numbers) -> Numbers:
    """Chance that talk sells to one who would not have bought, whatever the channel (n × products)."""
    law = np.array([product.persuaded for product in PRODUCTS])
    return logistic(law[:, 0] + law[:, 1] * need + 0.35 * persuadable[:, None])


def by_channel(persuaded: Numbers, channel: Integers, lean: Numbers) -> Numbers:
    """`persuasion` on a channel, for the customer's leaning to it. Arrays that broadcast against each other."""
    more = np.exp(_SELLS[channel] + _SELLS_HABIT[channel] * lean)
    return np.asarray(persuaded * more / (1 - persuaded + persuaded * more))


def chance_of_reach(called: Called) -> Numbers:
    """Chance that the customer answers at that hour, reads, sees or comes by."""
    channel = called.channel
    odds = _REACH[channel] + _REACH_HABIT[channel] * called.lean - 0.15 * called.recent
    odds += np.where(channel == habits.PHONE, called.reach + _HOURS[called.rhythm, called.hour], 0.0)
    return np.where(called.number_state == 0, logistic(odds), 0.0)


def answer(called: Called, draws: Numbers) -> tuple[Integers, Integers]:
    """Outcome (index into CODES) and seconds of talk of each contact; `draws` is n × DRAWS uniforms."""
    reached = draws[:, 0] < chance_of_reach(called)
    convinced = by_channel(called.persuasion, called.channel, called.lean) * 0.85**called.recent
    sold = (draws[:, 2] < called.baseline) | (draws[:, 3] < convinced)
    outcome = _said(called, sold, draws[:, 4], convinced)
    outcome = np.where(reached, outcome, _unreached(called, draws[:, 1]))
    talk = np.array([240, 110, 150, 55, 30, 70, 0, 0, 0, 0, 8])[outcome] * np.exp(0.5 * _normal(draws[:, 5]))
    spoken = np.isin(called.channel, [habits.PHONE, habits.HALL])
    return outcome, np.where(spoken, np.round(talk), 0).astype(int)


def still_wants(hours: Numbers) -> Numbers:
    """Chance that an order which failed so many hours ago, and was given up, is taken up again in a conversation."""
    return np.asarray(0.85 * np.exp(-hours / 18))


def replied(channel: Integers, outcome: Integers) -> NDArray[np.bool_]:
    """Whether a message was answered by one, given the outcomes of contacts on `channel`."""
    return np.asarray((channel == habits.SMS) & _WRITTEN[outcome])


def reply_delay(draw: Numbers) -> Integers:
    """Seconds until a reply: most within the hour, some the next day."""
    return np.asarray(np.round(60 + 1500 * np.exp(1.4 * _normal(draw))).astype(int))


def _said(called: Called, sold: NDArray[np.bool_], temper: Numbers, convinced: Numbers) -> Integers:
    # the annoyed tail of `temper` complains or refuses for good, even one who would have bought
    channel = called.channel
    annoyance = INTRUSION[channel] * np.exp(0.5 * called.recent - 0.6 * called.tolerance)
    complains = np.minimum(0.0042 * annoyance, 0.5)
    refuses_all = complains + np.minimum(0.009 * annoyance, 0.3)
    calls_back = refuses_all + _CALLS_BACK[channel]
    thinks = calls_back + _CONSIDERS[channel] + np.minimum(convinced, 0.4)
    refuses = np.where(channel == habits.SMS, _CODE[Outcome.NO_ANSWER], _CODE[Outcome.REFUSED])  # a read message
    return np.select(
        [temper < complains, temper < refuses_all, sold, temper < calls_back, temper < thinks],
        [
            _CODE[Outcome.COMPLAINT],
            _CODE[Outcome.REFUSED_ALL],
            _CODE[Outcome.SOLD],
            _CODE[Outcome.CALL_BACK],
            _CODE[Outcome.THINKING],
        ],
        refuses,
    )


def _unreached(called: Called, draw: Numbers) -> Integers:
    kinds = [_CODE[kind] for kind in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL)]
    silence = np.array(kinds)[np.digitize(draw, (0.68, 0.88))]
    dead = [_CODE[Outcome.EMPTY_NUMBER], _CODE[Outcome.WRONG_NUMBER]]
    called_up = called.channel == habits.PHONE
    return np.select(
        [~called_up, called.number_state == 1, called.number_state == 2], [_CODE[Outcome.NO_ANSWER], *dead], silence
    )


def _normal(draw: Numbers) -> Numbers:
    # logistic quantile scaled to unit variance: near enough to normal for a length of talk
    safe = np.clip(draw, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)) * (np.sqrt(3) / np.pi))
