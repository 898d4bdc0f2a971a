"""The first solver, a greedy by value less the price of what is used; how far it can be from the best is reported.

Customers' best candidates at the dual prices are taken in the order of their net value while they fit; what capacity
is left is filled with the next best until nothing fits. Lower limits are not supported.
"""

from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.assignment.bound import dual_bound, net_value
from yuelao.analytics.assignment.grouped import Grouped, grouped
from yuelao.analytics.assignment.plan import Plan, Price
from yuelao.analytics.assignment.problem import Problem
from yuelao.common.errors import Refused

METHOD = "greedy"
Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


def solve(problem: Problem, seed: int = 0) -> Plan:
    """A feasible plan with its bound, gap and prices; the same for the same seed, whatever the order of candidates.

    Raises Refused (code "lower_limit") where a resource has a minimum.

    >>> from yuelao.analytics.assignment.problem import Resource
    >>> minutes = Resource("north", use=np.array([6.0, 6.0, 4.0]), upper=10.0)
    >>> plan = solve(Problem(np.array([1, 1, 2]), np.array([7, 8, 7]), np.array([3.0, 5.0, 4.0]), [minutes]))
    >>> plan.chosen.tolist(), plan.objective, plan.bound
    ([False, True, True], 9.0, 9.0)
    """
    started = perf_counter()
    for resource in problem.resources:
        if resource.lower > 0:
            hint = "Take the minimum out"
            raise Refused("Minimum use is not yet supported", where=resource.name, hint=hint, code="lower_limit")
    data = grouped(problem, seed)
    bound = dual_bound(data)
    # Prices that leave a resource to nobody can be far off on a handful of customers, so plain value is tried as well.
    plans = [_fill(data, net_value(data, bound.prices)), _fill(data, data.value)]
    places = max(plans, key=lambda taken: float(data.value[taken].sum()))
    objective = float(data.value[places].sum())
    chosen = np.zeros(len(data.value), dtype=np.bool_)
    chosen[places] = True
    value = max(bound.value, objective)  # they may differ by rounding where the plan is the best
    return Plan(
        chosen=_in_order(data, chosen),
        objective=objective,
        bound=value,
        gap=(value - objective) / max(abs(value), 1e-9),
        prices=_prices(problem, data, bound.prices, places),
        runner_up=_runner_up(data, net_value(data, bound.prices), chosen),
        method=METHOD,
        seconds=perf_counter() - started,
    )


def _fill(data: Grouped, worth: Floats) -> Places:
    """The places taken: in rounds, every customer's best candidate that still fits, the worthiest first."""
    left, slots = data.upper.copy(), np.full(data.customers, data.contacts)
    taken = [np.empty(0, dtype=np.int64)]
    for least in (0.0, -np.inf):  # first what is worth its prices, then whatever the capacity left can hold
        open_ = (data.value > 0) & (worth > least)
        while open_.any():
            open_ &= (data.use <= left).all(axis=1) & (slots[data.owner] > 0)
            open_[np.concatenate(taken)] = False
            offers = data.best(np.where(open_, worth, -np.inf), np.minimum(slots, 1))
            offers = offers[np.lexsort((data.tie[offers], -worth[offers]))]
            accepted = offers[_first_fit(data.use[offers], left)]
            taken.append(accepted)
            open_[offers] = False
            left = left - data.use[accepted].sum(axis=0)
            slots[data.owner[accepted]] -= 1
    return np.concatenate(taken)


def _first_fit(use: Floats, left: Floats) -> Flags:
    """Which rows of `use` (offers, resources) fit into `left`, taken from the first to the last in whole stretches."""
    accepted = np.zeros(len(use), dtype=np.bool_)
    waiting = np.arange(len(use))
    left = left.copy()
    while len(waiting):
        waiting = waiting[(use[waiting] <= left).all(axis=1)]
        over = (np.cumsum(use[waiting], axis=0) > left).any(axis=1)
        until = int(over.argmax()) if over.any() else len(waiting)
        accepted[waiting[:until]] = True
        left -= use[waiting[:until]].sum(axis=0)
        waiting = waiting[until + 1 :]
    return accepted


def _runner_up(data: Grouped, net: Floats, chosen: Flags) -> Places:
    """See `Plan.runner_up`; a candidate worth nothing is no runner-up."""
    given = chosen.copy()
    places = np.flatnonzero(chosen)
    for turn in range(data.contacts):  # the products a customer is given, one contact after the other
        nth = places[_rank_in_run(data.owner[places]) == turn]
        product = np.full(data.customers, -1, dtype=np.int64)
        has = np.zeros(data.customers, dtype=np.bool_)
        product[data.owner[nth]], has[data.owner[nth]] = data.product[nth], True
        given |= has[data.owner] & (data.product == product[data.owner])
    best = data.best(np.where(given | (data.value <= 0), -np.inf, net), np.ones(data.customers, dtype=np.int64))
    of_customer = np.full(data.customers, -1, dtype=np.int64)
    of_customer[data.owner[best]] = data.order[best]
    return _in_order(data, of_customer[data.owner])


def _rank_in_run(owner: Places) -> Places:
    """0, 1, … within each run of equal owners, which stand together."""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]][: len(owner)])
    lengths = np.diff(np.r_[starts, len(owner)])
    return np.arange(len(owner)) - np.repeat(starts, lengths)


def _prices(problem: Problem, data: Grouped, prices: Floats, places: Places) -> list[Price]:
    used = data.use[places].sum(axis=0)
    return [
        Price(r.name, float(price), float(amount), float(r.lower), float(r.upper))
        for r, price, amount in zip(problem.resources, prices, used, strict=True)
    ]


def _in_order(data: Grouped, found: NDArray[T]) -> NDArray[T]:
    """Back from the order of customers to the order of the problem's candidates."""
    result = np.empty_like(found)
    result[data.order] = found
    return result
