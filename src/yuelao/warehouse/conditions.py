"""The bulk form of a condition: its tree as an Ibis expression over a table, for millions of rows at once.

Means exactly what the closure of `conditions` means for one row. Every number is cast to a double; what is divided by
zero is null, and so is a sum whose end is no finite number: engines differ there (DuckDB gives infinity, Spark fails).
"""

import operator
from datetime import date
from functools import reduce
from sys import float_info

import ibis
import ibis.expr.types as ir

from yuelao.common.errors import Refused, nearest
from yuelao.conditions import Condition, Kind
from yuelao.conditions.closure import SIGNS, constant
from yuelao.conditions.tree import (
    All,
    Among,
    Arithmetic,
    Between,
    Compare,
    DaysBetween,
    IsNull,
    Like,
    Minus,
    Name,
    Not,
    Number,
    Some,
    Test,
    Truth,
    Value,
)


def to_ibis(condition: Condition, table: ir.Table, as_of: date) -> ir.BooleanValue:
    """The condition over the columns of `table`, seen from `as_of`: true, false or null for each row.

    A table that lacks a column the condition uses is refused (a view made before the field was: refresh it).
    """
    for name in sorted(condition.names):
        if name not in table.columns:
            raise Refused(
                f"The condition uses {name}, which the table does not have",
                where=condition.text,
                hint=nearest(name, list(table.columns)),
                code="condition",
            )
    return _Bulk(table, as_of).test(condition.tree)


class _Bulk:
    def __init__(self, table: ir.Table, as_of: date) -> None:
        self.table = table
        self.as_of = as_of

    def test(self, test: Test) -> ir.BooleanValue:
        match test:
            case Truth() | Name():
                return self.value(test)
            case Compare(sign, left, right):
                return SIGNS[sign](self.operand(left), self.operand(right))
            case Between(operand, low, high):
                return self.operand(operand).between(self.operand(low), self.operand(high))
            case Among(operand, options):
                return self.operand(operand).isin([self.value(option) for option in options])
            case Like(operand, pattern):
                return self.operand(operand).like(pattern)
            case IsNull(operand):
                return self.operand(operand).isnull()
            case Not(operand):
                return ~self.test(operand)
            case All(parts):
                return reduce(operator.and_, map(self.test, parts))
            case Some(parts):
                return reduce(operator.or_, map(self.test, parts))

    def operand(self, value: Value) -> ir.Value:
        """The value as a test meets it: a sum that did not end in a finite number is null.

        Only the end is looked at: to look, an engine copies the expression, and copies within copies explode.
        """
        found = self.value(value)
        return _finite(found) if isinstance(value, Arithmetic | Minus) else found

    def value(self, value: Value) -> ir.Value:
        match value:
            case Name():
                return self._field(value)
            case Minus(operand):
                return -self.value(operand)
            case Arithmetic("/", left, right):
                return self.value(left) / self.value(right).nullif(0.0)
            case Arithmetic(sign, left, right):
                return SIGNS[sign](self.value(left), self.value(right))
            case DaysBetween(left, right):
                return self.value(left).delta(self.value(right), unit="day").cast("float64")
            case Number(number):
                # As text: SQL would read 0.1 as a decimal, and its cast may miss the last bit.
                return ibis.literal(repr(number)).cast("float64")
            case _:
                return ibis.literal(constant(value, self.as_of))

    def _field(self, field: Name) -> ir.Value:
        column = self.table[field.name]
        match field.kind:
            case Kind.NUMBER:
                number = column.cast("float64")
                return _finite(number) if column.type().is_floating() else number
            case Kind.LEVEL:
                return column.cases(*((level, rank) for rank, level in enumerate(field.levels)))
            case Kind.DATE:
                return column.cast("date")
            case Kind.BOOLEAN:
                return column.cast("boolean")
            case Kind.TEXT:
                return column.cast("string")


def _finite(number: ir.NumericValue) -> ir.NumericValue:
    """The number, null for infinities and for NaN (which engines sort above every number)."""
    return ibis.ifelse(number.abs() <= float_info.max, number, ibis.null("float64"))
