"""What a policy would do, learned from its log: how probable each action is in each situation.

A log tells the probability of the action taken only. Where that never varies for an action, the policy looks at
nothing and is known; else the shares of its own rows tell it, situation by situation, the finer drawn towards the
coarser as far as the rows left out one at a time say (Dirichlet smoothing; its mass by leave-one-out likelihood).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from yuelao.analytics.offpolicy.log import Codes, Floats, Log

MASSES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""How many rows of its own a situation needs to count half against the coarser one."""
GAIN = 3.0
"""By how much a column must raise the log-likelihood of the rows left out: to 20 times as likely."""
MOST_VALUES = 20
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Policy:
    """How probable each action is in each situation (situations, actions); `situation` (rows,) of those asked about."""

    shares: Floats
    situation: Codes
    source: str

    def at(self, rows: Any = slice(None)) -> Floats:
        """The probabilities of every action in some of the rows asked about, shape (rows, actions)."""
        probabilities: Floats = self.shares[self.situation[rows]]
        return probabilities

    def of(self, action: Codes) -> Floats:
        """The probability of one action in each row asked about, shape (rows,)."""
        probability: Floats = self.shares[self.situation, action]
        return probability


def learn_policy(target: Log, asked: Log) -> Policy:
    """What the policy of the log `target` would do in the situations of the log `asked`."""
    here, there = (np.zeros(len(log), dtype=np.int64) for log in (target, asked))
    known = _known(target)
    if known is not None:
        return Policy(known[None, :], there, "the probabilities of its log, which never vary for an action")
    alike = 1.0 / len(target.actions)
    level = _Level(np.full((1, len(target.actions)), alike), here, there, np.full(len(target), alike))
    level, used = level.finer(target.action, here, there, 1.0), ["action"]
    for place, name in enumerate(target.context):
        here, there = _divided(level, target.x[:, place], asked.x[:, place])
        best = max((level.finer(target.action, here, there, mass) for mass in MASSES), key=lambda one: one.likelihood)
        if best.likelihood > level.likelihood + GAIN:
            level, used = best, [*used, name]
    return Policy(level.shares, level.there, f"the shares of its log's rows, by {', '.join(used)}")


@dataclass(frozen=True, eq=False)
class _Level:
    """Situations told apart so far: their `shares` (situations, actions), and those of the rows of both logs.

    `left_out`: the probability of each own row's action by the other rows (rows,).
    """

    shares: Floats
    here: Codes
    there: Codes
    left_out: Floats

    @property
    def likelihood(self) -> float:
        """The log-likelihood of the own rows, each left out."""
        return float(np.log(self.left_out).sum())

    def finer(self, action: Codes, here: Codes, there: Codes, mass: float) -> "_Level":
        """The level below: each situation's own shares, drawn towards this level's as if by `mass` rows."""
        situations, actions = int(max(here.max(), there.max())) + 1, self.shares.shape[1]
        counts = np.bincount(here * actions + action, minlength=situations * actions).reshape(situations, actions)
        size, above = counts.sum(axis=1), np.zeros(situations, dtype=np.int64)
        above[here], above[there] = self.here, self.there
        shares = (counts + mass * self.shares[above]) / (size + mass)[:, None]
        left_out = (counts[here, action] - 1 + mass * self.left_out) / (size[here] - 1 + mass)
        return _Level(shares, here, there, left_out)


def _known(target: Log) -> Floats | None:
    """The probability of each action, if it is always the same and they make a whole."""
    actions = len(target.actions)
    low, high = np.full(actions, np.inf), np.zeros(actions)
    np.minimum.at(low, target.action, target.probability)
    np.maximum.at(high, target.action, target.probability)
    fixed = bool((high - low <= SAME).all()) and abs(float(high.sum()) - 1.0) < 1e-6
    return high if fixed else None


def _divided(level: _Level, column: Floats, asked: Floats) -> tuple[Codes, Codes]:
    """The situations of both logs divided by one more column, numbered anew."""
    known = np.concatenate([column, asked])
    values = np.unique(known[~np.isnan(known)])
    edges = values if len(values) <= MOST_VALUES else np.quantile(known[~np.isnan(known)], np.arange(1, 10) / 10)
    place = np.where(np.isnan(known), 0, np.searchsorted(edges, known) + 1)
    before = np.concatenate([level.here, level.there])
    _, number = np.unique(before * (place.max() + 1) + place, return_inverse=True)
    return number[: len(column)], number[len(column) :]
