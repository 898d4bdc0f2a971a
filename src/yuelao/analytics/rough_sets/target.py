"""What a reduct has to keep, and when it does.

Without a tolerance that is Pawlak's positive region: every row whose decision all attributes determine is still
determined. Rows they leave undecided get one label of their own, "not determined"; with these labels all attributes
are consistent, and a set of attributes keeps the positive region exactly if it leaves no group with two labels. So
the greedy search, the core and the exact search mean the same thing on inconsistent tables too. It is chosen before the
generalised decision and the distribution of decisions because it is what the degree of dependency counts.

With a tolerance t it is information: H(d|B) ≤ H(d|A) + t·(H(d) − H(d|A)), the entropy reducts of Ślęzak (Fundamenta
Informaticae 53, 2002). Noise that settles no group at all costs little information, so that such a reduct ignores it;
at t = 0 all the information is kept, and with it the positive region.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yuelao.analytics.rough_sets.partition import Partition, partition, undivided
from yuelao.analytics.rough_sets.table import DecisionTable
from yuelao.common.errors import Refused

_ROUNDING = 1e-9  # of the decision's entropy: sums of floats in another order


@dataclass(frozen=True)
class Target:
    """`start`: all rows in one group, with the labels to tell apart. `limit`: the entropy, as a sum over rows in
    bits, that may be left. `dependency`: of the decision on all attributes."""

    table: DecisionTable
    start: Partition
    limit: float
    dependency: float

    def met(self, groups: Partition) -> bool:
        """Whether attributes that leave these groups keep what is to be kept."""
        return groups.settled or (self.limit > 0 and groups.entropy() <= self.limit)

    def refined(self, groups: Partition, attributes: Sequence[str]) -> Partition:
        """The groups split by the attributes."""
        return groups.refined(self.table.columns[name] for name in attributes)


def set_target(table: DecisionTable, tolerance: float | None = None) -> Target:
    """What reducts of the table have to keep. Refused for a tolerance that is no share."""
    undecided = partition(table, table.names)
    dependency = 1.0 - undecided.weight / table.total
    classes = table.decision.cardinality
    if tolerance is None:
        labels = table.labels.copy()
        labels[undecided.rows] = classes
        return Target(table, undivided(labels, classes + 1, table.weights), 0.0, dependency)
    if not 0 <= tolerance < 1:
        raise Refused(f"A tolerance is a share from 0 to below 1, not {tolerance:g}", code="tolerance")
    start = undivided(table.labels, classes, table.weights)
    unknown, left = start.entropy(), undecided.entropy()
    return Target(table, start, left + tolerance * (unknown - left) + _ROUNDING * unknown, dependency)
