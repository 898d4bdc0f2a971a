"""Feature families: what a feature is, how one is declared, and how one pass over a table computes its features."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.features.rows import Limit, Rows, known_before, known_rows, with_exact
from yuelao.warehouse.tables import KEY, Tables


class Unbound:
    """The contract's tables without an engine: enough to know the type of every column, and its SQL."""

    def table(self, name: str) -> ir.Table:
        return ibis.table(CONTRACT.table(name).schema, name=name)

    def has(self, name: str) -> bool:
        return name in CONTRACT.tables

    def extras(self) -> Mapping[str, Field]:
        return {}


Expression = Callable[[Rows], ir.Value]
"""A feature over the known rows of its table."""

Prepare = Callable[[ir.Table, Tables, date, Collection[str]], ir.Table]
"""Adds columns to the known rows of a pass: (rows, tables, as_of, the sources of the wanted features) → rows."""


@dataclass(frozen=True)
class Feature:
    """One named value per customer: what it means, and the expression that makes it.

    absent: what a customer without any row has, once the table has rows at all; None leaves it unknown.
    ages: it is one more with every day, as long as the customer's rows stay the same. ever: a row counts however old it
    is, be it only because there is one. inputs: the features that it is made of.
    """

    name: str
    family: str
    sources: tuple[str, ...]
    unit: str
    en: str
    zh: str
    expression: Callable[..., ir.Value]
    absent: float | None = None
    ages: bool = False
    ever: bool = False
    inputs: tuple[str, ...] = ()


class Pass:
    """One pass over a table of the contract, which computes the features of one or several families.

    source: the table. prepare: adds columns to the known rows, before any feature sees them.
    one_row: the table has one row per customer, so its features are columns, not aggregates.
    steady: a feature changes with the day only by what `Rows` narrows by, or by one a day if it ages.
    """

    def __init__(
        self, source: str, *, prepare: Prepare | None = None, one_row: bool = False, steady: bool = True
    ) -> None:
        self.source = CONTRACT.table(source)
        self.prepare = prepare
        self.one_row = one_row
        self.steady = steady
        self.features: dict[str, Feature] = {}

    @property
    def name(self) -> str:
        """The name of its table."""
        return self.source.name

    def family(self, name: str) -> "Family":
        """Where features of the family `name` are declared that this pass computes."""
        return Family(name, self)

    def only(self, wanted: Collection[str]) -> "Pass":
        """The pass with the wanted of its features alone."""
        features = {name: feature for name, feature in self.features.items() if name in wanted}
        if len(features) == len(self.features):
            return self
        narrowed = Pass(self.name, prepare=self.prepare, one_row=self.one_row, steady=self.steady)
        narrowed.features = features
        return narrowed

    def columns(
        self, tables: Tables, as_of: date, customers: ir.Table | None = None, extras: Sequence[str] = ()
    ) -> ir.Table:
        """customer_id and the features, one row per customer who has rows (and is one of `customers`).

        extras: further columns of a one-row table, taken as they stand in place of features of the same name.
        """
        known = known_rows(tables.table(self.source.name), self.source, as_of)
        if customers is not None:
            known = known.semi_join(customers, KEY)
        rows = self._rows(known, tables, as_of, self.start(as_of))
        expressions = {feature.name: feature.expression(rows) for feature in self.features.values()}
        if self.one_row:
            return rows.table.select(KEY, **{**expressions, **{name: rows[name] for name in extras}})
        return rows.table.group_by(KEY).aggregate(**expressions)

    def start(self, as_of: date) -> Limit | None:
        """Rows before it change no feature; None where any may."""
        if self.one_row or any(feature.ever for feature in self.features.values()):
            return None
        return self._looked_at(as_of).oldest()

    def _rows(self, known: ir.Table, tables: Tables, as_of: date, start: Limit | None = None) -> Rows:
        sources = {source for feature in self.features.values() for source in feature.sources}
        rows = self.prepare(known, tables, as_of, sources) if self.prepare else known
        rows = rows if start is None else rows.filter(~start.before(rows))
        return Rows(rows if self.one_row else with_exact(rows), self.source, as_of, start=start)

    def _looked_at(self, as_of: date) -> Rows:
        """The rows, no matter of whom, once every feature has looked at them."""
        tables = Unbound()
        rows = self._rows(tables.table(self.name), tables, as_of)
        for feature in self.features.values():
            feature.expression(rows)
        return rows

    def crossed(self, tables: Tables, day: date, other: date) -> ir.Table:
        """customer_id of those who have rows that a feature sees otherwise as of the one day than of the other."""
        rows = tables.table(self.source.name)
        pairs = zip(self._limits(day), self._limits(other), strict=True)
        crossed = [one.crossed(two, rows) for one, two in dict.fromkeys(pairs) if one != two]
        return rows.filter(reduce(or_, crossed, ibis.literal(False))).select(KEY).distinct()

    def _limits(self, as_of: date) -> Sequence[Limit]:
        """The days that the rows of the pass are narrowed by, in an order that is the same for every `as_of`."""
        known = known_before(self.source, as_of)
        return [*([known] if known else []), *self._looked_at(as_of).limits]

    @cached_property
    def unknown(self) -> Mapping[str, ir.Value]:
        """The features without a source: nulls of their types."""
        schema = self.columns(Unbound(), date(2000, 1, 1)).schema()
        return {name: ibis.null(schema[name]) for name in self.features}

    def has_rows(self, tables: Tables, as_of: date) -> ir.BooleanValue:
        """Whether the source had any row by then, as one value."""
        table = tables.table(self.source.name)
        times = table.select(self.source.known[0]) if self.source.known else table  # the less is read, the better
        return known_rows(times, self.source, as_of).limit(1).count().as_scalar() > 0

    def add(self, feature: Feature) -> None:
        """Take a feature in."""
        assert feature.name not in self.features, f"two features are called {feature.name}"
        self.features[feature.name] = feature


@dataclass(frozen=True)
class Family:
    """A family of features: its name, and the pass that computes what is declared here."""

    name: str
    computed_by: Pass

    def feature(
        self,
        *,
        unit: str = "",
        en: str,
        zh: str,
        absent: float | None = None,
        ever: bool = False,
        also: tuple[str, ...] = (),
    ) -> Callable[[Expression], Expression]:
        """Declare the function as the feature of its name; `also` names tables that `prepare` took it from."""

        def declare(expression: Expression) -> Expression:
            name, sources = expression.__name__, (self.computed_by.name, *also)
            self.computed_by.add(Feature(name, self.name, sources, unit, en, zh, expression, absent, ever=ever))
            return expression

        return declare

    def count(self, *, unit: str, en: str, zh: str) -> Callable[[Expression], Expression]:
        """Declare a count: a customer without rows has 0."""
        return self.feature(unit=unit, en=en, zh=zh, absent=0)

    def flag(self, *, en: str, zh: str) -> Callable[[Expression], Expression]:
        """Declare a yes or no: for a customer without rows it is no."""
        return self.feature(en=en, zh=zh, absent=False)

    def days_since(self, *, en: str, zh: str) -> Callable[[Callable[[Rows], Rows]], Callable[[Rows], Rows]]:
        """Declare the days since the newest of the rows that the function leaves."""

        def declare(narrowed: Callable[[Rows], Rows]) -> Callable[[Rows], Rows]:
            def days(rows: Rows) -> ir.Value:
                return narrowed(rows).days_since()

            source, name = self.computed_by.source.name, narrowed.__name__
            self.computed_by.add(Feature(name, self.name, (source,), "days", en, zh, days, ages=True, ever=True))
            return narrowed

        return declare

    def carry(self, *fields: str) -> None:
        """Declare fields of the table as features as they stand, with the contract's unit and meaning."""
        source = self.computed_by.source
        for name in fields:
            field = source.fields[name]
            self.computed_by.add(
                Feature(name, self.name, (source.name,), field.unit, field.en, field.zh, _column(field))
            )


class Derived:
    """Features over features: the second tier, computed once all families are joined."""

    def __init__(self, features: Mapping[str, Feature]) -> None:
        self._given = features
        self.features: dict[str, Feature] = {}

    def feature(
        self, *inputs: str, family: str, unit: str = "", en: str, zh: str
    ) -> Callable[[Callable[..., ir.Value]], Callable[..., ir.Value]]:
        """Declare the function as the feature of its name; it is given the input features as columns, in order."""
        sources = tuple(dict.fromkeys(source for name in inputs for source in self._given[name].sources))

        def declare(expression: Callable[..., ir.Value]) -> Callable[..., ir.Value]:
            def over(view: ir.Table) -> ir.Value:
                return expression(*(view[name] for name in inputs))

            name = expression.__name__
            self.features[name] = Feature(name, family, sources, unit, en, zh, over, inputs=inputs)
            return expression

        return declare


def _column(field: Field) -> Expression:
    """The field itself; money as a float, because features are for models and conditions, not for accounts."""

    def column(rows: Rows) -> ir.Value:
        value = rows[field.name]
        return value.cast("float64") if value.type().is_decimal() else value

    return column
