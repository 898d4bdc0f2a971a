"""Value segmentation: a weighted tree of indicators → a score of 100 → six levels, A1 (highest) … D."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.analytics.evidence import Evidence, Output
from yuelao.analytics.segmentation.levels import VALUE_LEVELS, Cutoffs, read_cutoffs
from yuelao.analytics.segmentation.scoring import FittedScore, fit_score
from yuelao.analytics.segmentation.tree import Node, read_tree
from yuelao.analytics.segmentation.weighing import weigh

SCORE, LEVEL = "value_score", "value_level"


@dataclass(frozen=True)
class ValueModel:
    """The value of customers as a planner defines it: `tree` (see `read_tree`) and `cutoffs` (see `read_cutoffs`)."""

    tree: Node
    cutoffs: Cutoffs

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read `{tree, cutoffs}`; Refused with the path of the place, as in `tree.children[1].weight`."""
        content = reading.mapping(definition, "definition", ["tree", "cutoffs"], ["tree", "cutoffs"])
        return cls(read_tree(content["tree"]), read_cutoffs(content["cutoffs"], VALUE_LEVELS))

    def inputs(self) -> tuple[str, ...]:
        """The features of its leaves, and those its weights are learned from."""
        return tuple(dict.fromkeys((*self.tree.features(), *self.tree.outcomes())))

    def outputs(self) -> tuple[Output, ...]:
        """The score of 100 and the level."""
        return (
            Output(SCORE, "number", "Value score, of 100", "价值得分（百分制）", "points"),
            Output(LEVEL, "level", "Value level", "价值等级", levels=VALUE_LEVELS),
        )

    def fit(self, evidence: Evidence) -> "FittedValue":
        """Scale the leaves, weigh them, and find the limits of the levels."""
        return FittedValue(fit_score(self.tree, self.cutoffs, evidence, lambda s: weigh(self.tree, s, evidence)))


@dataclass(frozen=True)
class FittedValue:
    """The value model on its evidence, with what a page shows of it."""

    fitted: FittedScore

    @property
    def missing(self) -> tuple[str, ...]:
        """The features nobody has a value for."""
        return self.fitted.tree.missing

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done about missing leaves and weights."""
        return self.fitted.tree.notes

    @property
    def weights(self) -> Mapping[str, float]:
        """Path of a node or leaf → its effective share of the score; those of the leaves sum to 1."""
        return self.fitted.tree.weights

    @property
    def consistency(self) -> Mapping[str, float]:
        """Path of a node compared in pairs → its consistency ratio."""
        return self.fitted.tree.consistency

    @property
    def limits(self) -> Mapping[str, float | None]:
        """Level, from the top → the lowest score in it; None where nobody reaches it. D is the rest."""
        return dict(zip(self.fitted.limits.names, self.fitted.limits.lowest, strict=False))

    def score(self, view: ir.Table, within: bool = False, /) -> ir.Table:
        """The table with value_score (0–100) and value_level."""
        return self.fitted.with_level(view, SCORE, LEVEL, within)
