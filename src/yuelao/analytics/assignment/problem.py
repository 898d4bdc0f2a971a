"""The problem: candidates (customer, product, value), the scarce resources they use, contacts per customer.

maximise   Σ value·x
subject to lower_r ≤ Σ use_r·x ≤ upper_r   for every resource r
           Σ x of one customer ≤ contacts_per_customer,   x ∈ {0, 1}
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Resource:
    """Something scarce. `use`: how much each candidate takes, ≥ 0, shape (candidates,), in the unit of the limits."""

    name: str
    use: Floats
    lower: float = 0.0
    upper: float = np.inf


@dataclass(frozen=True, eq=False)
class Problem:
    """Candidates as arrays of shape (candidates,): `customer` and `product` any integers, `value` in money.

    Raises Refused (code "problem"), naming the resource or array, for unequal lengths, nulls and impossible limits.

    >>> Problem(np.array([1, 1, 2]), np.array([7, 8, 7]), np.array([3.0, 5.0, 4.0]), []).candidates
    3
    """

    customer: Places
    product: Places
    value: Floats
    resources: Sequence[Resource]
    contacts_per_customer: int = 1

    def __post_init__(self) -> None:
        shape = np.shape(self.value)
        if len(shape) != 1 or np.shape(self.customer) != shape or np.shape(self.product) != shape:
            raise _wrong("Customer, product and value need one entry a candidate", "candidates")
        if not np.isfinite(self.value).all():
            raise _wrong("A value is null or infinite", "value")
        if self.contacts_per_customer < 0:
            raise _wrong("A customer cannot have fewer than 0 contacts", "contacts_per_customer")
        for resource in self.resources:
            _check(resource, shape)

    @property
    def candidates(self) -> int:
        """How many candidates there are."""
        return len(self.value)


def _check(resource: Resource, shape: tuple[int, ...]) -> None:
    if np.shape(resource.use) != shape:
        raise _wrong("The use of a resource needs one entry a candidate", resource.name)
    if not np.isfinite(resource.use).all() or (np.asarray(resource.use) < 0).any():
        raise _wrong("The use of a resource is null, infinite or negative", resource.name)
    if not 0 <= resource.lower <= resource.upper or np.isinf(resource.lower):
        raise _wrong(f"Limits must be 0 ≤ lower ≤ upper, not {resource.lower:g} and {resource.upper:g}", resource.name)


def _wrong(message: str, where: str) -> Refused:
    return Refused(message, where=where, hint="Correct the data of the match", code="problem")
