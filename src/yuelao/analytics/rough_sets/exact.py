"""The smallest reduct of a small table, proven: its discernibility clauses and the smallest set that hits them all."""

from collections.abc import Sequence

from yuelao.analytics.rough_sets.clauses import clauses
from yuelao.analytics.rough_sets.greedy import Tell, forward, silent
from yuelao.analytics.rough_sets.hitting_set import smallest_hitting_set
from yuelao.analytics.rough_sets.target import Target


def smallest(target: Target, known: Sequence[str], tell: Tell = silent) -> list[str]:
    """A reduct than which no other has fewer attributes, the most telling first; `known`: any reduct, to beat.

    Refused where the table or the search is too large, and for a tolerance.
    """
    names = target.table.names
    bit = {name: 1 << place for place, name in enumerate(names)}
    found = smallest_hitting_set(clauses(target, tell), sum(bit[name] for name in known))
    return forward(target, [name for name in names if bit[name] & found])
