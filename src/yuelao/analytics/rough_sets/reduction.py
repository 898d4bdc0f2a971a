"""The reduct of a decision table: few attributes that say about the decision what all of them say."""

from collections.abc import Sequence
from dataclasses import dataclass

from yuelao.analytics.rough_sets.core import core
from yuelao.analytics.rough_sets.exact import smallest
from yuelao.analytics.rough_sets.greedy import Tell, minimal, silent
from yuelao.analytics.rough_sets.measures import conditional_entropy, dependency
from yuelao.analytics.rough_sets.table import DecisionTable
from yuelao.analytics.rough_sets.target import set_target


@dataclass(frozen=True)
class Reduct:
    """`attributes`: none can go; the most telling first. `core`: those every reduct has, by name. `dependency`: share
    of the rows whose decision all attributes determine; `kept`: whose decision the reduct determines (with a
    tolerance it can be less). `smallest`: whether no reduct has fewer attributes, proven."""

    attributes: list[str]
    core: list[str]
    dependency: float
    kept: float
    smallest: bool


def reduct(
    table: DecisionTable,
    *,
    tolerance: float | None = None,
    exact: bool = False,
    tell: Tell = silent,
    workers: int | None = None,
) -> Reduct:
    """A reduct and the core; what is kept is written in `target`.

    Raises Refused for a tolerance that is no share from 0 to below 1, and for an exact search of too large a table.

    >>> import pyarrow as pa
    >>> from yuelao.analytics.rough_sets.table import read_table
    >>> rows = {"city": ["x", "x", "y", "y"], "vip": [1, 0, 1, 0], "buys": ["yes", "no", "yes", "no"]}
    >>> reduct(read_table(pa.table(rows), "buys")).attributes
    ['vip']
    """
    target = set_target(table, tolerance)
    found = minimal(target, tell, workers)
    common = core(target, found)
    if exact:
        found = smallest(target, found, tell)
    kept = dependency(table, found) if tolerance is not None else target.dependency
    proven = exact or len(found) == len(common)  # a reduct that is the core is the only one
    return Reduct(found, common, target.dependency, kept, proven)


def importance(table: DecisionTable, attributes: Sequence[str]) -> dict[str, float]:
    """What each attribute tells that the others do not: bits a row of the decision's entropy that come back without
    it, the largest first."""
    together = conditional_entropy(table, attributes)
    alone = {name: conditional_entropy(table, [n for n in attributes if n != name]) for name in attributes}
    return dict(sorted(((name, alone[name] - together) for name in attributes), key=lambda pair: (-pair[1], pair[0])))
