"""The value of a contact: what one call about one product is expected to bring, in money."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def contact_value(gain: Floats, margin: float, lever: float = 1.0, cost: float = 0.0) -> Floats:
    """Expected value of each contact, in money: gain · margin · lever − cost; gain of shape (n,), see `expected_gain`.

    margin and cost in money; lever is the planner's factor.

    >>> contact_value(expected_gain(np.array([0.5]), np.array([0.2]), 0.1), margin=100.0, cost=1.0)
    array([8.])
    """
    return gain * margin * lever - cost


def expected_gain(reach: Floats, response: Floats, baseline: Floats | float) -> Floats:
    """What a contact adds to the chance to buy, as long as no experiment has taught it: reach · response · (1 −
    baseline), the response of those who would not have bought anyway.

    reach, response, baseline: probabilities of shape (n,): to be reached, to buy once reached, to buy anyway.
    """
    return reach * response * (1.0 - baseline)


def contact_minutes(reach: Floats, handling_minutes: float, failed_dial_minutes: float) -> Floats:
    """Expected seat minutes of each contact: reach · handling + (1 − reach) · failed dial; shape (n,).

    >>> contact_minutes(np.array([0.5]), handling_minutes=6.0, failed_dial_minutes=1.0)
    array([3.5])
    """
    return reach * handling_minutes + (1.0 - reach) * failed_dial_minutes
