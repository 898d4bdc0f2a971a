"""Learning a tree's weights: its leaves on an earlier day against an outcome of the present view, on a fixed sample."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.evidence import KEY, Evidence
from yuelao.analytics.ranks import mid_ranks
from yuelao.analytics.segmentation.scaling import as_number
from yuelao.analytics.segmentation.scoring import column_of, fit_scaling
from yuelao.analytics.segmentation.tree import Leaf, Node
from yuelao.analytics.segmentation.weights import Learned, learned_weights
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
MOST_SAMPLED = 50_000
_LEAST_SAMPLED = 50


@dataclass(frozen=True)
class Lesson:
    """Path → weight (none where nothing was to be learned), and what the weights are worth."""

    weights: Mapping[str, float]
    note: str


def learn(node: Node, path: str, known: Mapping[str, Leaf], weighing: Learned, evidence: Evidence) -> Lesson:
    """Learn on half of a sample and tell the rank correlation with the outcome on the other; then learn on all of it.

    `known`: the leaves below the node by path. Refused where there is no earlier view.
    """
    leaves, outcome = _sample(node, path, known, weighing, evidence)
    name = path.removesuffix(".") or "the tree"
    if len(outcome) < _LEAST_SAMPLED:
        note = f"Only {len(outcome)} customers have {weighing.outcome} and an earlier view: {name} is weighed by hand"
        return Lesson({}, note)
    half = np.arange(len(outcome)) % 2 == 0
    trial = learned_weights(leaves[half], outcome[half], weighing.method)
    by_hand = np.array([leaf.weight for leaf in known.values()])
    here, there = (_rank_correlation(leaves[~half] @ w, outcome[~half]) for w in (trial, by_hand))
    weights = learned_weights(leaves, outcome, weighing.method)
    if not weights.any():
        return Lesson({}, f"No leaf of {name} tells {weighing.outcome}: it is weighed by hand")
    note = (
        f"The weights of {name} are learned from {weighing.outcome} of {len(outcome)} customers: rank correlation "
        f"{here:.3f} on the half not learned from, {there:.3f} with the weights given by hand"
    )
    return Lesson({p: float(w) for p, w in zip(known, weights, strict=True) if w > 0}, note)


def _sample(
    node: Node, path: str, known: Mapping[str, Leaf], weighing: Learned, evidence: Evidence
) -> tuple[Floats, Floats]:
    """Scaled leaves (rows, n) of the earlier view and the present outcome (rows,), in the order of a draw of ids."""
    if evidence.earlier is None:
        hint = "Refresh an earlier day first, or give the weights by hand"
        raise Refused("There is no view of an earlier day to learn weights from", where="weights", hint=hint)
    view, earlier = evidence.view, evidence.earlier
    if weighing.outcome not in view.columns:
        return np.zeros((0, len(known))), np.zeros(0)
    now = view.select(**{"outcome key": view[KEY], "outcome": as_number(view, weighing.outcome)})
    now = now.filter(now.outcome.notnull())
    past = fit_scaling(node, earlier, evidence.keep)
    share = min(1.0, MOST_SAMPLED / max(past.rows, 1))
    drawn = earlier.mutate(**{"outcome draw": earlier[KEY].hexdigest("md5")})
    drawn = drawn.filter(drawn["outcome draw"].left(8) <= f"{min(int(share * 2**32), 2**32 - 1):08x}")
    features = [leaf.feature for leaf in known.values() if leaf.feature in drawn.columns]
    wide = past.add_columns(drawn.select(KEY, "outcome draw", *features), within=True)
    rows = wide.join(now, wide[KEY] == now["outcome key"]).order_by("outcome draw").to_pyarrow()
    columns = [
        rows[column_of(p)].to_numpy() if p in past.leaves else np.full(len(rows), leaf.unknown)
        for p, leaf in ((full.removeprefix(path), leaf) for full, leaf in known.items())
    ]
    return np.column_stack(columns), rows["outcome"].to_numpy()


def _rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's; 0 where one side does not vary."""
    ranks = [mid_ranks(side) for side in (left, right)]
    if any(float(rank.std()) == 0 for rank in ranks):
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
