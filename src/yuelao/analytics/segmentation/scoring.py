"""A tree fitted to a view: which leaves have values, how each is scaled, what each weighs; and the score of a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from yuelao.analytics.evidence import KEY, Evidence, Keep
from yuelao.analytics.segmentation.levels import Cutoffs, Limits
from yuelao.analytics.segmentation.scaling import (
    NEUTRAL,
    Curve,
    Formula,
    MinMax,
    Percentile,
    Points,
    accumulated,
    as_number,
    curve_formula,
    distribution,
    points_formula,
    quantile,
    ranked,
)
from yuelao.analytics.segmentation.tree import Leaf, Node


@dataclass(frozen=True)
class ScaledLeaf:
    """A leaf with what its scaling learned: a formula, or the distribution (value, rows, upto) of `known` rows."""

    leaf: Leaf
    known: int
    formula: Formula | None = None
    distributed: ir.Table | None = None

    def percentile(self, distributed: ir.Table | None = None) -> ir.Value:
        """The percentile of each value of the distribution."""
        table = self.distributed if distributed is None else distributed
        assert table is not None
        return ranked(table, self.known, self.leaf.direction == "down")


@dataclass(frozen=True)
class Scaling:
    """The leaves of a tree that somebody has a value for, scaled to `view`; and those that nobody has."""

    view: ir.Table
    rows: int
    leaves: Mapping[str, ScaledLeaf]
    missing: tuple[str, ...]

    def add_columns(self, view: ir.Table, within: bool = False) -> ir.Table:
        """The table with one column 0–100 for each leaf, called by `column_of`.

        within: every value of the table occurs in the view it was fitted to; found out for that view itself.
        """
        within = within or view.equals(self.view)
        own = tuple(view.columns)
        found = {path: scaled for path, scaled in self.leaves.items() if scaled.leaf.feature in own}
        ranks = {path: _ranks(view, scaled, path, within) for path, scaled in found.items() if not scaled.formula}
        keys = {_key_of(path): as_number(view, self.leaves[path].leaf.feature) for path in ranks}
        keyed = joined = view.mutate(**keys)
        for path, table in ranks.items():
            joined = joined.left_join(table, keyed[_key_of(path)] == table[f"{_key_of(path)} met"])
        columns = {}
        for path, scaled in self.leaves.items():
            column = ibis.literal(scaled.leaf.unknown)
            if path in ranks:
                column = joined[f"{_key_of(path)} rank"].fill_null(column)
            elif scaled.formula and path in found:
                column = scaled.formula(input_of(joined, scaled.leaf)).fill_null(column)
            columns[column_of(path)] = column
        return joined.mutate(**columns).select(*own, *columns)


def column_of(path: str) -> str:
    """The name of the column that holds a scaled leaf; no feature is called so."""
    return f"scaled {path}"


def input_of(view: ir.Table, leaf: Leaf) -> ir.Value:
    """The feature of a leaf as its scale wants it."""
    return view[leaf.feature] if isinstance(leaf.scale, Points) else as_number(view, leaf.feature)


@dataclass(frozen=True)
class Counted:
    """How many rows a view has, and how many of them have a value: as each leaf reads its feature, and in columns."""

    rows: int
    leaves: Mapping[Leaf, int]
    columns: Mapping[str, int]


def count(view: ir.Table, leaves: Iterable[Leaf], columns: Iterable[str] = ()) -> Counted:
    """Count the values in one pass; leaves and columns that the view has no column of are not counted.

    Refused where a feature that has to be a number is text.
    """
    here = [leaf for leaf in leaves if leaf.feature in view.columns]
    there = [name for name in columns if name in view.columns]
    sums = {f"leaf_{i}": input_of(view, leaf).count() for i, leaf in enumerate(here)}
    sums |= {f"column_{i}": view[name].count() for i, name in enumerate(there)}
    row = view.aggregate(rows=view.count(), **sums).to_pyarrow().to_pylist()[0]
    known = {leaf: row[f"leaf_{i}"] for i, leaf in enumerate(here)}
    return Counted(row["rows"], known, {name: row[f"column_{i}"] for i, name in enumerate(there)})


def fit_scaling(tree: Node, view: ir.Table, keep: Keep, counted: Counted | None = None) -> Scaling:
    """Scale all leaves to a view: one pass for each leaf scaled by percentile or quantiles, one more if not `counted`.

    Refused where a feature that has to be a number is text.
    """
    found = counted or count(view, (leaf for _, leaf in tree.leaves()))
    known = {path: found.leaves.get(leaf, 0) for path, leaf in tree.leaves()}
    leaves = {path: _scaled(leaf, view, known[path], keep) for path, leaf in tree.leaves() if known[path]}
    return Scaling(view, found.rows, leaves, tuple(leaf.feature for p, leaf in tree.leaves() if p not in leaves))


def _scaled(leaf: Leaf, view: ir.Table, known: int, keep: Keep) -> ScaledLeaf:
    scale = leaf.scale
    if isinstance(scale, Curve):
        return ScaledLeaf(leaf, known, _turned(curve_formula(scale.points), leaf))
    if isinstance(scale, Points):
        return ScaledLeaf(leaf, known, _turned(points_formula(scale), leaf))
    distributed = distribution(view.select(value=as_number(view, leaf.feature)))
    if isinstance(scale, Percentile):
        return ScaledLeaf(leaf, known, distributed=keep(distributed))
    return ScaledLeaf(leaf, known, _turned(_between(distributed, known, scale), leaf))


def _between(distributed: ir.Table, known: int, scale: MinMax) -> Formula:
    ends = distributed.aggregate(
        low=quantile(distributed, known, scale.low), high=quantile(distributed, known, scale.high)
    )
    found = ends.to_pyarrow().to_pylist()[0]
    low, high = found["low"], found["high"]
    if low == high:
        return curve_formula(((low, NEUTRAL),))
    return curve_formula(((low, 0.0), (high, 100.0)))


def _turned(formula: Formula, leaf: Leaf) -> Formula:
    return formula if leaf.direction == "up" else lambda x: 100.0 - formula(x)


def _ranks(view: ir.Table, scaled: ScaledLeaf, path: str, within: bool) -> ir.Table:
    """The percentile of each value that the table has; one never seen stands between its neighbours."""
    distributed = scaled.distributed
    assert distributed is not None
    if not within:
        value = as_number(view, scaled.leaf.feature)
        unseen = view.select(value=value, rows=ibis.literal(0, "int64")).filter(ibis._.value.notnull()).distinct()
        both = ibis.union(distributed.select("value", "rows"), unseen)
        distributed = accumulated(both.group_by("value").aggregate(rows=both.rows.sum().cast("int64")))
    key = _key_of(path)
    return distributed.select(**{f"{key} met": distributed.value, f"{key} rank": scaled.percentile(distributed)})


def _key_of(path: str) -> str:
    return f"key {path}"


@dataclass(frozen=True)
class FittedTree:
    """A tree whose leaves are scaled and weighed; `weights`: effective share of every node and leaf by path."""

    scaling: Scaling
    weights: Mapping[str, float]
    consistency: Mapping[str, float]
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    def with_score(self, view: ir.Table, name: str, within: bool = False) -> ir.Table:
        """The table with the score 0–100 as a column; 50 for all where no leaf is known."""
        others = [column for column in view.columns if column != name]
        wide = self.scaling.add_columns(view.select(others) if len(others) < len(view.columns) else view, within)
        parts = [wide[column_of(path)] * self.weights[path] for path in self.scaling.leaves if self.weights[path]]
        score = reduce(add, parts) if parts else ibis.literal(NEUTRAL)
        return wide.mutate(**{name: score.cast("float64")}).select(*others, name)


@dataclass(frozen=True)
class FittedScore:
    """A fitted tree with the limits of its levels; what was scored while fitting is kept (customer_id, score)."""

    tree: FittedTree
    limits: Limits
    base: ir.Table
    scored: ir.Table | None

    def with_level(self, view: ir.Table, score: str, level: str, within: bool = False) -> ir.Table:
        """The table with the columns `score` and `level`; within: it is the base, with some columns more."""
        within = within or view.equals(self.base)
        if self.scored is not None and within and score not in view.columns:
            known = self.scored.select(**{"scored key": self.scored[KEY], score: self.scored.score})
            found = view.left_join(known, view[KEY] == known["scored key"]).drop("scored key")
        else:
            found = self.tree.with_score(view, score, within)
        return found.mutate(**{level: self.limits.level(found[score])})


def fit_score(
    tree: Node,
    cutoffs: Cutoffs,
    evidence: Evidence,
    weigh: Callable[[Scaling], FittedTree],
    counted: Counted | None = None,
) -> FittedScore:
    """Scale, weigh (`weigh` gives the fitted tree), and, where levels go by shares, score all to find their limits.

    `counted`: the values of the view, where they are known already.
    """
    fitted = weigh(fit_scaling(tree, evidence.view, evidence.keep, counted))
    if cutoffs.by == "score":
        return FittedScore(fitted, Limits(cutoffs.names, cutoffs.numbers), evidence.view, None)
    wanted = [KEY, *(name for name in evidence.view.columns if name in tree.features() and name != KEY)]
    narrow = fitted.with_score(evidence.view.select(wanted), "score", within=True)
    scored = evidence.keep(narrow.select(KEY, "score"))
    return FittedScore(fitted, cutoffs.fit(scored), evidence.view, scored)
