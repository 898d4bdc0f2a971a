"""What a policy would do, learned from its log: how probable each action is in each situation.

A log tells the probability of the action taken only. Where that never varies for an action, the policy looks at
nothing and is known; else the shares of its own rows tell it, situation by situation, the finer drawn towards the
coarser as far as the rows left out one at a time say (Dirichlet smoothing; its mass by leave-one-out likelihood).
"""

from dataclasses import dataclass

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
    """`probabilities` (rows, actions) in the situations asked about; `source`, in words."""

    probabilities: Floats
    source: str


def learn_policy(target: Log, asked: Log) -> Policy:
    """What the policy of the log `target` would do in the situations of the log `asked`."""
    known = _known(target)
    if known is not None:
        return Policy(np.tile(known, (len(asked), 1)), "the probabilities of its log, which never vary for an action")
    here, there = (np.zeros(len(log), dtype=np.int64) for log in (target, asked))
    alike = np.full(len(target.actions), 1.0 / len(target.actions))
    level = _Level(np.tile(alike, (len(target), 1)), np.tile(alike, (len(asked), 1)))
    level = level.finer(target.action, here, there, 1.0)
    used = ["action"]
    for place, name in enumerate(target.context):
        divided = _divided(here, there, target.x[:, place], asked.x[:, place])
        tried = {mass: level.finer(target.action, *divided, mass) for mass in MASSES}
        best = max(tried.values(), key=lambda one: one.likelihood)
        if best.likelihood > level.likelihood + GAIN:
            level, (here, there) = best, divided
            used.append(name)
    return Policy(level.there, f"the shares of its log's rows, by {', '.join(used)}")


@dataclass(frozen=True, eq=False)
class _Level:
    """Probabilities (rows, actions) in the situations of the policy's own log and of those asked about.

    `likelihood`: of the own rows' actions, each row left out; `left_out`: its probabilities (rows,) under that.
    """

    here: Floats
    there: Floats
    left_out: Floats | None = None
    likelihood: float = -np.inf

    def finer(self, action: Codes, here: Codes, there: Codes, mass: float) -> "_Level":
        """The level below: each cell's own shares, drawn towards this level as if by `mass` rows."""
        counts = np.zeros((int(max(here.max(), there.max())) + 1, self.here.shape[1]))
        np.add.at(counts, (here, action), 1.0)
        size = counts.sum(axis=1)
        before = self.here[np.arange(len(action)), action] if self.left_out is None else self.left_out
        left_out = (counts[here, action] - 1.0 + mass * before) / (size[here] - 1.0 + mass)
        drawn = [
            (counts[cell] + mass * coarser) / (size[cell] + mass)[:, None]
            for cell, coarser in ((here, self.here), (there, self.there))
        ]
        return _Level(drawn[0], drawn[1], left_out, float(np.log(left_out).sum()))


def _known(target: Log) -> Floats | None:
    """The probability of each action, if it is always the same and they make a whole."""
    actions = len(target.actions)
    low, high = np.full(actions, np.inf), np.zeros(actions)
    np.minimum.at(low, target.action, target.probability)
    np.maximum.at(high, target.action, target.probability)
    fixed = bool((high - low <= SAME).all()) and abs(float(high.sum()) - 1.0) < 1e-6
    return high if fixed else None


def _divided(here: Codes, there: Codes, column: Floats, asked: Floats) -> tuple[Codes, Codes]:
    """The cells of both logs, divided by one more column, numbered anew."""
    known = np.concatenate([column, asked])
    values = np.unique(known[~np.isnan(known)])
    edges = values if len(values) <= MOST_VALUES else np.quantile(known[~np.isnan(known)], np.arange(1, 10) / 10)
    place = np.where(np.isnan(known), 0, np.searchsorted(edges, known) + 1)
    _, number = np.unique(np.concatenate([here, there]) * (place.max() + 1) + place, return_inverse=True)
    return number[: len(here)], number[len(here) :]
