"""The five feature dimensions: identity, consumption, channel, tenure, value-added services, each in levels 1–5."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import ibis
import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.analytics.evidence import KEY, Evidence, Output
from yuelao.analytics.segmentation.levels import Cutoffs, read_cutoffs
from yuelao.analytics.segmentation.needs import FittedNeeds, Needs, fit_needs, read_needs, situated
from yuelao.analytics.segmentation.rules import Rules, read_rules
from yuelao.analytics.segmentation.scaling import as_number
from yuelao.analytics.segmentation.scoring import Counted, FittedScore, count, fit_score
from yuelao.analytics.segmentation.tree import Node, read_tree
from yuelao.analytics.segmentation.weighing import weigh

NAMES = ("identity", "consumption", "channel", "tenure", "vas")
LEVELS = ("1", "2", "3", "4", "5")
COLUMNS = tuple(f"{name}_level" for name in NAMES)
_KEYS = ["title", "levels", "tree", "cutoffs", "rules", "bands"]
_EN = ("Identity", "Consumption", "Channel", "Tenure", "Value-added services")
_ZH = ("身份特征", "消费特征", "渠道特征", "在网特征", "增值业务特征")


@dataclass(frozen=True)
class Scored:
    """Levels cut from the score of a tree."""

    tree: Node
    cutoffs: Cutoffs


@dataclass(frozen=True)
class Bands:
    """Levels by one feature: 2 from the first bound up, … 5 from the last; `unknown` where it is null."""

    feature: str
    bounds: tuple[float, ...]
    unknown: str


@dataclass(frozen=True)
class Dimension:
    """One dimension; `texts` and `levels`: (en, zh) of itself and of its levels 1 … 5."""

    name: str
    texts: tuple[str, str]
    levels: tuple[tuple[str, str], ...]
    way: Scored | Rules | Bands

    def features(self) -> tuple[str, ...]:
        """The features it looks at."""
        if isinstance(self.way, Bands):
            return (self.way.feature,)
        return self.way.features() if isinstance(self.way, Rules) else self.way.tree.features()


@dataclass(frozen=True)
class Dimensions:
    """The five dimensions as a planner defines them, and the needs that are looked for in their matrix."""

    dimensions: tuple[Dimension, ...]
    needs: Needs | None = None

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read `{dimensions: {identity: {title, levels, tree + cutoffs | rules | bands}, …}, needs}`.

        Refused with the path of the place, as in `dimensions.tenure.bands.feature`.
        """
        content = reading.mapping(definition, "definition", ["dimensions", "needs"], ["dimensions"])
        each = reading.mapping(content["dimensions"], "dimensions", NAMES, NAMES)
        found = tuple(_dimension(name, each[name]) for name in NAMES)
        return cls(found, read_needs(content["needs"], "needs") if "needs" in content else None)

    def inputs(self) -> tuple[str, ...]:
        """The features of all dimensions and of the explicit needs."""
        needs = self.needs.features() if self.needs else ()
        learned = (n for d in self.dimensions if isinstance(d.way, Scored) for n in d.way.tree.outcomes())
        return tuple(dict.fromkeys((*(n for d in self.dimensions for n in d.features()), *learned, *needs)))

    def outputs(self) -> tuple[Output, ...]:
        """One level for each dimension; with needs, the first need of each customer and its lift."""
        levels = tuple(
            Output(column, "level", *dimension.texts, levels=LEVELS)
            for column, dimension in zip(COLUMNS, self.dimensions, strict=True)
        )
        if self.needs is None:
            return levels
        need = Output("top_need", "text", "Product most needed", "首要需求产品")
        lift = Output("top_need_lift", "number", "Lift of the product most needed", "首要需求提升度", "times")
        return (*levels, need, lift)

    def fit(self, evidence: Evidence) -> "FittedDimensions":
        """Fit the dimensions one by one, then the needs on the matrix of their levels."""
        leaves = [leaf for d in self.dimensions if isinstance(d.way, Scored) for _, leaf in d.way.tree.leaves()]
        counted = count(evidence.view, leaves, self.inputs())
        fitted = {d.name: _fit(d.way, evidence, counted) for d in self.dimensions}
        missing = [name for name in self.inputs() if not counted.columns.get(name)]
        told = {name for d in self.dimensions if isinstance(d.way, Scored) for name in d.features()}
        notes = [f"Nobody has a value of {name}: no test of it is met" for name in missing if name not in told]
        for name, way in fitted.items():
            if isinstance(way, FittedScore):
                notes += [f"{name}: {note}" for note in way.tree.notes]
        model = FittedDimensions(fitted, tuple(missing), tuple(notes), evidence)
        if self.needs is None:
            return model
        wanted = [name for name in evidence.view.columns if name == KEY or name in self.inputs()]
        needs = fit_needs(self.needs, model.levels(evidence.view.select(wanted), within=True), evidence)
        return FittedDimensions(fitted, tuple(missing), (*notes, *needs.notes), evidence, needs)


@dataclass(frozen=True)
class FittedDimensions:
    """The dimensions on their evidence, and the needs, if some are defined."""

    ways: Mapping[str, FittedScore | Rules | Bands]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    evidence: Evidence
    needed: FittedNeeds | None = None

    @property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """Dimension → path of a node or leaf → its effective share of the score, for those that are scored."""
        return {name: way.tree.weights for name, way in self.ways.items() if isinstance(way, FittedScore)}

    def levels(self, view: ir.Table, within: bool = False) -> ir.Table:
        """The table with the five levels; within: it has the rows of the view it was fitted to."""
        found, within = view, within or view.equals(self.evidence.view)
        for name, column in zip(NAMES, COLUMNS, strict=True):
            way = self.ways[name]
            if isinstance(way, FittedScore):
                others = [c for c in found.columns if c != column]
                found = way.with_level(found, f"score of {name}", column, within).select(*others, column)
            else:
                level = way.first(found) if isinstance(way, Rules) else _banded(way, found)
                found = found.mutate(**{column: level})
        return found

    def score(self, view: ir.Table, within: bool = False, /) -> ir.Table:
        """The table with the five levels and, where needs are defined, top_need and top_need_lift."""
        if self.needed is None:
            return self.levels(view, within)
        added = self.needed.tops(self._situated(view, within))
        added = added.rename({"scored key": KEY})
        own = [name for name in view.columns if name not in added.columns]
        return view.select(own).left_join(added, view[KEY] == added["scored key"]).drop("scored key")

    def details(self, view: ir.Table) -> Mapping[str, ir.Table]:
        """What tells one customer's needs any time, where some are defined; see `FittedNeeds.details`."""
        return {} if self.needed is None else self.needed.details(self._situated(view))

    def _situated(self, view: ir.Table, within: bool = False) -> ir.Table:
        assert self.needed is not None
        if within or view.equals(self.evidence.view):
            return self.needed.situated
        return situated(self.needed.ranking.needs, self.needed.held, self.levels(view))


def _dimension(name: str, raw: object) -> Dimension:
    place = f"dimensions.{name}"
    content = reading.mapping(raw, place, _KEYS)
    ways = [way for way in ("tree", "rules", "bands") if way in content]
    if len(ways) != 1 or ("cutoffs" in content) != (ways == ["tree"]):
        raise reading.wrong("A dimension has a tree with cutoffs, or rules, or bands", place, "Give one of them")
    at = NAMES.index(name)
    texts = reading.texts(content["title"], f"{place}.title") if "title" in content else (_EN[at], _ZH[at])
    named = reading.items(content.get("levels", [{"en": n, "zh": n} for n in LEVELS]), f"{place}.levels", 5)
    if len(named) > len(LEVELS):
        raise reading.wrong("There are five levels", f"{place}.levels", "Give five texts, from 1 to 5")
    levels = tuple(reading.texts(text, f"{place}.levels[{i}]") for i, text in enumerate(named))
    return Dimension(name, texts, levels, _way(content, ways[0], place))


def _way(content: Mapping[str, object], way: str, place: str) -> Scored | Rules | Bands:
    if way == "tree":
        tree = read_tree(content["tree"], f"{place}.tree")
        return Scored(tree, read_cutoffs(content["cutoffs"], LEVELS, f"{place}.cutoffs"))
    if way == "rules":
        return read_rules(content["rules"], f"{place}.rules", LEVELS)
    at = f"{place}.bands"
    bands = reading.mapping(content["bands"], at, ["feature", "bounds", "unknown"], ["feature", "bounds"])
    raw = reading.items(bands["bounds"], f"{at}.bounds", 4)
    bounds = tuple(reading.as_number(bound, f"{at}.bounds[{i}]") for i, bound in enumerate(raw))
    if len(bounds) > 4 or any(a >= b for a, b in pairwise(bounds)):
        raise reading.wrong("Four rising bounds part five levels", f"{at}.bounds", "As in [6, 24, 60, 120]")
    unknown = reading.choice({"unknown": str(bands.get("unknown", "1"))}, "unknown", at, LEVELS)
    return Bands(reading.name(bands["feature"], f"{at}.feature"), bounds, unknown)


def _fit(way: Scored | Rules | Bands, evidence: Evidence, counted: Counted) -> FittedScore | Rules | Bands:
    if isinstance(way, Scored):
        return fit_score(way.tree, way.cutoffs, evidence, lambda s: weigh(way.tree, s, evidence), counted)
    return way


def _banded(bands: Bands, view: ir.Table) -> ir.StringValue:
    if bands.feature not in view.columns:
        return ibis.literal(bands.unknown)
    x = as_number(view, bands.feature)
    from_top = list(zip(bands.bounds, LEVELS[1:], strict=True))[::-1]
    cases = [(x >= bound, ibis.literal(level)) for bound, level in from_top]
    return ibis.cases(*cases, (x.notnull(), ibis.literal(LEVELS[0])), else_=ibis.literal(bands.unknown))
