"""What a target policy would earn, estimated from the log of another: IPS, SNIPS and doubly robust, with intervals.

Horvitz and Thompson 1952 (inverse propensity score); Swaminathan and Joachims 2015, "The self-normalized estimator
for counterfactual learning"; Dudík, Langford and Li 2011, "Doubly robust policy evaluation and learning". Weights are
clipped at √rows (Ionides 2008, "Truncated importance sampling").
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from yuelao.analytics.figures import Figure, mean_of
from yuelao.analytics.offpolicy.log import Columns, Floats, Log, read_logs
from yuelao.analytics.offpolicy.policy import Policy, learn_policy
from yuelao.analytics.ridge import fit_ridge
from yuelao.common.errors import Refused

FOLDS = 5
NOTHING = 1e-300  # where no row has any weight
THIN, OFF, UNCOVERED, EVENTS = 0.1, 0.1, 0.001, 30
Interval = tuple[float, float]


@dataclass(frozen=True)
class Judgement:
    """The mean reward of the target policy: `ips`, `snips`, `dr` from the other's log, `observed` in its own.

    `intervals` at 95 %, by name; the target's distribution is taken as learned. `policy`: how that was learned.
    `effective_rows`: how many rows of the target's own would tell as much, by the weights (Kish). `clip`: the largest
    weight; `clipped`: rows above it. `mean_weight`: 1 where the log covers what the target does.
    """

    ips: float
    snips: float
    dr: float
    intervals: dict[str, Interval]
    observed: float
    rows: int
    target_rows: int
    actions: int
    policy: str
    effective_rows: float
    mean_weight: float
    clip: float
    clipped: int
    warnings: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def judge_policy(log: pa.Table, target: pa.Table, columns: Columns, clip: float | None = None) -> Judgement:
    """Estimate from `log`, whose probabilities are known, what the policy of `target` earns; `clip` None: √rows.

    Raises Refused (code: column, too_few_rows, null, reward, probability, clip).

    >>> rng = np.random.default_rng(1)
    >>> def drawn(chance):
    ...     action = (rng.random(20_000) < chance).astype(int)
    ...     reward = rng.random(20_000) < 0.1 + 0.2 * action
    ...     return pa.table({"a": action, "r": reward, "p": np.where(action, chance, 1 - chance)})
    >>> found = judge_policy(drawn(0.5), drawn(0.9), Columns("a", "r", "p"))
    >>> round(found.dr, 2), round(found.observed, 2)
    (0.28, 0.28)
    """
    if clip is not None and not clip >= 1:
        raise Refused(f"A weight is clipped at 1 or more, not {clip:g}", code="clip")
    seen, other = read_logs(log, target, columns)
    policy = learn_policy(other, seen)
    limit = float(np.sqrt(len(seen))) if clip is None else clip
    full = policy.of(seen.action) / seen.probability
    weights = np.minimum(full, limit)
    figures = estimates(seen, policy, weights) | {"observed": mean_of(other.reward)}
    span = min(seen.reward.min(), other.reward.min()), max(seen.reward.max(), other.reward.max())
    effective = float(weights.sum() ** 2 / max((weights**2).sum(), NOTHING))
    clipped = int((full > limit).sum())
    return Judgement(
        ips=figures["ips"].value,
        snips=figures["snips"].value,
        dr=figures["dr"].value,
        intervals={name: _within(figure, span) for name, figure in figures.items()},
        observed=figures["observed"].value,
        rows=len(seen),
        target_rows=len(other),
        actions=len(seen.actions),
        policy=policy.source,
        effective_rows=effective,
        mean_weight=float(weights.mean()),
        clip=limit,
        clipped=clipped,
        warnings=_warnings(seen, policy, weights, effective, clipped, limit),
    )


def estimates(log: Log, policy: Policy, weights: Floats) -> dict[str, Figure]:
    """IPS, SNIPS and DR of a policy asked about the log's rows; `weights` (rows,): its probabilities ÷ the log's."""
    ips = mean_of(weights * log.reward)
    total = max(float(weights.mean()), NOTHING)
    snips = ips.value / total
    taken, expected = _expected(log, policy)
    return {
        "ips": ips,
        "snips": Figure(snips, weights * (log.reward - snips) / total),
        "dr": mean_of(expected + weights * (log.reward - taken)),
    }


def _expected(log: Log, policy: Policy) -> tuple[Floats, Floats]:
    """The reward expected of each row's action, and of the policy in its situation, by fits that never saw the row.

    The regression is on action and context, each drawn towards the mean as far as its rows let it.
    """
    x = np.column_stack([log.action.astype(float), log.x])
    codes = (0, *(code + 1 for code in log.codes))
    taken, expected = np.empty(len(log)), np.empty(len(log))
    fold = np.arange(len(log)) % FOLDS
    for k in range(FOLDS):
        rows = np.flatnonzero(fold == k)
        model = fit_ridge(x[fold != k], log.reward[fold != k], codes)
        taken[rows] = model.predict(x[rows])
        unheard, *heard = model.terms[0]  # those of the actions, that of any not seen first
        adds = np.array([*heard, *[unheard] * (len(log.actions) - len(heard))])
        own = adds[log.action[rows]]
        expected[rows] = taken[rows] - own + policy.at(rows) @ adds
    return taken, expected


def _within(figure: Figure, span: tuple[float, float]) -> Interval:
    """The interval, for rewards that few rows have, and no wider than rewards are."""
    low, high = figure.skewed_interval()
    return max(low, float(span[0])), min(high, float(span[1]))


def _warnings(log: Log, policy: Policy, weights: Floats, effective: float, clipped: int, limit: float) -> list[str]:
    """What makes the estimates weak, one sentence each."""
    taken = np.bincount(log.action, minlength=len(log.actions)) > 0
    uncovered = float(policy.shares[:, ~taken].sum(axis=1)[policy.situation].mean())
    mean, events = mean_of(weights), int((log.reward != 0).sum())
    thin, off = effective < THIN * len(log), abs(mean.value - 1) > max(OFF, 3 * mean.error)
    told = [
        (thin, f"Thin overlap: the {len(log):,} rows tell as much as {effective:,.0f} of the target's own"),
        (uncovered > UNCOVERED, f"The log never takes what the target takes in {uncovered:.1%} of cases"),
        (off, f"The weights average {mean.value:.2f}, not 1: the probabilities, or the policy as learned, are off"),
        (
            clipped > 0,
            f"{clipped:,} rows weigh more than {limit:.0f} and were clipped: what they earned counts too little",
        ),
        (events < EVENTS, f"Only {events} rows earned anything: the intervals are rough"),
    ]
    return [sentence for holds, sentence in told if holds]
