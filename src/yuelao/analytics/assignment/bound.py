"""The bound: with prices on the resources the problem falls apart into one choice per customer (Lagrangian dual).

For prices λ ≥ 0:  L(λ) = Σ_customers (sum of their best k of value − λ·use, where above 0) + λ·upper.
L(λ) is never below the best plan's value (weak duality), so every λ ≥ 0 gives a bound; good ones make it tight.
Source: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
Science 27 (1981): relaxation (2), subgradient (4), step length (5) with target the best plan known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.assignment.grouped import Grouped

Floats = NDArray[np.float64]
SWEEPS, STEPS, PATIENCE = 3, 60, 6
SAMPLE = 5000  # customers whose prices are the start for a larger base


@dataclass(frozen=True, eq=False)
class Bound:
    """`value`: L at `prices` (resources,); `spare` (resources,): upper − use of the customers' own best choices."""

    value: float
    prices: Floats
    spare: Floats


def dual_bound(grouped: Grouped) -> Bound:
    """The lowest L found: each price searched in turn with the others held, then subgradient steps on all at once.

    An unlimited resource has the price 0. One evaluation is one pass over the candidates.
    """
    best = _at(grouped, np.zeros(len(grouped.upper)))
    limited = [int(r) for r in np.flatnonzero(np.isfinite(grouped.upper))]
    if (best.spare >= 0).all():
        return best
    if grouped.customers >= 2 * SAMPLE:
        start = _at(grouped, dual_bound(grouped.sample(grouped.customers // SAMPLE)).prices)
        return _descend(grouped, start, np.isfinite(grouped.upper))
    for _ in range(SWEEPS):
        before = best.value
        for resource in limited:
            best = _search(grouped, best, resource)
        if len(limited) == 1 or best.value > before - 1e-6 * abs(before):
            break
    return _descend(grouped, best, np.isfinite(grouped.upper)) if len(limited) > 1 else best


def net_value(grouped: Grouped, prices: Floats) -> Floats:
    """Value less what a candidate would pay at these prices, shape (candidates,)."""
    return grouped.value - grouped.use @ prices


def _at(grouped: Grouped, prices: Floats) -> Bound:
    net = net_value(grouped, prices)
    taken = grouped.best(np.where(net > 0, net, -np.inf))
    limited = np.isfinite(grouped.upper)
    paid = float(prices[limited] @ grouped.upper[limited])
    return Bound(float(net[taken].sum()) + paid, prices, grouped.upper - grouped.use[taken].sum(axis=0))


def _search(grouped: Grouped, best: Bound, resource: int) -> Bound:
    """Along one price L is convex with slope `spare`: find where it turns from using too much to leaving some.

    The price is sought by bisection among those at which a candidate stops being worth it.
    """
    use = grouped.use[:, resource]
    others = best.prices.copy()
    others[resource] = 0.0
    user = use > 0
    limits = net_value(grouped, others)[user] / use[user]
    limits = np.unique(np.r_[0.0, limits[np.isfinite(limits) & (limits > 0)]])
    low, high = 0, len(limits) - 1
    while low <= high:
        middle = (low + high) // 2
        prices = others.copy()
        prices[resource] = limits[middle]
        found = _at(grouped, prices)
        best = found if found.value < best.value else best
        if found.spare[resource] >= 0:
            high = middle - 1
        else:
            low = middle + 1
    return best


def _descend(grouped: Grouped, best: Bound, limited: NDArray[np.bool_]) -> Bound:
    """Subgradient steps from the best prices, each resource measured in shares of its own limit.

    The target is a little below the best L, and nearer where it was out of reach for a while.
    """
    scale = np.where(limited & (grouped.upper > 0), grouped.upper, 1.0)
    here, reach, failed = best, 0.02, 0
    for _ in range(STEPS):
        slope = np.where(limited, here.spare / scale, 0.0)
        slope[(here.prices <= 0) & (slope > 0)] = 0.0
        length = float(slope @ slope)
        if length < 1e-18:
            break
        step = (here.value - best.value + reach * abs(best.value)) / length
        here = _at(grouped, np.maximum(here.prices - step * slope / scale, 0.0))
        if here.value < best.value:
            best, failed = here, 0
        else:
            failed += 1
        if failed >= PATIENCE:
            here, reach, failed = best, reach / 4, 0
    return best
