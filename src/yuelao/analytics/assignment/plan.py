"""The plan: what is chosen, what it is worth, how far it can be from the best, and what each resource costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Price:
    """What one more unit of a resource would bring (the dual price), what is used of it, and its limits."""

    resource: str
    price: float
    used: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class Plan:
    """`chosen` (candidates,) bool; no feasible plan is worth more than `bound`; gap = (bound − objective) ÷ |bound|.

    `runner_up` (candidates,): the best candidate of the same customer, at these prices, with a product the customer is
    not given; −1 where there is none. `prices` are in the order of the problem's resources.
    """

    chosen: NDArray[np.bool_]
    objective: float
    bound: float
    gap: float
    prices: list[Price]
    runner_up: NDArray[np.int64]
    method: str
    seconds: float
