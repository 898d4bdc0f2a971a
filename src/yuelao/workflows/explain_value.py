"""Explain value: which indicators lift or lower one customer most, by the definition that gave the levels of the view.

An indicator counts its score of 0–100 times its effective weight; what it adds is counted from the middle, 50, so that
all together they make the difference of the customer's value score from 50. Of a large base a part is counted, so that
they do so about.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evidence import Evidence
from yuelao.analytics.segmentation.scaling import NEUTRAL, Percentile
from yuelao.analytics.segmentation.scoring import ScaledLeaf, Scaling, fit_scaling, input_of
from yuelao.analytics.segmentation.tree import Leaf, Node
from yuelao.analytics.segmentation.value import LEVEL, SCORE, ValueModel
from yuelao.analytics.segmentation.weighing import weigh
from yuelao.analytics.segmentation.weights import Entropy, Learned
from yuelao.warehouse.one_customer import only
from yuelao.warehouse.remarks import read_remarks
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.standing import Standing, counted_among, standings
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import DATASET, SCORES, newest_view
from yuelao.workflows.describe_segments import applied_definition
from yuelao.workflows.house import House

KIND = "value_segmentation"


class Indicator(BaseModel):
    """One indicator of a customer: `value` (None: unknown), of the customers with a value the share with a lower one
    (`below`) and a higher one (`above`), both None where its scale does not rank, its score 0–100, and what it adds.
    """

    model_config = ConfigDict(frozen=True)

    feature: str
    value: float | str | bool | None
    below: float | None
    above: float | None
    score: float
    weight: float

    @property
    def adds(self) -> float:
        """Points of the value score above or below the middle."""
        return (self.score - NEUTRAL) * self.weight


class ValueExplained(BaseModel):
    """Why a customer has the level: the indicators, those that add or take most first."""

    model_config = ConfigDict(frozen=True)

    as_of: date
    level: str | None
    score: float | None
    indicators: list[Indicator]


def explain_value(house: House, customer_id: str) -> ValueExplained | None:
    """Why the newest view gives the customer the level of value it does.

    Weights are those that gave the levels. None without a view, without the customer in it or a definition, and where
    the data found some of the weights of a view scored before weights were kept.
    """
    with house.lake.snapshot() as snapshot:
        version = applied_definition(house, snapshot, KIND) if snapshot.partitions(SCORES) else None
        if version is None:
            return None
        tree, as_of = ValueModel.from_definition(version.definition.content).tree, newest_view(snapshot)
        remarks = read_remarks(snapshot, as_of).get(KIND)
        kept = remarks.weights if remarks else {}
        if _is_found(tree) and not kept:
            return None
        return _explained(snapshot, tree, as_of, customer_id, kept)


def _is_found(node: Node) -> bool:
    """Whether the data finds some of the weights."""
    below = [child for child in node.children if isinstance(child, Node)]
    return isinstance(node.weighing, Entropy | Learned) or any(map(_is_found, below))


def _explained(
    snapshot: Snapshot, tree: Node, as_of: date, customer_id: str, kept: Mapping[str, float]
) -> ValueExplained | None:
    whole = snapshot.dataset(DATASET, as_of.isoformat())
    leaves = {path: leaf for path, leaf in tree.leaves() if leaf.feature in whole.columns}
    view = whole.select(KEY, *dict.fromkeys(leaf.feature for leaf in leaves.values()))
    ranked = {path: leaf for path, leaf in leaves.items() if isinstance(leaf.scale, Percentile)}
    others = _fitted(snapshot, view, {path: leaf for path, leaf in leaves.items() if path not in ranked})
    row = _row(view, customer_id, others)
    said = (
        only(customer_id).of(snapshot.dataset(SCORES, as_of.isoformat())).select(SCORE, LEVEL).to_pyarrow().to_pylist()
    )
    if row is None or not said:
        return None
    names = list(dict.fromkeys(leaf.feature for leaf in ranked.values()))
    stands = standings(counted_among(view), only(customer_id).of(view), names)
    known = {path: ScaledLeaf(leaf, stands[leaf.feature].known) for path, leaf in ranked.items()} | dict(others)
    alive = {path: scaled for path, scaled in known.items() if scaled.known}
    weights = kept or _by_hand(tree, view, as_of, alive, snapshot)
    indicators = [
        _indicator(path, leaves[path], row, stands.get(leaves[path].feature), weights[path])
        for path in alive
        if weights.get(path)
    ]
    indicators.sort(key=lambda each: -abs(each.adds))
    return ValueExplained(as_of=as_of, level=said[0][LEVEL], score=said[0][SCORE], indicators=indicators)


def _by_hand(
    tree: Node, view: Any, as_of: date, alive: Mapping[str, ScaledLeaf], snapshot: Snapshot
) -> Mapping[str, float]:
    """The weights of a view scored before weights were kept, of a tree that the data finds none of."""
    scaling = Scaling(view, 0, alive, tuple(leaf.feature for path, leaf in tree.leaves() if path not in alive))
    return weigh(tree, scaling, Evidence(view, as_of, snapshot.engine.keep)).weights


def _fitted(snapshot: Snapshot, view: Any, leaves: Mapping[str, Leaf]) -> Mapping[str, ScaledLeaf]:
    """The leaves that are not ranked, scaled to the view."""
    if not leaves:
        return {}
    found = fit_scaling(Node("others", tuple(leaves.values())), view, snapshot.engine.keep).leaves
    return {path: found[leaf.feature] for path, leaf in leaves.items() if leaf.feature in found}


def _row(view: Any, customer_id: str, others: Mapping[str, ScaledLeaf]) -> dict[str, Any] | None:
    """The customer's values, and the scores of what is not ranked."""
    own = only(customer_id).of(view)
    scores = {
        f"score {path}": scaled.formula(input_of(own, scaled.leaf))
        for path, scaled in others.items()
        if scaled.formula is not None
    }
    rows: list[dict[str, Any]] = own.mutate(**scores).to_pyarrow().to_pylist()
    return rows[0] if rows else None


def _indicator(path: str, leaf: Leaf, row: Mapping[str, Any], stands: Standing | None, weight: float) -> Indicator:
    below = above = None
    score = row.get(f"score {path}")
    value = _plain(row[leaf.feature])
    if stands is not None and value is not None:
        below, above = stands.below / stands.known, stands.above / stands.known
        percentile = 100.0 * (stands.below + stands.same / 2.0) / stands.known
        score = 100.0 - percentile if leaf.direction == "down" else percentile
    return Indicator(
        feature=leaf.feature,
        value=value,
        below=below,
        above=above,
        score=leaf.unknown if score is None else score,
        weight=weight,
    )


def _plain(value: Any) -> float | str | bool | None:
    """A value as JSON has it; NaN is unknown."""
    if value is None or isinstance(value, bool | str):
        return value
    number = float(value)
    return None if number != number else number
