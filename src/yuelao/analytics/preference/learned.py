"""Weights of the factors learned from the outcomes of contacts, and their test against the hand-set ones.

A contact is explained by what was known at an earlier day: the earlier view, and the touches before it; only contacts
from that day on are used. The first two thirds in time teach, the last third tests both sets of weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.channels import CHANNELS
from yuelao.analytics.evaluation import auc
from yuelao.analytics.preference.definition import BEST, LEARNED, Definition, Learning
from yuelao.analytics.preference.habit import Base

Floats = NDArray[np.float64]
Weights = Mapping[str, Floats]
"""By channel, the weight of each of its factors: log odds from nothing to all of it."""
TAUGHT = 2 / 3
POOLED = "all"
_STEPS = 50


@dataclass(frozen=True, eq=False)
class Contacts:
    """Contacts in the order of time, arrays of one value each: channel (index), success (0 or 1), what was known.

    counts: weighted touches before (n × 4). factors: by channel, its scaled factors (n × factors).
    """

    channel: NDArray[np.int64]
    success: Floats
    counts: Floats
    factors: Mapping[str, Floats]

    def where(self, chosen: NDArray[np.bool_]) -> "Contacts":
        """The chosen contacts."""
        factors = {name: values[chosen] for name, values in self.factors.items()}
        return Contacts(self.channel[chosen], self.success[chosen], self.counts[chosen], factors)

    def of(self, channel: str) -> "Contacts":
        """The contacts by a channel."""
        return self.where(self.channel == CHANNELS.index(channel))


@dataclass(frozen=True)
class Compared:
    """How one set of weights did on the last third of the contacts of a channel (`all`: of all judged channels).

    auc: of telling answers from silence by the channel's score. log_loss: of the score turned into a chance on the
    earlier contacts (nats a contact). error: standard error of the difference of the two log losses.
    """

    channel: str
    weights: str
    contacts: int
    successes: int
    auc: float
    log_loss: float
    error: float


def said(weights: Weights, factors: Mapping[str, Floats], rows: int) -> Floats:
    """What the factors say of each channel: the sum of weight × scaled factor (n × 4)."""
    found = np.zeros((rows, len(CHANNELS)))
    for i, channel in enumerate(CHANNELS):
        if channel in weights and weights[channel].size:
            found[:, i] = factors[channel] @ weights[channel]
    return found


def choose(
    definition: Definition, base: Base, hand: Weights, contacts: Contacts
) -> tuple[Weights, Weights, list[Compared], list[str]]:
    """The weights to use, the learned ones, their comparison and notes; hand-set where nothing can be learned."""
    enough, notes = _enough(contacts, definition.learning)
    if not enough:
        return hand, {}, [], notes
    ridge = definition.learning.ridge
    place = np.arange(len(contacts.success))
    earlier = contacts.where(place < TAUGHT * len(place))
    later = contacts.where(place >= TAUGHT * len(place))
    taught = dict(hand) | {c: _teach(earlier.of(c), base, c, ridge) for c in enough}
    table, gain, error = _compare(base, hand, taught, earlier, later, enough)
    learned = {c: _teach(contacts.of(c), base, c, ridge) for c in enough}
    better = gain > error
    figures = f"log loss {gain:+.4f} a contact lower out of time, standard error {error:.4f}"
    if definition.weights == BEST:
        chosen = "learned" if better else "hand-set"
        notes.append(f"The {chosen} weights are used: those learned on {', '.join(enough)} have a {figures}")
    use_learned = definition.weights == LEARNED or (definition.weights == BEST and better)
    return dict(hand) | learned if use_learned else hand, learned, table, notes


def _enough(contacts: Contacts, rules: Learning) -> tuple[list[str], list[str]]:
    """The channels with contacts and answers enough, in both parts of the time; why the others are not, in notes."""
    cut = TAUGHT * len(contacts.success)
    enough, notes = [], []
    for i, channel in enumerate(CHANNELS):
        here = contacts.channel == i
        made, answered = int(here.sum()), int(contacts.success[here].sum())
        late = contacts.success[here & (np.arange(len(here)) >= cut)]
        fewest = min(answered, made - answered)
        if made < rules.contacts or fewest < rules.successes or not 0 < late.sum() < len(late):
            needed = (
                f"learning needs {rules.contacts:g} and {rules.successes:g} of either outcome, in both parts of time"
            )
            notes.append(f"{channel}: hand-set weights stay: {made} contacts, {answered} answered; {needed}")
        else:
            enough.append(channel)
    return enough, notes


def _teach(contacts: Contacts, base: Base, channel: str, ridge: float) -> Floats:
    """Weights of the channel's factors, the habit of the touches being held fixed beside them."""
    x = contacts.factors[channel]
    habit = _log_odds(base.habit(np.zeros((len(x), len(CHANNELS))), contacts.counts)[:, CHANNELS.index(channel)])
    return logistic(np.column_stack([x, habit]), contacts.success, ridge)[1:-1]


def _compare(
    base: Base, hand: Weights, taught: Weights, earlier: Contacts, later: Contacts, channels: Sequence[str]
) -> tuple[list[Compared], float, float]:
    """The table, how much lower the learned log loss is over all channels, and the standard error of that."""
    losses: dict[str, list[Floats]] = {"hand": [], "learned": []}
    found: list[tuple[str, str, Floats, float]] = []
    for channel in channels:
        for name, weights in (("hand", hand), ("learned", taught)):
            odds, loss = _tested(base, weights, earlier.of(channel), later.of(channel), channel)
            losses[name].append(loss)
            found.append((channel, name, loss, auc(later.of(channel).success, odds)))
    gains = [h - t for h, t in zip(losses["hand"], losses["learned"], strict=True)]
    rows = []
    for place, (channel, name, loss, area) in enumerate(found):
        successes = int(later.of(channel).success.sum())
        rows.append(
            Compared(channel, name, len(loss), successes, area, float(loss.mean()), _standard_error(gains[place // 2]))
        )
    gain = np.concatenate(gains)
    total = sum(row.successes for row in rows[::2])
    for name, parts in losses.items():
        loss = np.concatenate(parts)
        areas = [row.auc for row in rows if row.weights == name]
        sizes = [row.contacts for row in rows if row.weights == name]
        area = float(np.average(areas, weights=sizes))
        rows.append(Compared(POOLED, name, len(loss), total, area, float(loss.mean()), _standard_error(gain)))
    return rows, float(gain.mean()), _standard_error(gain)


def _tested(base: Base, weights: Weights, earlier: Contacts, later: Contacts, channel: str) -> tuple[Floats, Floats]:
    """The later contacts' log odds of the score, and the log loss of each."""
    place = CHANNELS.index(channel)
    known, asked = (
        _log_odds(base.habit(said(weights, part.factors, len(part.success)), part.counts)[:, place])
        for part in (earlier, later)
    )
    start, slope = logistic(known[:, None], earlier.success, 1.0)
    odds = start + slope * asked
    return odds, np.logaddexp(0.0, np.where(later.success > 0, -odds, odds))


def logistic(x: Floats, y: Floats, ridge: float) -> Floats:
    """Intercept and coefficients of a logistic regression with a ridge on the coefficients, by Newton's steps.

    >>> x = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> logistic(x, np.array([0.0, 1.0, 1.0, 1.0]), 0.01)[1] > 1
    np.True_
    """
    full = np.column_stack([np.ones(len(x)), x])
    penalty = np.diag([1e-6] + [ridge] * x.shape[1])
    found: Floats = np.zeros(full.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(full @ found, -30, 30)))
        slope = full.T @ (y - chance) - penalty @ found
        curve = (full * (chance * (1 - chance))[:, None]).T @ full + penalty
        step = np.linalg.solve(curve, slope)
        found = found + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            break
    return found


def _log_odds(share: Floats) -> Floats:
    safe = np.clip(share, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(safe / (1 - safe)))


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("inf")
