"""What can be known of channel habits from touches at best: the posterior of one who knows the mechanism.

The oracle knows the law of habits by age (`habits.concentration`), how a kind of business tilts them (`channels`), what
being new does (`habits.of_month`), how often everyday business comes up (`purchases.ROUTINE`), and each customer's age.
It sees the touches in the extracts: channel and kind of business of interactions, payments and electronic attempts.

Given the habit, touches are independent. An interaction or payment of business b by a customer comes on channel c with
chance p(c | habit, b), so its likelihood is that chance. Everyday attempts are seen on electronic channels alone: their
number is Poisson with mean rate × p(c | habit, b) in each month and channel, a likelihood that counts the attempts not
seen as well. The touch a payment leaves repeats the payment, and the attempts of a purchase repeat its one choice of
channel; both are left out, the latter being few. Draws from the prior of the customer's age, weighed by likelihood,
are the posterior (self-normalised importance sampling); the answer is the channel most likely to have the greatest
share, which no rule that sees the same touches beats on average. Two approximations: ages are taken in bands of
`BAND` years, and `DRAWS` draws stand for the prior.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import channels, habits, purchases, words
from yuelao.simulation.behaviour import Block
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import BLOCK, Integers

BAND, DRAWS = 4, 6_000
_KINDS, _WAYS = len(words.BUSINESSES), len(words.HABITS)
_ELECTRONIC = [words.SMS, words.WEB, words.APP]


@dataclass(frozen=True, slots=True)
class Guess:
    """By customer: the channel named (of habits.CHANNELS), how sure the oracle is, and the touches that were seen."""

    top: Integers
    chance: Numbers
    touches: Integers


def guess(block: Block, until: np.datetime64, seed: int = 0, first: int = BLOCK) -> Guess:
    """Each customer's top channel, as far as the touches before `until` tell, for the `first` so many of the block.

    `seed` draws from the prior.
    """
    n = len(block.profile.number)
    counts = np.zeros((n, 2, _KINDS, _WAYS))
    touches = np.zeros(n, dtype=int)
    for table in ("interactions", "payments", "transactions"):
        rows = block.log.table(table)
        way = channels.HABIT_OF[rows["channel"]]
        own = way < _WAYS
        place = rows["number"] - block.profile.number[0]
        touches += np.bincount(place[own], minlength=n)
        business = rows["business"] if "business" in rows else np.full(len(way), words.PAYMENT)
        new = habits.is_new(block.profile.joined[place], rows["moment"].astype("datetime64[M]")).astype(int)
        told = own & _independent(table, rows)
        np.add.at(counts, (place[told], new[told], business[told], way[told]), 1)
    months = _months(block)
    top, chance = np.zeros(n, dtype=int), np.zeros(n)
    age = (until - block.profile.born).astype(float) / 365.25
    band = (age // BAND).astype(int)
    for number in np.unique(band[:first]):
        here = np.flatnonzero(band[:first] == number)
        draws = habits.draw(np.random.default_rng([seed, number]), np.full(DRAWS, (number + 0.5) * BAND))
        found = _posterior(draws, counts[here], months[here])
        top[here], chance[here] = found.argmax(axis=1), found.max(axis=1)
    return Guess(top[:first], chance[:first], touches[:first])


def _independent(table: str, rows: dict[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Which rows tell of the habit anew."""
    if table == "interactions":
        return np.asarray(rows["reason"] != words.PAY)
    return np.asarray(rows["product"] < 0) if table == "transactions" else np.ones(len(rows["id"]), dtype=bool)


def _months(block: Block) -> Numbers:
    """Months a customer was there, as a newcomer and later (n × 2, in the order later, new)."""
    use, first = block.log.table("usage_monthly"), block.profile.number[0]
    place = use["number"] - first
    new = habits.is_new(block.profile.joined[place], use["month"]).astype(int)
    found = np.zeros((len(block.profile.number), 2))
    np.add.at(found, (place, new), 1)
    return found


def _posterior(draws: Numbers, counts: Numbers, months: Numbers) -> Numbers:
    """Chance of each of habits.CHANNELS to be the top one (customers × 4)."""
    weight = np.zeros((len(counts), len(draws)))
    for new in (0, 1):
        habit = habits.of_month(draws, np.full(len(draws), bool(new)))
        for business in range(_KINDS):
            chance = channels.chances(habit, np.full(len(draws), business))
            weight += counts[:, new, business] @ np.log(chance + 1e-300).T
            if business < len(purchases.ROUTINE):
                seen = purchases.ROUTINE[business] * chance[:, _ELECTRONIC].sum(axis=1)
                weight -= np.outer(months[:, new], seen)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    tops = np.eye(len(habits.CHANNELS))[habits.four(draws).argmax(axis=1)]
    mass = weight @ tops
    return np.asarray(mass / mass.sum(axis=1, keepdims=True))
