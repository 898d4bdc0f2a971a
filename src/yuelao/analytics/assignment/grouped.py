"""Candidates in the order of their customers, so that "the best of every customer" is one pass over arrays."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.assignment.problem import Problem
from yuelao.analytics.ranks import row_hash

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Grouped:
    """`order`: the problem's candidates by customer, then by `tie`, a seeded hash of what they are.

    `owner` (candidates,) numbers the customers 0, 1, …; they begin at `starts` (customers,).
    `use` is (candidates, resources), `upper` (resources,).
    """

    order: Places
    owner: Places
    starts: Places
    product: Places
    value: Floats
    tie: NDArray[np.uint64]
    use: Floats
    upper: Floats
    contacts: int

    @property
    def customers(self) -> int:
        """How many customers have a candidate."""
        return len(self.starts)

    def best(self, worth: Floats, slots: Places | None = None) -> Places:
        """The places of each customer's best candidates with a worth above −inf, up to `slots` (customers,) of them.

        `slots` is `contacts` for everybody where it is not given.
        """
        most = self.contacts if slots is None else int(slots.max(initial=0))
        picked = [np.empty(0, dtype=np.int64)]
        for turn in range(most if len(worth) else 0):
            if slots is not None:
                worth = np.where(slots[self.owner] > turn, worth, -np.inf)
            places = self._tops(worth)
            picked.append(places)
            if turn + 1 < most:
                worth = worth.copy()
                worth[places] = -np.inf
        return np.concatenate(picked)

    def _tops(self, worth: Floats) -> Places:
        """The place of each customer's first best candidate."""
        top = np.maximum.reduceat(worth, self.starts)
        places = np.flatnonzero((worth == top[self.owner]) & (worth > -np.inf))
        owner = self.owner[places]
        firsts: Places = places[np.r_[True, owner[1:] != owner[:-1]][: len(places)]]
        return firsts

    def sample(self, every: int) -> "Grouped":
        """Every so many-th customer, with as much less of every resource."""
        kept = self.owner % every == 0
        owner = self.owner[kept] // every
        return replace(
            self,
            order=self.order[kept],
            owner=owner,
            starts=np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]),
            product=self.product[kept],
            value=self.value[kept],
            tie=self.tie[kept],
            use=self.use[kept],
            upper=self.upper / every,
        )


def grouped(problem: Problem, seed: int) -> Grouped:
    """Sort a problem's candidates by customer."""
    uses = [np.asarray(resource.use, dtype=np.float64) for resource in problem.resources]
    value = np.asarray(problem.value, dtype=np.float64)
    tie = row_hash([problem.customer, problem.product, value, *uses], seed)
    order = np.lexsort((tie, problem.customer)).astype(np.int64)
    customer = np.asarray(problem.customer)[order]
    new = np.r_[True, customer[1:] != customer[:-1]][: len(order)]
    return Grouped(
        order=order,
        owner=np.cumsum(new, dtype=np.int64) - 1,
        starts=np.flatnonzero(new),
        product=np.asarray(problem.product)[order],
        value=value[order],
        tie=tie[order],
        use=np.stack(uses, axis=1)[order] if uses else np.empty((len(order), 0)),
        upper=np.array([resource.upper for resource in problem.resources], dtype=np.float64),
        contacts=problem.contacts_per_customer,
    )
