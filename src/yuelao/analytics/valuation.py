"""The value of a contact: what one call about one product is expected to bring, in money."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def contact_value(
    reach: Floats, response: Floats, baseline: Floats | float, margin: float, lever: float = 1.0, cost: float = 0.0
) -> Floats:
    """Expected value of each contact: reach · response · (1 − baseline) · margin · lever − cost.

    reach, response, baseline: probabilities of shape (n,): to be reached, to buy once reached, to buy anyway.
    margin and cost in money; lever is the planner's factor. The increment of a contact is approximated by the
    response of those who would not have bought anyway, until an experiment has taught the uplift.

    >>> contact_value(np.array([0.5]), np.array([0.2]), 0.1, margin=100.0, cost=1.0)
    array([8.])
    """
    return reach * response * (1.0 - baseline) * margin * lever - cost


def contact_minutes(reach: Floats, handling_minutes: float, failed_dial_minutes: float) -> Floats:
    """Expected seat minutes of each contact: reach · handling + (1 − reach) · failed dial; shape (n,).

    >>> contact_minutes(np.array([0.5]), handling_minutes=6.0, failed_dial_minutes=1.0)
    array([3.5])
    """
    return reach * handling_minutes + (1.0 - reach) * failed_dial_minutes
