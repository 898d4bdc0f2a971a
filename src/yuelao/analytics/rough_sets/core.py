"""The core: the attributes that no reduct can do without, which is what all reducts have in common."""

from collections.abc import Sequence

from yuelao.analytics.rough_sets.partition import Partition
from yuelao.analytics.rough_sets.target import Target


def core(target: Target, reduct: Sequence[str]) -> list[str]:
    """The attributes, by name, without which all the others miss the target. Only those of some `reduct` can be.

    Leaving out one of many shares the splits by halves: |reduct| · log |reduct| splits instead of the square.
    """

    def missed(given: Partition, rest: Sequence[str]) -> list[str]:
        """Those of the rest that the others of it, with what left the groups `given`, cannot replace."""
        if not rest or target.met(given):
            return []
        if len(rest) == 1:
            return list(rest)
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        return missed(target.refined(given, second), first) + missed(target.refined(given, first), second)

    others = [name for name in target.table.names if name not in set(reduct)]
    return sorted(missed(target.refined(target.start, others), reduct))
