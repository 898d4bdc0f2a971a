"""The indicator tree: nodes and leaves as the planner wrote them, with how leaves are scaled and children weighed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yuelao.analytics import reading
from yuelao.analytics.segmentation.scaling import NEUTRAL, Scale, read_scale
from yuelao.analytics.segmentation.weights import Learned, Pairwise, Weighing, read_weighing

_NODE_KEYS = ["name", "weight", "weights", "children"]
_LEAF_KEYS = ["feature", "weight", "direction", "scale", "unknown"]


@dataclass(frozen=True)
class Leaf:
    """One indicator: a feature, whether more of it is better (`up`) or worse (`down`), its scale, what null counts."""

    feature: str
    scale: Scale
    weight: float = 1.0
    direction: str = "up"
    unknown: float = NEUTRAL

    @property
    def name(self) -> str:
        """Its name in paths."""
        return self.feature


@dataclass(frozen=True)
class Node:
    """A node; the weights of its children count relative to each other, or are found as `weighing` says.

    >>> tree = read_tree({"children": [{"feature": "arpu", "weight": 3},
    ...     {"name": "loyalty", "children": [{"feature": "tenure"}]}]})
    >>> [path for path, _ in tree.leaves()]
    ['arpu', 'loyalty.tenure']
    """

    name: str
    children: tuple["Node | Leaf", ...]
    weight: float = 1.0
    weighing: Weighing | None = None

    def leaves(self, path: str = "") -> Iterator[tuple[str, Leaf]]:
        """All leaves from left to right, each with its path: names of nodes and the feature, joined by dots."""
        for child in self.children:
            below = f"{path}{child.name}"
            if isinstance(child, Leaf):
                yield below, child
            else:
                yield from child.leaves(f"{below}.")

    def features(self) -> tuple[str, ...]:
        """The features of all leaves, from left to right."""
        return tuple(leaf.feature for _, leaf in self.leaves())

    def outcomes(self) -> tuple[str, ...]:
        """The features that some node's weights are learned from."""
        own = (self.weighing.outcome,) if isinstance(self.weighing, Learned) else ()
        return own + tuple(name for c in self.children if isinstance(c, Node) for name in c.outcomes())


def read_tree(raw: object, place: str = "tree") -> Node:
    """Read `{name, weight, weights, children: [{feature, weight, direction, scale, unknown} | node]}`.

    Refused (its `where` the path of the place) where a key is unknown, a value makes no sense, a feature hangs in the
    tree twice, two children of a node have one name, or weights are learned below a node that learns them already.
    """
    tree = _node(raw, place, "all", learns=False)
    features = tree.features()
    twice = sorted({f for f in features if features.count(f) > 1})
    if twice:
        raise reading.wrong(f"The feature {twice[0]} hangs in the tree twice", place, "Let each feature count once")
    return tree


def _node(raw: object, place: str, name: str, learns: bool) -> Node:
    content = reading.mapping(raw, place, _NODE_KEYS)
    below = f"{place}.children"
    children = reading.items(content.get("children"), below)
    weighing = read_weighing(content.get("weights"), f"{place}.weights", len(children))
    whole_branch = weighing is not None and not isinstance(weighing, Pairwise)
    if learns and weighing is not None:
        raise reading.wrong("A node above finds the weights of this one", f"{place}.weights", "Leave this one out")
    found = tuple(_item(c, f"{below}[{i}]", f"{i + 1}", learns or whole_branch) for i, c in enumerate(children))
    names = [child.name for child in found]
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise reading.wrong(f"Two children are called {twice}", below, "Let each child have a name of its own")
    if not sum(child.weight for child in found):
        raise reading.wrong("The weights of a node cannot all be zero", below, "Give one of them a weight")
    return Node(reading.name(content.get("name", name), f"{place}.name"), found, _weight(content, place), weighing)


def _item(raw: object, place: str, name: str, learns: bool) -> Node | Leaf:
    if not isinstance(raw, Mapping) or "feature" not in raw:
        return _node(raw, place, name, learns)
    content = reading.mapping(raw, place, _LEAF_KEYS)
    return Leaf(
        reading.name(content["feature"], f"{place}.feature"),
        read_scale(content.get("scale", "percentile"), f"{place}.scale"),
        _weight(content, place),
        reading.choice(content, "direction", place, ["up", "down"]),
        reading.number(content, "unknown", place, NEUTRAL, 0, 100),
    )


def _weight(content: Mapping[str, object], place: str) -> float:
    return reading.number(content, "weight", place, 1.0, 0)
