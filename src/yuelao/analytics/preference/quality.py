"""Which factors carry signal and which are too poor to use: every drop is told with both figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.channels import CHANNELS
from yuelao.analytics.evaluation import rank_correlation
from yuelao.analytics.preference.definition import Factor, Quality
from yuelao.analytics.preference.factors import Scaled, fit_scale

Floats = NDArray[np.float64]
FEWEST_TO_JUDGE = 50


@dataclass(frozen=True)
class Finding:
    """What was found of a factor: null share, number of values, signal; `dropped` is the reason, empty if it is kept.

    signal: rank correlation (Spearman) with the share of the customer's touches that came by the channel; NaN where
    too few customers have touches. limit: the figure the reason compares with.
    """

    factor: Factor
    nulls: float
    distinct: int
    signal: float
    dropped: str = ""

    def note(self) -> str:
        """The drop in one sentence."""
        return f"{self.factor.channel}: {self.factor.feature} was dropped: {self.dropped}"


def examine(factor: Factor, raw: Floats, share: Floats, touches: Floats, rules: Quality) -> Finding:
    """Judge a factor by sampled customers: raw values (NaN: unknown), share of touches by the channel, all touches.

    Dropped are a factor with too many nulls, with too few different values, and one whose signal contradicts its
    direction by more than `rules.contradiction` and by more than two standard errors of a correlation of nothing.
    """
    known = ~np.isnan(raw)
    nulls = 1.0 - float(known.mean()) if len(raw) else 1.0
    distinct = len(np.unique(raw[known]))
    judged = known & (touches >= rules.touches)
    enough = int(judged.sum()) >= FEWEST_TO_JUDGE
    signal = rank_correlation(raw[judged], share[judged]) if enough else float("nan")
    found = Finding(factor, nulls, distinct, signal)
    against = max(rules.contradiction, 2.0 / np.sqrt(max(int(judged.sum()), 1)))
    if nulls > rules.nulls:
        return replace(found, dropped=f"{nulls:.1%} of the customers have no value, at most {rules.nulls:.1%} may")
    if distinct < rules.distinct or distinct < 2:
        fewest = max(int(rules.distinct), 2)
        return replace(
            found, dropped=f"it has {distinct} different value{'s'[: distinct != 1]}, at least {fewest} must"
        )
    if signal * factor.sign < -against:
        said = "less" if factor.sign > 0 else "more"
        reason = (
            f"who has more of it uses the channel {said} (correlation {signal:+.3f}, {-factor.sign * against:+.3f} is"
        )
        return replace(found, dropped=f"{reason} the limit), against its direction {factor.direction}")
    return found


def keep_good(
    factors: Sequence[Factor], raw: Sequence[Floats], counts: Floats, rules: Quality
) -> tuple[list[Scaled], list[Finding]]:
    """The factors worth using, scaled, and what was found of all of them.

    raw: by factor, the sampled customers' values. counts: their touches by CHANNELS (n × 4).
    """
    touches = counts.sum(axis=1)
    shares = counts / np.maximum(touches, 1e-12)[:, None]
    findings = [
        examine(factor, values, shares[:, CHANNELS.index(factor.channel)], touches, rules)
        for factor, values in zip(factors, raw, strict=True)
    ]
    pairs = zip(findings, raw, strict=True)
    kept = [fit_scale(found.factor, values) for found, values in pairs if not found.dropped]
    return [scaled for scaled in kept if scaled is not None], findings
