"""What a contact changed: the difference of two rates, assigned against held out, with its interval.

Intention to treat: both groups are counted as drawn, reached or not.
Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of
eleven methods", Statistics in Medicine 17 (1998), method 10 (hybrid score, without continuity correction).
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from yuelao.common.errors import Refused


@dataclass(frozen=True)
class Effect:
    """Rates as shares of 1; `difference` = treated − control, within [low, high] at the confidence asked.

    A group without members has no rate: what depends on it is None, and `why` says so in one sentence.
    """

    treated_rate: float | None
    control_rate: float | None
    difference: float | None
    low: float | None
    high: float | None
    confidence: float
    why: str = ""

    @property
    def evident(self) -> bool:
        """Whether the interval leaves zero out: the contact changed something, for better or worse."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of one rate (Wilson 1927), within [0, 1]; without trials anything is possible: (0, 1).

    >>> low, high = wilson(15, 148)
    >>> round(low, 4), round(high, 4)
    (0.0624, 0.1605)
    """
    _check_counts(successes, trials, confidence)
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate, z2 = successes / trials, z * z
    centre = 2 * trials * rate + z2
    spread = z * sqrt(z2 + 4 * trials * rate * (1 - rate))
    low, high = (centre - spread) / (2 * (trials + z2)), (centre + spread) / (2 * (trials + z2))
    # Rounding may leave the ends a hair inside or outside of where they belong.
    return (0.0 if successes == 0 else max(low, 0.0)), (1.0 if successes == trials else min(high, 1.0))


def effect(treated: int, treated_buyers: int, control: int, control_buyers: int, confidence: float = 0.95) -> Effect:
    """The difference of the two groups' rates with Newcombe's interval; arguments are counts of customers.

    Raises Refused for impossible counts. An empty group is a normal result: see `Effect`.

    >>> found = effect(treated=70, treated_buyers=56, control=80, control_buyers=48)  # his Table II, case a
    >>> round(found.difference, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    t_low, t_high = wilson(treated_buyers, treated, confidence)
    c_low, c_high = wilson(control_buyers, control, confidence)
    t_rate = treated_buyers / treated if treated else None
    c_rate = control_buyers / control if control else None
    if t_rate is None or c_rate is None:
        empty = "Nobody was assigned" if t_rate is None else "Nobody was held out"
        return Effect(t_rate, c_rate, None, None, None, confidence, f"{empty}: there is nothing to compare")
    difference = t_rate - c_rate
    low = difference - sqrt((t_rate - t_low) ** 2 + (c_high - c_rate) ** 2)  # (10), δ − …
    high = difference + sqrt((t_high - t_rate) ** 2 + (c_rate - c_low) ** 2)  # (10), ε + …
    return Effect(t_rate, c_rate, difference, low, high, confidence)


def _check_counts(successes: int, trials: int, confidence: float) -> None:
    if not 0 <= successes <= trials:
        raise Refused(
            f"{successes} of {trials} is no rate", hint="Counts are whole and 0 ≤ buyers ≤ members", code="counts"
        )
    if not 0 < confidence < 1:
        raise Refused(f"A confidence lies between 0 and 1, not {confidence}", code="confidence")
