"""Weighing a tree on evidence: every leaf's effective weight, by hand, by comparison, by entropy or from an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.evidence import Evidence
from yuelao.analytics.segmentation.learning import learn
from yuelao.analytics.segmentation.rules import unknown_features
from yuelao.analytics.segmentation.scoring import FittedTree, Scaling, input_of
from yuelao.analytics.segmentation.tree import Leaf, Node
from yuelao.analytics.segmentation.weights import (
    Entropy,
    Learned,
    Pairwise,
    entropy_weights,
    pairwise_weights,
)

Floats = NDArray[np.float64]
_DIGITS = 15  # an engine may read a number of more digits as a decimal of fewer


def weigh(tree: Node, scaling: Scaling, evidence: Evidence) -> FittedTree:
    """The tree with effective weights. A leaf nobody has a value for gives its weight to the others of its node.

    Refused where weights are to be learned and there is no earlier view.
    """
    weigher = _Weigher(scaling, evidence)
    leaves = weigher.shares(tree, "")
    notes = [f"Nobody has a value of {name}: its weight goes to the others of its node" for name in scaling.missing]
    weights = {path: round(leaves.get(path, 0.0), _DIGITS) for path, _ in tree.leaves()}
    for path in _nodes(tree):
        weights[path] = sum(weight for leaf, weight in leaves.items() if leaf.startswith(f"{path}."))
    outcomes = tree.outcomes()
    missing = (*scaling.missing, *(unknown_features(evidence.view, outcomes) if outcomes else ()))
    return FittedTree(scaling, weights, weigher.consistency, missing, (*notes, *weigher.notes))


@dataclass
class _Weigher:
    scaling: Scaling
    evidence: Evidence
    notes: list[str] = field(default_factory=list)
    consistency: dict[str, float] = field(default_factory=dict)

    def shares(self, node: Node, path: str) -> dict[str, float]:
        """Each known leaf below the node → its share of the node; none where nothing below is known or weighs."""
        if isinstance(node.weighing, Entropy | Learned):
            found = self._found(node, node.weighing, path)
            if found:
                return found
        below = [self._below(child, path) for child in node.children]
        wanted = self._relative(node, path)
        alive = [(weight, leaves) for weight, leaves in zip(wanted, below, strict=True) if leaves and weight > 0]
        total = sum(weight for weight, _ in alive)
        return {leaf: weight / total * share for weight, leaves in alive for leaf, share in leaves.items()}

    def _below(self, child: Node | Leaf, path: str) -> dict[str, float]:
        place = f"{path}{child.name}"
        if isinstance(child, Node):
            return self.shares(child, f"{place}.")
        return {place: 1.0} if place in self.scaling.leaves else {}

    def _relative(self, node: Node, path: str) -> list[float]:
        if not isinstance(node.weighing, Pairwise):
            return [child.weight for child in node.children]
        weights, ratio = pairwise_weights(node.weighing.matrix)
        name = path.removesuffix(".") or node.name
        self.consistency[name] = ratio
        if ratio > 0.1:
            self.notes.append(f"The comparisons of {name} contradict each other: consistency ratio {ratio:.2f} > 0.1")
        return [float(weight) for weight in weights]

    def _found(self, node: Node, weighing: Entropy | Learned, path: str) -> dict[str, float]:
        known = {p: leaf for p, leaf in node.leaves(path) if p in self.scaling.leaves}
        if not known:
            return {}
        if isinstance(weighing, Entropy):
            weights = _by_entropy(self.scaling, known)
            return {p: float(w) for p, w in zip(known, weights, strict=True) if w > 0}
        lesson = learn(node, path, known, weighing, self.evidence)
        self.notes.append(lesson.note)
        return dict(lesson.weights)


def _nodes(node: Node, path: str = "") -> list[str]:
    inner = [child for child in node.children if isinstance(child, Node)]
    return [p for c in inner for p in (f"{path}{c.name}", *_nodes(c, f"{path}{c.name}."))]


def _by_entropy(scaling: Scaling, known: Mapping[str, Leaf]) -> Floats:
    """Sums over the distributions where leaves have one, so that nothing is joined."""
    moments = [_moments(scaling, path, leaf) for path, leaf in known.items()]
    weights = entropy_weights([total for total, _ in moments], [log for _, log in moments], scaling.rows)
    return weights if weights.any() else np.full(len(known), 1 / len(known))


def _moments(scaling: Scaling, path: str, leaf: Leaf) -> tuple[float, float]:
    """Σ s and Σ s·ln s of a scaled leaf over all rows."""
    scaled = scaling.leaves[path]
    if scaled.formula is not None:
        values = scaling.view.select(s=scaled.formula(input_of(scaling.view, leaf)), rows=ibis.literal(1))
    else:
        assert scaled.distributed is not None
        values = scaled.distributed.select(s=scaled.percentile(), rows=scaled.distributed.rows)
    known = values.filter(values.s.notnull())
    log = known.s * ibis.ifelse(known.s > 0, known.s, 1.0).ln()
    row = known.aggregate(total=(known.s * known.rows).sum(), log=(log * known.rows).sum()).to_pyarrow().to_pylist()[0]
    nulls, u = scaling.rows - scaled.known, leaf.unknown
    return row["total"] + nulls * u, row["log"] + nulls * (u * float(np.log(u)) if u > 0 else 0.0)
