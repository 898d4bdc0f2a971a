"""A tree read as rules: each leaf as conditions on attributes by name, with what it foretells and for how many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.binning import Bins
from yuelao.analytics.cost_sensitive.tree import Tree

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Condition:
    """A number `at_least` … `below` (None: no limit), or one of `values`; `unknown`: null meets it as well.

    Without limits and values, only null meets it.
    """

    name: str
    at_least: float | None = None
    below: float | None = None
    values: tuple[str, ...] | None = None
    unknown: bool = False

    def __str__(self) -> str:
        known = self._known()
        if not known:
            return f"{self.name} is unknown"
        return f"{known} or unknown" if self.unknown else known

    def _known(self) -> str:
        if self.values is not None:
            return f"{self.name} in {', '.join(self.values)}" if self.values else ""
        if self.at_least is not None and self.below is not None:
            return f"{self.at_least:g} ≤ {self.name} < {self.below:g}"
        if self.at_least is not None:
            return f"{self.name} ≥ {self.at_least:g}"
        return (
            f"{self.name} < {self.below:g}" if self.below is not None else "" if self.unknown else f"{self.name} known"
        )


@dataclass(frozen=True)
class Rule:
    """Who meets all conditions has the probability, as learned from so many rows (of which so many positive)."""

    conditions: tuple[Condition, ...]
    probability: float
    rows: float
    positives: float

    def __str__(self) -> str:
        when = " and ".join(map(str, self.conditions)) or "always"
        return f"{when}: {self.probability:.1%} of {self.rows:,.0f}"


def rules(tree: Tree, bins: Bins, names: Sequence[str], categories: Sequence[Sequence[str] | None]) -> list[Rule]:
    """All leaves, the highest probability first; `names` and `categories` (None: a number) of the tree's attributes.

    >>> from yuelao.analytics.cost_sensitive.costs import Costs
    >>> from yuelao.analytics.cost_sensitive.tree import grow
    >>> bins = Bins(((30.0,),))
    >>> codes = bins.codes(np.array([[20.0], [25.0], [30.0], [np.nan]]))
    >>> tree = grow(codes, np.array([0.0, 0, 1, 1]), bins, [[0]], Costs(6, 180), fewest=1)
    >>> [str(rule.conditions[0]) for rule in rules(tree, bins, ["months"], [None])]
    ['months ≥ 30 or unknown', 'months < 30']
    """
    probability = tree.probability()
    allowed: dict[int, dict[int, Flags]] = {0: {}}
    found = []
    for node, attribute in enumerate(tree.attribute):
        if attribute < 0:
            parts = [_condition(names[a], bins.edges[a], categories[a], codes) for a, codes in allowed[node].items()]
            numbers = (float(each[node]) for each in (probability, tree.rows, tree.positives))
            found.append(Rule(tuple(parts), *numbers))
            continue
        a = int(attribute)
        before = allowed[node].get(a, np.ones(bins.sizes[a], dtype=np.bool_))
        goes_left = tree.left[node, : bins.sizes[a]]
        for child, side in zip(tree.children[node], (goes_left, ~goes_left), strict=True):
            allowed[int(child)] = allowed[node] | {a: before & side}
    return sorted(found, key=lambda rule: (-rule.probability, str(rule)))


def _condition(name: str, edges: tuple[float, ...] | int, categories: Sequence[str] | None, codes: Flags) -> Condition:
    unknown = bool(codes[0])
    places = np.flatnonzero(codes[1:])
    if isinstance(edges, int):
        labels = categories or [str(place) for place in range(edges)]
        return Condition(name, values=tuple(labels[int(place)] for place in places), unknown=unknown)
    if not len(places):
        return Condition(name, unknown=True)
    first, last = int(places[0]), int(places[-1])
    return Condition(
        name, edges[first - 1] if first else None, edges[last] if last < len(edges) else None, unknown=unknown
    )
