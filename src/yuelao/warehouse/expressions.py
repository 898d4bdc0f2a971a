"""Expressions of a mapping: SQL scalar expressions over the columns of a source, checked against what is safe.

The columns of a source are text. A column counts as a number where the expression uses it as one: in arithmetic, in a
numeric function, or beside a number in a comparison, COALESCE, CASE and the like.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from yuelao.common.errors import Refused
from yuelao.warehouse.engine import quoted

SOURCE_LINE = "source_line"
"""The line of the row in its file, usable like a column."""

_MAX_LENGTH = 4_000
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg)
_NUMERIC_FUNCTIONS = (exp.Round, exp.Abs, exp.Floor, exp.Ceil)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_CHOICES = (exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Case, exp.If)
_TEXTS = (
    (exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Length, exp.Replace, exp.Pad)
    + (exp.Concat, exp.DPipe, exp.SplitPart, exp.RegexpExtract, exp.RegexpReplace, exp.Like, exp.ILike)
)  # fmt: skip
_DATES = (
    (exp.StrToTime, exp.TimeToStr, exp.DateFromParts, exp.DateAdd, exp.DateSub, exp.DateDiff, exp.DateTrunc)
    + (exp.TimestampTrunc, exp.Interval, exp.Var, exp.Extract, exp.Year, exp.Month, exp.Day)
)  # fmt: skip
_PLAIN = (
    (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Cast, exp.TryCast, exp.DataType)
    + (exp.DataTypeParam, exp.And, exp.Or, exp.Not, exp.Is)
)  # fmt: skip
_ALLOWED = _PLAIN + _ARITHMETIC + _NUMERIC_FUNCTIONS + _COMPARISONS + _CHOICES + _TEXTS + _DATES


@dataclass(frozen=True)
class Expression:
    """A checked expression: its columns, and those of them that it uses as numbers."""

    text: str
    columns: frozenset[str]
    numbers: frozenset[str]
    _tree: exp.Expr

    def sql(self, places: Mapping[str, str]) -> str:
        """SQL with every source column replaced by the engine's column that holds it; null where a row fails."""

        def placed(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column):
                return exp.column(exp.to_identifier(places.get(node.name, SOURCE_LINE), quoted=True))
            return node

        return f"TRY({self._tree.transform(placed).sql(dialect='duckdb')})"


def parse_expression(text: str, where: str) -> Expression:
    """Check `text`; Refused(where) unless it is one safe scalar expression."""
    if len(text) > _MAX_LENGTH:
        raise Refused(f"The expression is longer than {_MAX_LENGTH} characters", where=where, hint="Make it shorter")
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        line = str(error).splitlines()[0] if str(error) else "it cannot be read"
        raise Refused(f"The expression {text!r} is not SQL: {line}", where=where, hint="Correct it") from error
    except RecursionError as error:
        raise Refused("The expression is nested too deeply", where=where, hint="Make it simpler") from error
    for node in tree.walk():
        _check(node, text, where)
    numeric = {id(column) for column in tree.find_all(exp.Column) if _is_number_here(column)}
    names = frozenset(column.name for column in tree.find_all(exp.Column) if column.name != SOURCE_LINE)
    numbers = frozenset(column.name for column in tree.find_all(exp.Column) if id(column) in numeric) & names
    return Expression(text, names, numbers, _with_numbers(tree, numeric))


def column_expression(name: str) -> Expression:
    """The expression that is just one column, whatever characters are in its name."""
    tree = exp.column(exp.to_identifier(name, quoted=True))
    return Expression(quoted(name), frozenset({name}), frozenset(), tree)


def _check(node: exp.Expr, text: str, where: str) -> None:
    if isinstance(node, exp.Column) and (node.table or isinstance(node.this, exp.Star)):
        hint = 'Put a column name with a dot or a space between double quotes: "a.b"'
        raise Refused(f"{node.sql()!r} in the expression {text!r} is not a column", where=where, hint=hint)
    if not isinstance(node, _ALLOWED):
        raise Refused(
            f"{node.sql(dialect='duckdb')!r} is not allowed in the expression {text!r}",
            where=where,
            hint="Use columns, literals, arithmetic, comparisons, CASE, and functions of text and dates",
        )


def _with_numbers(tree: exp.Expr, numeric: set[int]) -> exp.Expr:
    def cast(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and id(node) in numeric:
            return exp.TryCast(this=node.copy(), to=exp.DataType.build("double"))
        return node

    return tree.transform(cast, copy=False)


def _is_number_here(column: exp.Column) -> bool:
    """Whether the place of the column in its expression asks for a number."""
    if column.name == SOURCE_LINE:
        return False
    node: exp.Expr = column
    while (parent := node.parent) is not None:
        if isinstance(parent, _ARITHMETIC + _NUMERIC_FUNCTIONS):
            return True
        if isinstance(parent, _COMPARISONS):
            return any(_is_numeric(other) for other in parent.iter_expressions() if other is not node)
        if not isinstance(parent, (*_CHOICES, exp.Paren)) or _is_question(node, parent):
            return False
        if any(_is_numeric(other) for other in parent.iter_expressions() if other is not node):
            return True
        node = parent
    return False


def _is_question(node: exp.Expr, parent: exp.Expr) -> bool:
    """Whether `node` is what a CASE branch asks, and not what it gives."""
    return isinstance(parent, exp.If) and node.arg_key == "this"


def _is_numeric(node: exp.Expr) -> bool:
    """Whether the node is a number by its form."""
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return node.to.this in exp.DataType.NUMERIC_TYPES
    if isinstance(node, exp.If):
        return any(_is_numeric(given) for key, given in node.args.items() if key != "this" and given is not None)
    if isinstance(node, (*_CHOICES, exp.Paren)):
        return any(_is_numeric(inner) for inner in node.iter_expressions())
    return isinstance(node, (*_ARITHMETIC, *_NUMERIC_FUNCTIONS, exp.Length))
