"""The bulk form of a condition: its tree as an Ibis expression over a table, for millions of rows at once.

Means exactly what the closure of `conditions` means for one row. Every number is cast to a double, and a result
that is no finite number is null: engines differ there (DuckDB gives infinity for x / 0, Spark an error).
"""

import math
import operator
from datetime import date
from functools import reduce

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
                return SIGNS[sign](self.value(left), self.value(right))
            case Between(operand, low, high):
                return self.value(operand).between(self.value(low), self.value(high))
            case Among(operand, options):
                return self.value(operand).isin([self.value(option) for option in options])
            case Like(operand, pattern):
                return self.value(operand).like(pattern)
            case IsNull(operand):
                return self.value(operand).isnull()
            case Not(operand):
                return ~self.test(operand)
            case All(parts):
                return reduce(operator.and_, map(self.test, parts))
            case Some(parts):
                return reduce(operator.or_, map(self.test, parts))

    def value(self, value: Value) -> ir.Value:
        match value:
            case Name():
                return self._field(value)
            case Minus(operand):
                return -self.value(operand)
            case Arithmetic(sign, left, right):
                divisor = self.value(right)
                result = SIGNS[sign](self.value(left), divisor.nullif(0.0) if sign == "/" else divisor)
                return result.nullif(math.inf).nullif(-math.inf)
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
                if column.type().is_floating():
                    return number.nullif(math.nan).nullif(math.inf).nullif(-math.inf)
                return number
            case Kind.LEVEL:
                return column.cases(*((level, rank) for rank, level in enumerate(field.levels)))
            case Kind.DATE:
                return column.cast("date")
            case Kind.BOOLEAN:
                return column.cast("boolean")
            case Kind.TEXT:
                return column.cast("string")
