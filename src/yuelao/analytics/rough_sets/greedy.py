"""A minimal reduct: forward by conditional entropy, then backward elimination, so that no attribute can go.

Forward takes, at each step, the attribute that leaves the least entropy of the decision. Entropy falls where the
positive region is still flat, which a search by the region alone cannot see. Candidates are counted side by side, each
in a thread of its own over arrays already in the order of the groups. Backward is Junker's QuickXplain (AAAI 2004,
algorithm 1), which needs about |reduct| · log |reduct| splits where trying one after another needs its square.
"""

from collections.abc import Callable, Sequence

from yuelao.analytics.rough_sets.partition import Partition
from yuelao.analytics.rough_sets.target import Target
from yuelao.analytics.rough_sets.threads import side_by_side
from yuelao.analytics.rough_sets.types import Codes, Places

Tell = Callable[[str, int, int], None]
"""Called with a step's name and how much of it is done."""

_TIE = 1e-9  # bits a row; below, the first name wins


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def minimal(target: Target, tell: Tell = silent, workers: int | None = None) -> list[str]:
    """Attributes that meet the target and of which none can go, the most telling first."""
    return eliminated(target, forward(target, target.table.names, tell, workers))


def forward(target: Target, names: Sequence[str], tell: Tell = silent, workers: int | None = None) -> list[str]:
    """Attributes, each the one that leaves least entropy after those before it, until the target is met or none is
    left. `workers`: threads, by default one a core."""
    columns = target.table.columns
    groups, order = target.start, None
    unknown = groups.entropy()
    left = {name: columns[name].codes for name in sorted(names) if columns[name].cardinality > 1}
    taken: list[str] = []
    while left and not target.met(groups):
        found = _entropies(target, groups, left, order, workers)
        least = min(found.values())
        best = next(name for name in left if found[name] <= least + _TIE * target.table.total)
        groups, order = groups.split(left.pop(best), columns[best].cardinality)
        taken.append(best)
        tell("forward", min(1000, round(1000 * (unknown - least) / (unknown - target.limit))), 1000)
    return taken


def _entropies(
    target: Target, groups: Partition, left: dict[str, Codes], order: Places | None, workers: int | None
) -> dict[str, float]:
    """What each attribute would leave; their codes are brought to the order of the groups on the way."""
    from yuelao.analytics.rough_sets import loops

    def entropy(name: str) -> float:
        if order is not None:
            left[name] = loops.take(left[name], order)
        return groups.entropy(left[name], target.table.columns[name].cardinality)

    return dict(zip(left, side_by_side(entropy, list(left), workers), strict=True))


def eliminated(target: Target, names: Sequence[str]) -> list[str]:
    """A part of `names`, which together meet the target, that still meets it and of which none can go; those named
    first are the first to stay. Sets that meet it stay sufficient when they grow, so one pass is enough."""

    def needed(given: Partition, rest: Sequence[str]) -> list[str]:
        """Which of the rest are needed beside attributes that leave the groups `given`."""
        if target.met(given):
            return []
        if len(rest) == 1:
            return list(rest)
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        late = needed(target.refined(given, first), second)
        return needed(target.refined(given, late), first) + late

    return needed(target.start, names) if names else []
