"""The closure of a condition for one row: three-valued as in SQL, with nothing evaluated at run time but functions.

Numbers are doubles, as in the bulk form: whole and broken numbers compare alike; what is divided by zero is null, and
so is a sum whose end is no finite number. A value of another kind than its field's is refused, not guessed.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

from yuelao.common.errors import Refused
from yuelao.conditions.fields import Kind
from yuelao.conditions.tree import (
    Ago,
    All,
    Among,
    Arithmetic,
    Between,
    Compare,
    Constant,
    Day,
    DaysBetween,
    IsNull,
    Level,
    Like,
    Minus,
    Name,
    Not,
    Number,
    Some,
    Test,
    Text,
    Truth,
    Value,
)

Row = Mapping[str, object]
Getter = Callable[[Row], Any]
Tester = Callable[[Row], bool | None]

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def compile_test(test: Test, as_of: date) -> Tester:
    """Row → true, false or None (unknown)."""
    match test:
        case Truth() | Name():
            return compile_value(test, as_of)
        case Compare(sign, left, right):
            return _known(SIGNS[sign], _operand(left, as_of), _operand(right, as_of))
        case Between(operand, low, high):
            over = compile_test(Compare(">=", operand, low), as_of)
            under = compile_test(Compare("<=", operand, high), as_of)
            return _all([over, under])
        case Among(operand, options):
            chosen = frozenset(constant(option, as_of) for option in options)
            return _known(chosen.__contains__, _operand(operand, as_of))
        case Like(operand, pattern):
            fits = like_pattern(pattern).fullmatch
            return _known(lambda text: fits(text) is not None, _operand(operand, as_of))
        case IsNull(operand):
            value = _operand(operand, as_of)
            return lambda row: value(row) is None
        case Not(operand):
            return _known(operator.not_, compile_test(operand, as_of))
        case All(parts):
            return _all([compile_test(part, as_of) for part in parts])
        case Some(parts):
            return _some([compile_test(part, as_of) for part in parts])


def compile_value(value: Value, as_of: date) -> Getter:
    """Row → the value, None for null; a level gives its rank."""
    match value:
        case Name():
            return _field(value)
        case Minus(operand):
            return _known(operator.neg, compile_value(operand, as_of))
        case Arithmetic(sign, left, right):
            return _known(
                _divided if sign == "/" else SIGNS[sign], compile_value(left, as_of), compile_value(right, as_of)
            )
        case DaysBetween(left, right):
            return _known(_days_between, compile_value(left, as_of), compile_value(right, as_of))
        case _:
            fixed = constant(value, as_of)
            return lambda _: fixed


def constant(value: Constant, as_of: date) -> float | str | bool | date | int:
    """What a constant stands for, seen from `as_of`; a level stands for its rank."""
    match value:
        case Ago():
            return value.on(as_of)
        case Level(rank=rank):
            return rank
        case Number(fixed) | Text(fixed) | Truth(fixed) | Day(fixed):
            return fixed


def like_pattern(pattern: str) -> re.Pattern[str]:
    """LIKE as a regular expression. Atomic groups take the first fit of each piece, so no text makes it slow."""
    pieces = ["".join("." if mark == "_" else re.escape(mark) for mark in piece) for piece in pattern.split("%")]
    if len(pieces) == 1:
        return re.compile(pieces[0], re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    return re.compile(f"{pieces[0]}{middle}.*{pieces[-1]}", re.DOTALL)


def _known(function: Callable[..., Any], *getters: Getter) -> Getter:
    """The function of the values, null as soon as one of them is."""
    if len(getters) == 1:
        (only,) = getters
        return lambda row: None if (value := only(row)) is None else function(value)
    first, second = getters

    def both(row: Row) -> Any:
        left = first(row)
        right = second(row)
        return None if left is None or right is None else function(left, right)

    return both


def _all(parts: list[Tester]) -> Tester:
    def every(row: Row) -> bool | None:
        answer: bool | None = True
        for part in parts:
            found = part(row)
            if found is False:
                return False
            if found is None:
                answer = None
        return answer

    return every


def _some(parts: list[Tester]) -> Tester:
    def some(row: Row) -> bool | None:
        answer: bool | None = False
        for part in parts:
            found = part(row)
            if found is True:
                return True
            if found is None:
                answer = None
        return answer

    return some


def _operand(value: Value, as_of: date) -> Getter:
    """The value as a test meets it: a sum that did not end in a finite number is null."""
    found = compile_value(value, as_of)
    return _known(_finite, found) if isinstance(value, Arithmetic | Minus) else found


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _divided(left: float, right: float) -> float | None:
    return left / right if right else None


def _days_between(left: date, right: date) -> float:
    return float((left - right).days)


def _field(field: Name) -> Getter:
    ranks = {level: rank for rank, level in enumerate(field.levels)}
    read: Callable[[Any], Any] = ranks.get if field.kind is Kind.LEVEL else READERS[field.kind]
    name = field.name

    def value(row: Row) -> Any:
        found = row.get(name)
        if found is None:
            return None
        try:
            return read(found)
        except (TypeError, ValueError, OverflowError):
            message = f"{found!r} is not {field.kind.value}"
            raise Refused(message, where=f"field {name}", code="condition_value") from None

    return value


def _read_number(value: object) -> float | None:
    if not isinstance(value, Real | Decimal):
        raise TypeError
    return _finite(float(value))


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read_boolean(value: object) -> bool:
    if value not in (0, 1):  # SQLite keeps yes and no as 1 and 0
        raise TypeError
    return bool(value)


def _read_date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return datetime.fromisoformat(value).date()
    raise TypeError


READERS: dict[Kind, Callable[[object], Any]] = {
    Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
    Kind.BOOLEAN: _read_boolean,
    Kind.DATE: _read_date,
}
