"""The tree of a condition: small frozen nodes, each of which prints itself as text that reads back as the same tree.

A *value* has a kind (number, text, yes or no, date, level); a *test* is true, false or unknown. A yes-or-no field is
both. `binds` is how tightly a node holds together when printed: or 1, and 2, not 3, comparisons 4, + - 5, * / 6,
minus 7, the rest 8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import ClassVar, Literal

from yuelao.conditions.fields import Kind

# Words that would be read as an operator if a field of that name stood unquoted.
RESERVED = frozenset({"and", "or", "not", "in", "is", "like", "between", "null", "true", "false", "date"})

ComparisonSign = Literal["=", "<>", "<", "<=", ">", ">="]
ArithmeticSign = Literal["+", "-", "*", "/"]
AgoUnit = Literal["days", "months"]


def _quoted(text: str, mark: str = "'") -> str:
    return mark + text.replace(mark, mark * 2) + mark


@dataclass(frozen=True)
class Number:
    """A constant number."""

    value: float
    kind: ClassVar[Kind] = Kind.NUMBER

    @property
    def binds(self) -> int:
        return 7 if self.value < 0 else 8

    def __str__(self) -> str:
        return f"{self.value:.0f}" if self.value.is_integer() and abs(self.value) < 1e15 else repr(self.value)


@dataclass(frozen=True)
class Text:
    """A constant text."""

    value: str
    kind: ClassVar[Kind] = Kind.TEXT
    binds: ClassVar[int] = 8

    def __str__(self) -> str:
        return _quoted(self.value)


@dataclass(frozen=True)
class Truth:
    """TRUE or FALSE."""

    value: bool
    kind: ClassVar[Kind] = Kind.BOOLEAN
    binds: ClassVar[int] = 8

    def __str__(self) -> str:
        return str(self.value).lower()


@dataclass(frozen=True)
class Day:
    """A constant date."""

    value: date
    kind: ClassVar[Kind] = Kind.DATE
    binds: ClassVar[int] = 8

    def __str__(self) -> str:
        return f"date '{self.value.isoformat()}'"


@dataclass(frozen=True)
class Ago:
    """The day so many days or calendar months before the as-of date; a negative count looks ahead."""

    unit: AgoUnit
    count: int
    kind: ClassVar[Kind] = Kind.DATE
    binds: ClassVar[int] = 8

    def on(self, as_of: date) -> date:
        """The date meant, seen from `as_of`; a month too short for the day ends on its last day."""
        if self.unit == "days":
            return as_of - timedelta(days=self.count)
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - self.count, 12)
        next_month = date(year + month // 11, (month + 1) % 12 + 1, 1)
        return date(year, month + 1, min(as_of.day, (next_month - timedelta(days=1)).day))

    def __str__(self) -> str:
        return f"{self.unit}_ago({self.count})" if self.count or self.unit == "months" else "as_of()"


@dataclass(frozen=True)
class Level:
    """A constant level with its rank: 0 is the lowest."""

    name: str
    rank: int
    kind: ClassVar[Kind] = Kind.LEVEL
    binds: ClassVar[int] = 8

    def __str__(self) -> str:
        return _quoted(self.name)


@dataclass(frozen=True)
class Name:
    """A field."""

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    binds: ClassVar[int] = 8

    def __str__(self) -> str:
        plain = re.fullmatch(r"[A-Za-z_\u4e00-\u9fff][0-9A-Za-z_\u4e00-\u9fff]*", self.name)
        return self.name if plain and self.name.lower() not in RESERVED else _quoted(self.name, '"')


@dataclass(frozen=True)
class Minus:
    """A number with its sign turned."""

    operand: "Value"
    kind: ClassVar[Kind] = Kind.NUMBER
    binds: ClassVar[int] = 7

    def __str__(self) -> str:
        return f"-{_held(self.operand, 8)}"


@dataclass(frozen=True)
class Arithmetic:
    """A sum on two numbers; what is divided by zero is unknown, and so is what ends beyond all numbers."""

    sign: ArithmeticSign
    left: "Value"
    right: "Value"
    kind: ClassVar[Kind] = Kind.NUMBER

    @property
    def binds(self) -> int:
        return 5 if self.sign in "+-" else 6

    def __str__(self) -> str:
        return f"{_held(self.left, self.binds)} {self.sign} {_held(self.right, self.binds + 1)}"


@dataclass(frozen=True)
class DaysBetween:
    """The number of days from the right date to the left one."""

    left: "Value"
    right: "Value"
    kind: ClassVar[Kind] = Kind.NUMBER
    binds: ClassVar[int] = 5

    def __str__(self) -> str:
        return f"{_held(self.left, 5)} - {_held(self.right, 6)}"


@dataclass(frozen=True)
class Compare:
    """Two values of one kind, compared; levels compare by rank."""

    sign: ComparisonSign
    left: "Value"
    right: "Value"
    binds: ClassVar[int] = 4

    def __str__(self) -> str:
        return f"{_held(self.left, 5)} {self.sign} {_held(self.right, 5)}"


@dataclass(frozen=True)
class Between:
    """A value from `low` to `high`, both included."""

    operand: "Value"
    low: "Value"
    high: "Value"
    binds: ClassVar[int] = 4

    def __str__(self) -> str:
        return f"{_held(self.operand, 5)} between {_held(self.low, 5)} and {_held(self.high, 5)}"


@dataclass(frozen=True)
class Among:
    """A value that is one of some constants."""

    operand: "Value"
    options: tuple["Constant", ...]
    binds: ClassVar[int] = 4

    def __str__(self) -> str:
        return f"{_held(self.operand, 5)} in ({', '.join(map(str, self.options))})"


@dataclass(frozen=True)
class Like:
    """A text of a certain form: % stands for any run of characters, _ for exactly one; case counts."""

    operand: "Value"
    pattern: str
    binds: ClassVar[int] = 4

    def __str__(self) -> str:
        return f"{_held(self.operand, 5)} like {_quoted(self.pattern)}"


@dataclass(frozen=True)
class IsNull:
    """A value that is not known."""

    operand: "Value"
    binds: ClassVar[int] = 4

    def __str__(self) -> str:
        return f"{_held(self.operand, 5)} is null"


@dataclass(frozen=True)
class Not:
    """A test turned round; unknown stays unknown."""

    operand: "Test"
    binds: ClassVar[int] = 3

    def __str__(self) -> str:
        return f"not {_held(self.operand, 3)}"


@dataclass(frozen=True)
class All:
    """`and`: false if one part is false, else unknown if one part is unknown."""

    parts: tuple["Test", ...]
    binds: ClassVar[int] = 2

    def __str__(self) -> str:
        return " and ".join(_held(part, 3) for part in self.parts)


@dataclass(frozen=True)
class Some:
    """`or`: true if one part is true, else unknown if one part is unknown."""

    parts: tuple["Test", ...]
    binds: ClassVar[int] = 1

    def __str__(self) -> str:
        return " or ".join(_held(part, 2) for part in self.parts)


Constant = Number | Text | Truth | Day | Ago | Level
Value = Constant | Name | Minus | Arithmetic | DaysBetween
Test = Name | Truth | Compare | Between | Among | Like | IsNull | Not | All | Some
Node = Value | Test


def divisor_depth(value: Value) -> int:
    """How many divisions stand within the divisor of one another."""
    match value:
        case Arithmetic(sign, left, right):
            return max(divisor_depth(left), divisor_depth(right) + (sign == "/"))
        case Minus(operand):
            return divisor_depth(operand)
    return 0


def _held(node: Node, least: int) -> str:
    """The node's text, in parentheses if it binds less tightly than its place asks."""
    return str(node) if node.binds >= least else f"({node})"


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for field in fields(node):
        part = getattr(node, field.name)
        for child in part if isinstance(part, tuple) else (part,):
            if isinstance(child, Node):
                yield from nodes(child)
