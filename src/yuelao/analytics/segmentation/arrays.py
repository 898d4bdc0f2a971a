"""Value segmentation: a weighted tree of indicators → a score of 100 → six levels, A1 (highest) … D.

Leaves are brought to 0–100 by exact percentile among the customers who have a value; ties share their mean rank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.ranks import mid_ranks
from yuelao.analytics.segmentation.levels import VALUE_LEVELS as LEVELS
from yuelao.common.errors import Refused, nearest

Floats = NDArray[np.float64]
Column = ArrayLike | Sequence[float | None]
NEUTRAL = 50.0
_NODE_KEYS = ["name", "weight", "children"]
_LEAF_KEYS = ["feature", "weight", "direction", "scale"]


@dataclass(frozen=True)
class Leaf:
    """One indicator: a feature, whether more of it is better (`up`) or worse (`down`), and how it is scaled."""

    feature: str
    weight: float = 1.0
    direction: str = "up"
    scale: str = "percentile"


@dataclass(frozen=True)
class ValueTree:
    """A node of the tree; its children's weights count relative to each other.

    >>> tree = ValueTree.from_definition({"name": "value", "children": [
    ...     {"feature": "arpu", "weight": 3}, {"feature": "calls", "direction": "down"}]})
    >>> tree.features()
    ['arpu', 'calls']
    """

    name: str
    children: tuple["ValueTree | Leaf", ...]
    weight: float = 1.0

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "ValueTree":
        """Read `{name, children: [{feature, weight, direction, scale} | {name, weight, children}]}`.

        Raises Refused (code "value_tree") whose `where` is the path of the place, as in "value.children[1].weight".
        """
        tree = _node(definition, "value")
        features = tree.features()
        twice = sorted({f for f in features if features.count(f) > 1})
        if twice:
            raise _wrong(f"The feature {twice[0]} hangs in the tree twice", "value", "Let each feature count once")
        return tree

    def features(self) -> list[str]:
        """The features of all leaves, from left to right."""
        return [f for c in self.children for f in (c.features() if isinstance(c, ValueTree) else [c.feature])]


@dataclass(frozen=True)
class ValueScores:
    """`score`: 0–100, shape (n,). `missing`: share of customers without a value, for every leaf that lacks any."""

    score: Floats
    missing: dict[str, float]


def score_value(tree: ValueTree, columns: Mapping[str, Column]) -> ValueScores:
    """Score every customer; `columns` are numeric arrays of equal shape (n,), NaN or None where unknown.

    A null counts as the neutral 50. A leaf nobody has a value for (or whose column is absent) gives its weight to
    the others of its node, and a node without any leaf left to its own siblings; all are named in `missing`.
    Raises Refused for columns of unequal length or without numbers.

    >>> tree = ValueTree.from_definition({"name": "v", "children": [{"feature": "arpu"}, {"feature": "age"}]})
    >>> found = score_value(tree, {"arpu": [10, 30, 20, 40]})
    >>> found.score.tolist(), found.missing
    ([12.5, 62.5, 37.5, 87.5], {'age': 1.0})
    """
    wanted = {name: _numbers(name, columns[name]) for name in tree.features() if name in columns}
    lengths = {len(np.asarray(column)) for column in columns.values()}
    if len(lengths) > 1:
        raise Refused(f"Columns of unequal length: {sorted(lengths)}", code="shape")
    rows = lengths.pop() if lengths else 0
    missing = {name: float(np.isnan(c).mean()) for name, c in wanted.items() if np.isnan(c).any()}
    missing |= {name: 1.0 for name in tree.features() if name not in wanted}
    score = _score(tree, wanted)
    return ValueScores(np.full(rows, NEUTRAL) if score is None else score, missing)


def levels(score: ArrayLike, cutoffs: Mapping[str, object]) -> NDArray[np.str_]:
    """The level of each score, shape (n,): A1 … D.

    `{by: share, A1: 0.05, …, D: 0.25}`: the share of customers in each level, from the top, summing to 1;
    equal scores get equal levels. `{by: score, A1: 85, …, C: 30}`: the lowest score of each level, D the rest.
    Raises Refused (code "cutoffs").

    >>> levels([10.0, 90.0, 50.0, 70.0], {"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 40, "C": 20}).tolist()
    ['D', 'A1', 'B2', 'B1']
    """
    scores = np.asarray(score, dtype=np.float64)
    by = cutoffs.get("by", "share")
    if by not in ("share", "score"):
        raise _cutoff(f"Cut-offs go by share or by score, not by {by!r}")
    from_top = LEVELS[::-1]
    names = from_top if by == "share" else from_top[:-1]
    unknown = sorted(set(cutoffs) - set(names) - {"by"})
    if unknown:
        raise _cutoff(f"There is no level {unknown[0]}", nearest(unknown[0], list(names)))
    limits = np.array([_limit(cutoffs, name) for name in names])
    if by == "share":
        return _by_share(scores, limits, from_top)
    if (np.diff(limits) > 0).any():
        raise _cutoff("The scores of the levels must fall from A1 to C")
    found: NDArray[np.str_] = np.array(from_top)[(scores[:, None] < limits).sum(axis=1)]
    return found


def _by_share(scores: Floats, shares: Floats, from_top: Sequence[str]) -> NDArray[np.str_]:
    if (shares < 0).any() or abs(shares.sum() - 1) > 1e-6:
        raise _cutoff(f"The shares of the levels must sum to 1, not to {shares.sum():g}")
    edges = np.cumsum(shares)[:-1] - 1e-12  # so that 0.05 + 0.10 is not a hair above 0.15
    place = (mid_ranks(-scores) - 0.5) / max(len(scores), 1)
    return np.array(from_top)[np.searchsorted(edges, place, side="right")]


def _limit(cutoffs: Mapping[str, object], name: str) -> float:
    value = cutoffs.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise _cutoff(f"The cut-off of level {name} is missing or no number")
    return float(value)


def _score(item: ValueTree | Leaf, columns: Mapping[str, Floats]) -> Floats | None:
    """The 0–100 score of a node or leaf; None where nothing below it is known."""
    if isinstance(item, Leaf):
        return _percentile(columns[item.feature], item.direction) if item.feature in columns else None
    known = [(c.weight, s) for c in item.children if (s := _score(c, columns)) is not None]
    total = sum(weight for weight, _ in known)
    if not total:
        return None
    parts: Floats = np.zeros_like(known[0][1])
    for weight, part in known:
        parts += weight / total * part
    return parts


def _percentile(values: Floats, direction: str) -> Floats | None:
    known = ~np.isnan(values)
    if not known.any():
        return None
    scaled = np.full(len(values), NEUTRAL)
    signed = values[known] if direction == "up" else -values[known]
    scaled[known] = 100 * (mid_ranks(signed) - 0.5) / known.sum()
    return scaled


def _numbers(name: str, column: Column) -> Floats:
    try:
        return np.array(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Refused(f"The value tree needs numbers, and {name} has none", where=name, code="type") from error


def _node(raw: object, place: str) -> ValueTree:
    content = _mapping(raw, place, _NODE_KEYS)
    children = content.get("children")
    if not isinstance(children, list) or not children:
        raise _wrong("A node needs a list of children", f"{place}.children", "Give it leaves, or name a feature")
    items = tuple(_item(child, f"{place}.children[{i}]") for i, child in enumerate(children))
    if not sum(item.weight for item in items):
        raise _wrong("The weights of a node cannot all be zero", f"{place}.children", "Give one of them a weight")
    return ValueTree(str(content.get("name", place)), items, _weight(content, place))


def _item(raw: object, place: str) -> ValueTree | Leaf:
    if not isinstance(raw, Mapping) or "feature" not in raw:
        return _node(raw, place)
    content = _mapping(raw, place, _LEAF_KEYS)
    feature = content["feature"]
    if not isinstance(feature, str) or not feature:
        raise _wrong("A feature is a name", f"{place}.feature", "As in feature: arpu_3m")
    direction = _choice(content, place, "direction", ["up", "down"])
    return Leaf(feature, _weight(content, place), direction, _choice(content, place, "scale", ["percentile"]))


def _mapping(raw: object, place: str, keys: list[str]) -> dict[str, object]:
    if not isinstance(raw, Mapping):
        raise _wrong("A node is a mapping", place, f"With {', '.join(keys)}")
    for key in raw:
        if key not in keys:
            raise _wrong(f"Unknown key {key}", place, nearest(str(key), keys))
    return {str(key): value for key, value in raw.items()}


def _weight(content: Mapping[str, object], place: str) -> float:
    weight = content.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < np.inf:
        raise _wrong(f"A weight is a number from 0 up, not {weight!r}", f"{place}.weight", "As in weight: 0.4")
    return float(weight)


def _choice(content: Mapping[str, object], place: str, key: str, known: list[str]) -> str:
    value = content.get(key, known[0])
    if value not in known:
        raise _wrong(f"{key} cannot be {value!r}", f"{place}.{key}", nearest(str(value), known))
    return str(value)


def _wrong(message: str, where: str, hint: str) -> Refused:
    return Refused(message, where=where, hint=hint, code="value_tree")


def _cutoff(message: str, hint: str = "Give every level of A1, A2, B1, B2, C, D its own") -> Refused:
    return Refused(message, where="cutoffs", hint=hint, code="cutoffs")
