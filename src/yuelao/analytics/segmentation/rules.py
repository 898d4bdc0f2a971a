"""First-match rules over features: bands and sets of values, written as data; what is unknown meets no test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.analytics.segmentation.scaling import as_number, equals

_TEST_KEYS = ["feature", "at_least", "below", "in", "known"]


@dataclass(frozen=True)
class Test:
    """A question about one feature: at least, below, one of, known or not; all that are given must hold."""

    __test__ = False

    feature: str
    at_least: float | None = None
    below: float | None = None
    values: tuple[str, ...] | None = None
    known: bool | None = None

    def holds(self, view: ir.Table) -> ir.BooleanValue:
        """Whether it holds for each row: true or false, never null."""
        if self.feature not in view.columns or isinstance(view[self.feature].type(), dt.Null):
            return ibis.literal(self.known is False and self._only_known)
        column = view[self.feature]
        parts: list[ir.BooleanValue] = []
        if self.known is not None:
            parts.append(column.notnull() if self.known else column.isnull())
        if self.at_least is not None:
            parts.append(as_number(view, self.feature) >= self.at_least)
        if self.below is not None:
            parts.append(as_number(view, self.feature) < self.below)
        if self.values is not None:
            parts.append(_one_of(column, self.values))
        return reduce(and_, parts).fill_null(False)

    @property
    def _only_known(self) -> bool:
        return self.at_least is None and self.below is None and self.values is None


@dataclass(frozen=True)
class Rule:
    """What a row gets for which all tests hold; without tests every row."""

    gives: str
    tests: tuple[Test, ...]

    def holds(self, view: ir.Table) -> ir.BooleanValue:
        """Whether all tests hold for each row."""
        return reduce(and_, (test.holds(view) for test in self.tests), ibis.literal(True))


@dataclass(frozen=True)
class Rules:
    """Rules in order; the first that holds decides. The last has no tests.

    >>> import pyarrow as pa
    >>> rules = read_rules([{"gives": "A", "when": [{"feature": "age", "below": 30}]}, {"gives": "B"}], "rules", "BA")
    >>> table = ibis.memtable(pa.table({"age": [20, 40, None]}))
    >>> rules.first(table).name("x").to_pyarrow().to_pylist()
    ['A', 'B', 'B']
    """

    rules: tuple[Rule, ...]

    def features(self) -> tuple[str, ...]:
        """The features asked about, each once."""
        return tuple(dict.fromkeys(test.feature for rule in self.rules for test in rule.tests))

    def first(self, view: ir.Table) -> ir.StringValue:
        """What each row gets."""
        cases = [(rule.holds(view), ibis.literal(rule.gives)) for rule in self.rules[:-1]]
        rest = ibis.literal(self.rules[-1].gives)
        return ibis.cases(*cases, else_=rest) if cases else rest


def read_rules(raw: object, place: str, levels: Sequence[str]) -> Rules:
    """Read `[{gives: A, when: [{feature: age, below: 30}, …]}, …, {gives: D}]`; the last without `when`.

    Refused, its `where` the path of the place.
    """
    rules = []
    listed = reading.items(raw, place)
    for i, item in enumerate(listed):
        at = f"{place}[{i}]"
        content = reading.mapping(item, at, ["gives", "when"], ["gives"])
        gives = reading.choice({"gives": str(content["gives"])}, "gives", at, list(levels))
        last = i == len(listed) - 1
        if last == ("when" in content):
            message = "The last rule takes the rest, so it has no when" if last else "Only the last rule has no when"
            raise reading.wrong(message, at, "As in {gives: …} at the end")
        rules.append(Rule(gives, () if last else read_tests(content["when"], f"{at}.when")))
    return Rules(tuple(rules))


def read_tests(raw: object, place: str) -> tuple[Test, ...]:
    """Read `[{feature, at_least, below, in, known}, …]`. Refused, its `where` the path of the place."""
    return tuple(_test(item, f"{place}[{i}]") for i, item in enumerate(reading.items(raw, place)))


def _test(raw: object, place: str) -> Test:
    content = reading.mapping(raw, place, _TEST_KEYS, ["feature"])
    if len(content) < 2:
        raise reading.wrong("The test asks nothing", place, "With at_least, below, in or known")
    values = content.get("in")
    return Test(
        reading.name(content["feature"], f"{place}.feature"),
        reading.number(content, "at_least", place) if "at_least" in content else None,
        reading.number(content, "below", place) if "below" in content else None,
        None if values is None else tuple(_plain(v) for v in reading.items(values, f"{place}.in")),
        reading.flag(content, "known", place) if "known" in content else None,
    )


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(column: ir.Value, values: Sequence[str]) -> ir.BooleanValue:
    matches = [match for value in values if (match := equals(column, value)) is not None]
    return reduce(lambda a, b: a | b, matches, ibis.literal(False))


def unknown_features(view: ir.Table, features: Mapping[str, None] | Sequence[str]) -> tuple[str, ...]:
    """Those of the features that no row of the view has a value for (one pass)."""
    present = [name for name in features if name in view.columns]
    if not present:
        return tuple(features)
    counts = view.aggregate(**{f"known_{i}": view[name].count() for i, name in enumerate(present)})
    row = counts.to_pyarrow().to_pylist()[0]
    known = {name for i, name in enumerate(present) if row[f"known_{i}"]}
    return tuple(name for name in features if name not in known)
