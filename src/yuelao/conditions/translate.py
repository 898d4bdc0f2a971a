"""From sqlglot's tree to ours: only what is known passes, and every value is checked against the kind it meets."""

import math
from collections.abc import Sequence
from datetime import date

from sqlglot import expressions as exp

from yuelao.common.errors import Refused
from yuelao.conditions.fields import Fields, Kind
from yuelao.conditions.place import refused
from yuelao.conditions.tree import (
    Ago,
    AgoUnit,
    All,
    Among,
    Arithmetic,
    ArithmeticSign,
    Between,
    Compare,
    ComparisonSign,
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
    divisor_depth,
)

FUNCTIONS: dict[str, AgoUnit | None] = {"as_of": None, "days_ago": "days", "months_ago": "months"}
MAX_DEPTH = 32  # of the tree
MAX_DIVISORS = 4  # each doubles the work: an engine looks at the divisor, then divides by it
MAX_AGO = {"days": 36_500, "months": 1_200}

COMPARISONS: dict[type[exp.Expr], ComparisonSign] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expr], ArithmeticSign] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
TESTS: tuple[type[exp.Expr], ...] = (exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Like, exp.Is, *COMPARISONS)

# What sqlglot may say of a node; anything more is a construct that we do not know.
ARGUMENTS: dict[type[exp.Expr], set[str]] = {
    exp.Column: {"this"},
    exp.In: {"this", "expressions"},
    exp.Between: {"this", "low", "high"},
    exp.Like: {"this", "expression", "negate"},
    exp.Cast: {"this", "to"},
}


class Translator:
    """Translates the parsed `text` of one condition over `fields`; every refusal says the position."""

    def __init__(self, text: str, fields: Fields) -> None:
        self.text = text
        self.fields = fields

    def test(self, node: exp.Expr, depth: int = 0) -> Test:
        """The test that `node` says; refuses what gives a value that is not yes or no."""
        self._check(node, depth)
        below = depth + 1
        match node:
            case exp.Paren(this=inner):
                return self.test(inner, depth)
            case exp.And():
                return All(self._parts(node, exp.And, below))
            case exp.Or():
                return Some(self._parts(node, exp.Or, below))
            case exp.Not(this=inner):
                return Not(self.test(inner, below))
            case exp.Between(this=operand, args={"low": low, "high": high}):
                return self._between(operand, low, high, below)
            case exp.In(this=operand, expressions=options):
                return self._among(operand, options, below)
            case exp.Like(this=operand, expression=pattern, args=args):
                like = self._like(operand, pattern, below)
                return Not(like) if args.get("negate") else like
            case exp.Is(this=operand, expression=exp.Null()):
                return IsNull(self.value(operand, below))
            case exp.Is():
                raise self._refusal(
                    node, "After is comes null or not null", "A yes-or-no field stands alone, or after not"
                )
            case _ if type(node) in COMPARISONS:
                return self._compare(COMPARISONS[type(node)], node, below)
        found = self.value(node, depth)
        if isinstance(found, Truth) or (isinstance(found, Name) and found.kind is Kind.BOOLEAN):
            return found
        raise self._refusal(node, f"{found} alone is no condition", "Compare it with something, as in: … >= 80")

    def value(self, node: exp.Expr, depth: int) -> Value:
        """The value that `node` says; refuses a test where a value belongs."""
        self._check(node, depth)
        match node:
            case exp.Paren(this=inner):
                return self.value(inner, depth)
            case exp.Column(this=exp.Identifier(this=str(name))) if name in self.fields:
                return Name(name, self.fields[name].kind, self.fields[name].levels)
            case exp.Literal(this=str(text), is_string=True):
                return Text(text)
            case exp.Literal(this=str(digits)):
                return self._number(node, digits)
            case exp.Boolean(this=bool(truth)):
                return Truth(truth)
            case exp.Cast(this=exp.Literal(is_string=True, this=str(text)), to=exp.DataType(this=exp.DType.DATE)):
                return self._day(node, text)
            case exp.Anonymous(this=str(name), expressions=arguments):
                return self._ago(node, name.lower(), arguments)
            case exp.Neg(this=operand):
                return self._minus(operand, depth + 1)
            case exp.Null():
                raise self._refusal(
                    node, "NULL is equal to nothing, not even to itself", "Write: is null, or: is not null"
                )
            case _ if type(node) in ARITHMETIC:
                return self._arithmetic(ARITHMETIC[type(node)], node, depth + 1)
            case _ if isinstance(node, TESTS):
                raise self._refusal(
                    node, "A condition stands where a value belongs", "Join conditions with and, or, not"
                )
        raise self._refusal(node, "This is not of the condition language")

    def _check(self, node: exp.Expr, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self._refusal(node, "The condition is nested too deeply")
        allowed = ARGUMENTS.get(type(node))
        if allowed is not None and any(found for name, found in node.args.items() if name not in allowed):
            raise self._refusal(node, "This is not of the condition language")

    def _parts(self, node: exp.Expr, kind: type[exp.And | exp.Or], depth: int) -> tuple[Test, ...]:
        """The parts of a chain of `and` (or of `or`), flat, however it was put in parentheses."""
        parts: list[Test] = []
        waiting = [node]
        while waiting:
            part = waiting.pop()
            inner = part.unnest()
            if isinstance(inner, kind):
                waiting += [inner.expression, inner.this]
            else:
                parts.append(self.test(part, depth))
        return tuple(parts)

    def _compare(self, sign: ComparisonSign, node: exp.Expr, depth: int) -> Compare:
        left, right = self._matched(node.this, node.expression, depth)
        if left.kind is Kind.BOOLEAN and sign not in ("=", "<>"):
            raise self._refusal(node, "Yes and no have no order", "Use = or <>")
        return Compare(sign, left, right)

    def _between(self, operand: exp.Expr, low: exp.Expr, high: exp.Expr, depth: int) -> Between:
        least, value = self._matched(low, operand, depth)
        most, value = self._matched(high, operand, depth)
        if value.kind is Kind.BOOLEAN:
            raise self._refusal(operand, "Yes and no have no order", "Use = or <>")
        return Between(value, least, most)

    def _among(self, operand: exp.Expr, options: Sequence[exp.Expr], depth: int) -> Among:
        value = self.value(operand, depth)
        if not options:
            raise self._refusal(operand, "Nothing can be in an empty list")
        chosen: list[Constant] = []
        for option in options:
            constant = self._fitted(self.value(option, depth), value, option)
            if not isinstance(constant, Constant):
                raise self._refusal(option, "A list holds constants only", "Join comparisons with or")
            self._same_kind(option, constant, value)
            chosen.append(constant)
        return Among(self._fitted(value, chosen[0], operand), tuple(chosen))

    def _like(self, operand: exp.Expr, pattern: exp.Expr, depth: int) -> Like:
        value, form = self.value(operand, depth), self.value(pattern, depth)
        if value.kind is not Kind.TEXT:
            raise self._refusal(operand, f"{value} is {value.kind.value}; only text can be like something")
        if not isinstance(form, Text):
            raise self._refusal(
                pattern, "What follows like must be a text in single quotes", "For example: like '北京%'"
            )
        return Like(value, form.value)

    def _arithmetic(self, sign: ArithmeticSign, node: exp.Expr, depth: int) -> Arithmetic | DaysBetween:
        left, right = self.value(node.this, depth), self.value(node.expression, depth)
        if sign == "-" and Kind.DATE in (left.kind, right.kind):
            left, right = self._fitted(left, right, node.this), self._fitted(right, left, node.expression)
            if left.kind is right.kind:
                return DaysBetween(left, right)
        for side, value in ((node.this, left), (node.expression, right)):
            if value.kind is not Kind.NUMBER:
                hint = "For days before a date use days_ago(n) or months_ago(n)" if value.kind is Kind.DATE else ""
                raise self._refusal(side, f"{value} is {value.kind.value}, no number to reckon with", hint)
        if sign == "/" and divisor_depth(right) >= MAX_DIVISORS:
            raise self._refusal(
                node.expression, f"At most {MAX_DIVISORS} divisions may stand within one another's divisor"
            )
        return Arithmetic(sign, left, right)

    def _minus(self, operand: exp.Expr, depth: int) -> Value:
        value = self.value(operand, depth)
        if value.kind is not Kind.NUMBER:
            raise self._refusal(operand, f"{value} is {value.kind.value}; only a number can be negative")
        match value:
            case Number(constant):
                return Number(-constant)
            case Minus(inner):
                return inner
        return Minus(value)

    def _number(self, node: exp.Expr, digits: str) -> Number:
        try:
            number = float(digits)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self._refusal(node, f"{digits} is not a number that can be reckoned with")
        return Number(number)

    def _day(self, node: exp.Expr, text: str) -> Day:
        try:
            return Day(date.fromisoformat(text))
        except ValueError:
            raise self._refusal(node, f"{text!r} is not a date", "Write dates as '2026-01-31'") from None

    def _ago(self, node: exp.Expr, name: str, arguments: Sequence[exp.Expr]) -> Ago:
        unit = FUNCTIONS.get(name)
        if unit is None:
            if arguments:
                raise self._refusal(node, "as_of() takes nothing between its parentheses")
            return Ago("days", 0)
        count = self.value(arguments[0], 0) if len(arguments) == 1 else None
        if not isinstance(count, Number) or not count.value.is_integer() or abs(count.value) > MAX_AGO[unit]:
            raise self._refusal(node, f"{name}(n) takes one whole number of at most {MAX_AGO[unit]}")
        return Ago(unit, int(count.value))

    def _matched(self, left: exp.Expr, right: exp.Expr, depth: int) -> tuple[Value, Value]:
        """Two values of one kind; a text constant becomes the date or the level that the other side asks for."""
        first, second = self.value(left, depth), self.value(right, depth)
        first, second = self._fitted(first, second, left), self._fitted(second, first, right)
        self._same_kind(right, first, second)
        return first, second

    def _fitted(self, value: Value, other: Value, node: exp.Expr) -> Value:
        if isinstance(value, Text) and other.kind is Kind.DATE:
            return self._day(node, value.value)
        if isinstance(value, Text) and isinstance(other, Name) and other.kind is Kind.LEVEL:
            if value.value not in other.levels:
                order = " < ".join(other.levels)
                raise self._refusal(
                    node, f"{value.value!r} is no level of {other.name}", f"From lowest to highest: {order}"
                )
            return Level(value.value, other.levels.index(value.value))
        return value

    def _same_kind(self, node: exp.Expr, left: Value, right: Value) -> None:
        if left.kind is not right.kind:
            said = f"{left} is {left.kind.value} and {right} is {right.kind.value}"
            raise self._refusal(node, f"{said}: they cannot be compared")
        if isinstance(left, Name) and isinstance(right, Name) and left.levels != right.levels:
            raise self._refusal(node, f"{left.name} and {right.name} do not have the same levels")

    def _refusal(self, node: exp.Expr, message: str, hint: str = "") -> Refused:
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return refused(self.text, min(starts, default=0), message, hint=hint)
