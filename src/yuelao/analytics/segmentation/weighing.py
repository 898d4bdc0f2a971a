"""Weighing a tree on evidence: every leaf's effective weight, by hand, by comparison, by entropy or from an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.evidence import KEY, Evidence
from yuelao.analytics.ranks import mid_ranks
from yuelao.analytics.segmentation.scaling import as_number
from yuelao.analytics.segmentation.scoring import FittedTree, Scaling, column_of, fit_scaling, input_of
from yuelao.analytics.segmentation.tree import Leaf, Node
from yuelao.analytics.segmentation.weights import (
    Entropy,
    Learned,
    Pairwise,
    entropy_weights,
    learned_weights,
    pairwise_weights,
)
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
MOST_SAMPLED = 50_000
_LEAST_SAMPLED = 50


def weigh(tree: Node, scaling: Scaling, evidence: Evidence) -> FittedTree:
    """The tree with effective weights. A leaf nobody has a value for gives its weight to the others of its node.

    Refused where weights are to be learned and there is no earlier view, or the outcome is not in the present one.
    """
    weigher = _Weigher(scaling, evidence)
    leaves = weigher.shares(tree, "")
    notes = [f"Nobody has a value of {name}: its weight goes to the others of its node" for name in scaling.missing]
    weights = {path: leaves.get(path, 0.0) for path, _ in tree.leaves()}
    for path in _nodes(tree):
        weights[path] = sum(weight for leaf, weight in leaves.items() if leaf.startswith(f"{path}."))
    return FittedTree(scaling, weights, weigher.consistency, (*notes, *weigher.notes))


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
            said = path.removesuffix(".") or "the tree"
            self.notes.append(f"No leaf of {said} tells the outcome: weighed by hand")
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
        else:
            weights, note = _by_outcome(node, path, known, weighing, self.evidence)
            self.notes.append(note)
        return {p: float(w) for p, w in zip(known, weights, strict=True) if w > 0}


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


def _by_outcome(
    node: Node, path: str, known: Mapping[str, Leaf], weighing: Learned, evidence: Evidence
) -> tuple[Floats, str]:
    """Weights learned on a fixed sample of the earlier view, and what they are worth on rows not learned from."""
    leaves, outcome = _sample(node, path, known, weighing, evidence)
    if len(outcome) < _LEAST_SAMPLED:
        said = f"Only {len(outcome)} customers have both {weighing.outcome} and an earlier view"
        return np.zeros(len(known)), f"{said}: too few to learn from"
    half = np.arange(len(outcome)) % 2 == 0
    trial = learned_weights(leaves[half], outcome[half], weighing.method)
    by_hand = np.array([leaf.weight for leaf in known.values()])
    here, there = (_rank_correlation(leaves[~half] @ w, outcome[~half]) for w in (trial, by_hand))
    said = f"learned from {weighing.outcome} of {len(outcome)} customers"
    worth = f"rank correlation {here:.3f} on the half not learned from, {there:.3f} with the leaves' own weights"
    return learned_weights(
        leaves, outcome, weighing.method
    ), f"Weights of {path.removesuffix('.') or node.name} {said}: {worth}"


def _sample(
    node: Node, path: str, known: Mapping[str, Leaf], weighing: Learned, evidence: Evidence
) -> tuple[Floats, Floats]:
    """Scaled leaves (rows, n) of the earlier view and the present outcome (rows,), in the order of a draw of ids."""
    if evidence.earlier is None:
        hint = "Refresh an earlier day first, or give the weights by hand"
        raise Refused("There is no view of an earlier day to learn weights from", where="weights", hint=hint)
    if weighing.outcome not in evidence.view.columns:
        raise Refused(
            f"The view has no {weighing.outcome} to learn from", where="weights.outcome", hint="Name a feature"
        )
    view, earlier = evidence.view, evidence.earlier
    now = view.select(**{"outcome key": view[KEY], "outcome": as_number(view, weighing.outcome)})
    now = now.filter(now.outcome.notnull())
    past = fit_scaling(node, earlier, evidence.keep)
    share = min(1.0, MOST_SAMPLED / max(past.rows, 1))
    drawn = earlier.mutate(**{"outcome draw": earlier[KEY].hexdigest("md5")})
    drawn = drawn.filter(drawn["outcome draw"].left(8) < f"{min(int(share * 2**32), 2**32 - 1):08x}")
    wide = past.add_columns(drawn.select(KEY, "outcome draw", *_present(drawn.columns, known)), within=True)
    both = wide.join(now, wide[KEY] == now["outcome key"])
    rows = both.order_by("outcome draw").to_pyarrow()
    columns = [
        rows[column_of(p)].to_numpy() if p in past.leaves else np.full(len(rows), leaf.unknown)
        for p, leaf in ((full.removeprefix(path), leaf) for full, leaf in known.items())
    ]
    return np.column_stack(columns), rows["outcome"].to_numpy()


def _present(columns: tuple[str, ...], known: Mapping[str, Leaf]) -> list[str]:
    return [leaf.feature for leaf in known.values() if leaf.feature in columns]


def _rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's; 0 where one side does not vary."""
    ranks = [mid_ranks(side) for side in (left, right)]
    if any(float(rank.std()) == 0 for rank in ranks):
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
