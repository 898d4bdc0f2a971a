"""The months after a course of contacts: where customers pay, how often they call an agent, and whether they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import churn, diversion
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.draws import uniforms
from yuelao.simulation.outcomes import Truth
from yuelao.simulation.play import Contact, Course
from yuelao.simulation.population import Flags, Integers

_LEAVES = 102  # stream


@dataclass(frozen=True, slots=True)
class Later:
    """What customers did, customers × months.

    `paid_by`: where the bill was paid, a channel code of the contract, "" once gone; `agent_calls`: calls to an agent;
    `hazard`: chance to leave at the end of the month, 1 once gone; `left`: gone by the end of the month.
    """

    paid_by: NDArray[np.str_]
    agent_calls: Integers
    hazard: Numbers
    left: Flags


def later(
    truth: Truth, source_ids: Sequence[str], contacts: Sequence[Contact], months: Sequence[date], seed: int
) -> Later:
    """What customers do in consecutive `months` (first days), in the course of `contacts` and after it.

    Raises NotFound as `play` does.
    """
    course, rows = Course(truth, contacts, seed), truth.rows(source_ids)
    asked = [month.year * 12 + month.month for month in months]
    span = range(min([*asked, *course.month.tolist()]), max(asked) + 1)
    hazard = _hazard(truth, rows, _sums(course, rows, span, course.weight))
    left = _left(truth, rows, span, hazard, seed)
    before = np.concatenate([truth.column("left", rows)[:, None], left[:, :-1]], axis=1)
    moved = {}
    for place, name in enumerate(diversion.BUSINESSES):
        taken = _sums(course, rows, span, (course.moved & (course.guides == place)).astype(float)) > 0
        moved[name] = diversion.moved(rows, span, place, taken, seed)
    paid = np.where(before, "", diversion.pay(truth, rows, span, moved["payment"], seed))
    calls = np.where(before, 0, diversion.agent_calls(truth, rows, span, moved["query"], seed))
    chosen = [span.index(month) for month in asked]
    return Later(paid[:, chosen], calls[:, chosen], np.where(before, 1.0, hazard)[:, chosen], left[:, chosen])


def _sums(course: Course, rows: Integers, span: range, weight: Numbers) -> Numbers:
    """By customer and month, the sum over contacts of `weight`."""
    people, place = np.unique(rows, return_inverse=True)
    sums = np.zeros((len(people), len(span)))
    at = np.minimum(np.searchsorted(people, course.rows), len(people) - 1)
    here = (people[at] == course.rows) & (course.month < span.stop) if len(people) else np.zeros(0, dtype=bool)
    np.add.at(sums, (at[here], course.month[here] - span.start), weight[here])
    return np.asarray(sums[place])


def _hazard(truth: Truth, rows: Integers, contacts: Numbers) -> Numbers:
    """The truth's hazard, higher by the fatigue of the contacts played (customers × months of weights)."""
    known = np.clip(truth.column("hazard", rows).astype(float), 1e-6, 1 - 1e-6)
    tolerance = truth.column("tolerance", rows)
    odds, fatigue, found = np.log(known / (1 - known)), np.zeros(len(rows)), np.zeros(contacts.shape)
    for month in range(contacts.shape[1]):
        fatigue = churn.MEMORY * fatigue + contacts[:, month]
        found[:, month] = 1 / (1 + np.exp(-odds - churn.weariness(fatigue, tolerance)))
    return found


def _left(truth: Truth, rows: Integers, span: range, hazard: Numbers, seed: int) -> Flags:
    draws = [uniforms(seed, (rows, np.full(len(rows), month)), [_LEAVES]) for month in span]
    leaves = np.concatenate(draws, axis=1) < hazard
    return np.asarray(np.logical_or.accumulate(leaves | truth.column("left", rows)[:, None], axis=1))
