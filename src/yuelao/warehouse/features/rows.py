"""The rows of one table that were known at a date, and the sums over them that features are made of.

Rows enter here through `known_rows` only, so that no feature can see past its date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from importlib.resources import files
from operator import or_

import ibis
import ibis.expr.types as ir
import yaml

from yuelao.warehouse import contract
from yuelao.warehouse.dates import add_months, as_date, days_until
from yuelao.warehouse.engine import safe_divide

WORDS: Mapping[str, Sequence[str]] = yaml.safe_load(
    files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
)
"""Matter → the words that tell it."""
ENDED = "ended_on"
_SENSIBLE = 1e11  # beyond it a number does not fit the exact sum; no unit of the contract comes near
_PARTS = 10_000.0
_EXACT = "exact "


@dataclass(frozen=True)
class Limit:
    """A day in the times of a field: what lies before it is seen otherwise than the rest. included: so is the day."""

    field: str
    day: date
    included: bool = False

    def before(self, table: ir.Table) -> ir.BooleanValue:
        """Whether each row lies before it."""
        moment = table[self.field]
        day = ibis.literal(self.day).cast(moment.type())
        return moment <= day if self.included else moment < day

    def crossed(self, other: "Limit", table: ir.Table) -> ir.BooleanValue:
        """Whether each row lies before the one of the two days and not before the other."""
        first, last = sorted((self, other), key=lambda limit: limit.day)
        return ~first.before(table) & last.before(table)


def known_before(described: contract.Table, as_of: date) -> Limit | None:
    """What was known before `as_of` 00:00 lies before this: not what happened on the day, but a month that had ended.

    None where rows have no time and always were known.
    """
    if described.known is None:
        return None
    name, later = described.known
    return Limit(name, add_months(as_of, -later), included=later > 0)


def known_rows(table: ir.Table, described: contract.Table, as_of: date) -> ir.Table:
    """The rows that were known before `as_of` 00:00, as the contract's `known` says; a row without it always was."""
    limit = known_before(described, as_of)
    return table if limit is None else table.filter(table[limit.field].isnull() | limit.before(table))


def not_ended(table: ir.Table, as_of: date) -> ir.BooleanValue:
    """Whether it has not ended yet. When it will end may have been recorded later, so nothing else looks at it."""
    return ~Limit(ENDED, as_of).before(table).fill_null(False)


def with_exact(table: ir.Table) -> ir.Table:
    """The table with every number once more, in the form in which `Rows` adds it: worked out once for all sums."""
    numbers = [name for name, kind in table.schema().items() if kind.is_numeric()]
    return table.mutate(**{f"{_EXACT}{name}": _exact(table[name]) for name in numbers})


def _exact(column: ir.NumericValue) -> ir.FloatingValue:
    number = column.cast("float64")
    if column.type().is_integer():
        return number
    sensible = ibis.ifelse(number.abs() < _SENSIBLE, number, ibis.null("float64"))
    return (sensible * _PARTS).round().cast("float64")


@dataclass(frozen=True)
class Rows:
    """Known rows of a table, narrowed step by step; every sum is an aggregate expression over what is left.

    A sum over no rows is null, a count is 0. Sums are exact, hence the same in whatever order an engine adds.
    limits: every day that anything was narrowed by, in the order it was; looked_from: from when on there are rows in
    each aggregate, None where it is over all; both are shared by all that came of the same rows.
    """

    table: ir.Table
    described: contract.Table
    as_of: date
    limits: list[Limit] = field(default_factory=list)
    looked_from: list[Limit | None] = field(default_factory=list)
    narrowed: ir.BooleanValue | None = None
    start: Limit | None = None

    def __getitem__(self, field: str) -> ir.Value:
        """The field as a column."""
        return self.table[field]

    @property
    def moment(self) -> ir.Value:
        """The column that tells when a row became known."""
        assert self.described.known is not None, f"{self.described.name} has no time"
        return self.table[self.described.known[0]]

    def last(self, *, months: int = 0, days: int = 0, skip_months: int = 0) -> "Rows":
        """The rows of the last whole months or days, after leaving out the newest `skip_months`."""
        end = add_months(self.as_of, -skip_months)
        start = self._limit(end - timedelta(days=days) if days else add_months(end, -months))
        recent = self if start == self.start else replace(self.where(~start.before(self.table)), start=start)
        return recent.where(self._limit(end).before(self.table)) if skip_months else recent

    def in_force(self) -> "Rows":
        """The rows of what had not ended by `as_of`."""
        self.limits.append(Limit(ENDED, self.as_of))
        return self.where(not_ended(self.table, self.as_of))

    def of(self, **values: Sequence[str]) -> "Rows":
        """The rows whose fields have one of the values: `of(channel=["web", "app"])`."""
        rows = self
        for name, accepted in values.items():
            rows = rows.where(self.table[name].isin(list(accepted)))
        return rows

    def where(self, condition: ir.BooleanValue) -> "Rows":
        """The rows for which the condition is true."""
        return replace(self, narrowed=condition if self.narrowed is None else self.narrowed & condition)

    def about(self, field: str, matter: str) -> "Rows":
        """The rows whose text has one of the words that `words.yaml` has for the matter; texts are the source's own."""
        text = self.table[field].lower()
        return self.where(reduce(or_, (text.contains(word) for word in WORDS[matter])))

    @property
    def kept(self) -> ir.BooleanValue | None:
        """Which rows are left, for an aggregate over them; None for all."""
        self.looked_from.append(self.start)
        return self.narrowed

    def oldest(self) -> Limit | None:
        """No aggregate so far was over a row before it; None where one may have been."""
        limits = [limit for limit in self.looked_from if limit]
        return min(limits, key=lambda limit: limit.day) if limits and len(limits) == len(self.looked_from) else None

    def count(self) -> ir.IntegerValue:
        """How many rows."""
        return self.table.count(where=self.kept).fill_null(0)

    def distinct(self, field: str) -> ir.IntegerValue:
        """How many different values, nulls aside."""
        return self.table[field].nunique(where=self.kept)

    def share(self, **values: Sequence[str]) -> ir.FloatingValue:
        """The share of the rows whose fields have one of the values; null over no rows."""
        return safe_divide(self.of(**values).count(), self.count())

    def amount(self, field: str) -> ir.FloatingValue:
        """The sum of a number, 0 over no rows; null where there are rows but none says the number."""
        return ibis.ifelse(self.count() == 0, 0.0, self.total(field))

    def kinds(self, bit: str, of: int) -> ir.IntegerValue:
        """How many of the `of` kinds of a thing there are, 0 over no rows; null where no row says its kind.

        The field `bit` has a power of two for each kind: one cheap sum then holds them all, to be counted per customer.
        """
        bits = self.table[bit].bit_or(where=self.kept)
        found = sum(((bits // (1 << place)) % 2 for place in range(1, of)), bits % 2)
        return ibis.ifelse(self.count() == 0, 0, found).cast("int64")

    def total(self, field: str) -> ir.FloatingValue:
        """The sum of a number."""
        return self._kept_exact(field).sum() / self._parts(field)

    def mean(self, field: str) -> ir.FloatingValue:
        """The mean of a number over the rows that have it."""
        return self._kept_exact(field).mean() / self._parts(field)

    def value(self, field: str) -> ir.Value:
        """The value of a field where one row is left (of several, the greatest)."""
        return self.table[field].max(where=self.kept)

    def days_since(self) -> ir.IntegerValue:
        """Days from the newest row's date to `as_of`."""
        return days_until(as_date(self.moment).max(where=self.kept), self.as_of)

    def _limit(self, day: date) -> Limit:
        limit = known_before(self.described, day)
        assert limit is not None, f"{self.described.name} has no time"
        self.limits.append(limit)
        return limit

    def _exact(self, field: str) -> ir.FloatingValue:
        """The number in a form whose sum does not depend on the order of adding: whole ten-thousandths, as doubles.

        Whole numbers add up exactly in doubles to 9e15, and quicker than decimals do.
        """
        return self.table[f"{_EXACT}{field}"]

    def _kept_exact(self, field: str) -> ir.FloatingValue:
        """The same, and null where the row is not kept: over many rows that is cheaper than a filter."""
        number, kept = self._exact(field), self.kept
        return number if kept is None else ibis.ifelse(kept, number, ibis.null("float64"))

    def _parts(self, field: str) -> float:
        return 1.0 if self.table[field].type().is_integer() else _PARTS
