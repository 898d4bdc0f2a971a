"""Handset demand in four classes: A strong, B normal replacement, C looks now and then, D none.

The classes are first-match rules over features, written as data (packs/telecom/handset_demand.yaml): each rule gives a
class to whoever meets all its tests (`at_least`, `below`, `in`, `known`), and the last takes the rest. Several rules
may give one class, which is how "or" is said. Conditions of the house's language are not used here, because models
know numbers and values only: a rule reads as a row of a table, runs on every engine, and can be changed on a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.analytics.evidence import Evidence, Output
from yuelao.analytics.segmentation.rules import Rules, read_rules, unknown_features

CLASSES = ("D", "C", "B", "A")  # from the lowest demand to the highest
COLUMN = "handset_demand"


@dataclass(frozen=True)
class HandsetDemand:
    """The classes as a planner defines them: `classes`, rules in order (see `read_rules`)."""

    rules: Rules

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read `{classes: [{gives: A, when: [{feature: age, below: 30}, …]}, …, {gives: D}]}`; Refused with place."""
        content = reading.mapping(definition, "definition", ["classes"], ["classes"])
        return cls(read_rules(content["classes"], "classes", CLASSES[::-1]))

    def inputs(self) -> tuple[str, ...]:
        """The features its rules ask about."""
        return self.rules.features()

    def outputs(self) -> tuple[Output, ...]:
        """The class."""
        return (Output(COLUMN, "level", "Demand for a handset", "换机需求", levels=CLASSES),)

    def fit(self, evidence: Evidence) -> "FittedHandset":
        """Nothing is learned; the features nobody has a value for are named."""
        return FittedHandset(self.rules, unknown_features(evidence.view, self.inputs()))


@dataclass(frozen=True)
class FittedHandset:
    """The rules, and which features no source gave."""

    rules: Rules
    missing: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Which tests nobody can meet."""
        return tuple(f"Nobody has a value of {name}: no test of it is met" for name in self.missing)

    def score(self, view: ir.Table, _within: bool = False, /) -> ir.Table:
        """The table with handset_demand."""
        return view.mutate(**{COLUMN: self.rules.first(view)})
