"""The parts of a definition's form: fields, factors, rules and branches, each with its place; and all of a kind. Pure.

A field's place is the path of its value in the definition, as `tree.children[0].weight`; refusals name the same places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NUMBER, PERCENT, CHOICE, TEXT = "number", "percent", "choice", "text"


@dataclass(frozen=True)
class Field:
    """One value to type or choose; `options` of a choice are (value, name)."""

    place: str
    label: str
    kind: str
    value: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Factor:
    """A weighted feature: of a tree (with settings of its scale) or of a channel (with the order of its values)."""

    place: str
    title: str
    weight: Field
    direction: Field
    scale: Field
    settings: Field | None = None
    unknown: Field | None = None


@dataclass(frozen=True)
class Branch:
    """A node of a tree: how its children are weighed, and the children. `matrix`: comparisons above the diagonal."""

    place: str
    title: str
    weight: Field | None
    weighing: Field
    outcome: Field
    method: Field
    forced: bool
    names: Sequence[str]
    matrix: Sequence[Sequence[str]]
    children: "Sequence[Factor | Branch]"


@dataclass(frozen=True)
class Test:
    """What a rule asks of a feature."""

    __test__ = False

    title: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Rule:
    """A rule: what it gives to whom all tests hold for."""

    place: str
    gives: Field
    tests: Sequence[Test]


@dataclass(frozen=True)
class Part:
    """A part of the page: a heading, then whatever of these the definition has there."""

    place: str
    title: str
    hint: str = ""
    fields: Sequence[Field] = ()
    factors: Sequence[Factor] | None = None
    rules: Sequence[Rule] = ()
    branch: Branch | None = None
    parts: "Sequence[Part]" = ()
    sums_to: str = ""
    """What the fields must add up to, where they must."""


def fields_of(parts: Sequence[Part]) -> list[Field]:
    """All plain fields: those whose value stands in the definition at their place as it is."""
    found: list[Field] = []
    for part in parts:
        found += part.fields
        found += [field for factor in part.factors or () for field in _plain_of(factor)]
        found += [f for rule in part.rules for f in (rule.gives, *(x for test in rule.tests for x in test.fields))]
        found += _fields_below(part.branch) if part.branch else []
        found += fields_of(part.parts)
    return found


def branches_of(parts: Sequence[Part]) -> list[Branch]:
    """All nodes of all trees, parents first."""
    found: list[Branch] = []
    for part in parts:
        found += _below(part.branch) if part.branch else []
        found += branches_of(part.parts)
    return found


def factor_lists(parts: Sequence[Part]) -> list[Part]:
    """The parts that are lists of factors."""
    return [p for part in parts for p in ([part] if part.factors is not None else factor_lists(part.parts))]


def rule_lists(parts: Sequence[Part]) -> list[Part]:
    """The parts that are lists of rules."""
    return [p for part in parts for p in ([part] if part.rules else rule_lists(part.parts))]


def _plain_of(factor: Factor) -> list[Field]:
    if factor.unknown is None:
        return [factor.weight, factor.direction, factor.scale, *([factor.settings] if factor.settings else [])]
    return [factor.weight, factor.direction, factor.unknown]


def _fields_below(branch: Branch) -> list[Field]:
    own = [branch.weight] if branch.weight else []
    for child in branch.children:
        own += _fields_below(child) if isinstance(child, Branch) else _plain_of(child)
    return own


def _below(branch: Branch) -> list[Branch]:
    return [branch, *(b for child in branch.children if isinstance(child, Branch) for b in _below(child))]
