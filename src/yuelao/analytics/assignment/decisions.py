"""Decisions: what a plan means for each customer, the ones it left out included."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.assignment.plan import Plan
from yuelao.analytics.assignment.problem import Problem

ASSIGNED, SAME_PERSON, OUTBID = "assigned", "same_person", "outbid"
NOT_WORTH_IT, NOT_ELIGIBLE = "not_worth_it", "not_eligible"
"""What can become of a customer: in the plan; another number of the same person is in it; worth a contact, but the
resources went to dearer ones; not worth its own cost; no product to offer."""


@dataclass(frozen=True)
class Decisions:
    """Arrays of shape (customers,): the decision, the candidate it is about and the next best one (-1: none)."""

    decision: NDArray[np.str_]
    candidate: NDArray[np.int64]
    runner_up: NDArray[np.int64]
    price: NDArray[np.float64]
    """What the candidate's use of the resources costs at the plan's prices."""


def decisions(problem: Problem, plan: Plan, rows: NDArray[np.int64], customers: int) -> Decisions:
    """Read the plan customer by customer; `rows` (candidates,) is the customer each candidate is about.

    `problem.customer` holds persons, who may have several of the `customers`. A customer's candidate is the chosen
    one, else the best at the plan's prices (value − Σ price · use).
    """
    paid = np.zeros(len(problem.value))
    for price, resource in zip(plan.prices, problem.resources, strict=True):
        paid += price.price * resource.use
    first, second = _two_best(rows, problem.value - paid + np.where(plan.chosen, _AHEAD, 0.0), customers)
    decision = np.full(customers, NOT_ELIGIBLE, dtype="<U12")
    price_paid = np.zeros(customers)
    found = first >= 0
    best = first[found]
    in_plan = np.isin(problem.customer[best], problem.customer[plan.chosen])
    decision[found] = np.select(
        [plan.chosen[best], in_plan, problem.value[best] <= 0.0], [ASSIGNED, SAME_PERSON, NOT_WORTH_IT], OUTBID
    )
    price_paid[found] = paid[best]
    return Decisions(decision, first, second, price_paid)


_AHEAD = 1e12


def _two_best(
    customer: NDArray[np.int64], worth: NDArray[np.float64], customers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per customer, the index of the best and of the second best candidate, -1 where there is none."""
    order = np.lexsort((np.arange(len(worth)), -worth, customer))
    owners = customer[order]
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else np.array([], dtype=np.int64)
    first = np.full(customers, -1, dtype=np.int64)
    second = np.full(customers, -1, dtype=np.int64)
    first[owners[starts]] = order[starts]
    followed = starts[(starts + 1 < len(owners)) & (np.r_[owners[1:], -1][starts] == owners[starts])]
    second[owners[followed]] = order[followed + 1]
    return first, second
