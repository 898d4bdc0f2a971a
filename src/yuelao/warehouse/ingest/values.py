"""How the text of a source becomes a value of the contract, as SQL: cleaned, translated, typed, and judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yuelao.warehouse.contract import Field
from yuelao.warehouse.engine import literal
from yuelao.warehouse.mapping import FieldSource

_YES = ("1", "1.0", "true", "t", "yes", "y", "是")
_NO = ("0", "0.0", "false", "f", "no", "n", "否")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
_MONTHS = ("%Y-%m", "%Y/%m", "%Y%m", "%Y年%m月")
_CLOCKS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
_MOMENTS = tuple(f"{day}{mark}{clock}" for day in _DATES[:3] for mark in " T" for clock in _CLOCKS) + ("%Y%m%d%H%M%S",)
_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "j": 3}
_EARLIEST = "1900-01-01"
_BLANKS = " \t\r\n\u00a0\u3000"
_WHOLE = r"[+-]?[0-9]{1,18}(\.0*)?"
_THOUSANDS = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"
_NOT_A = {
    "integer": "not a whole number",
    "number": "not a number",
    "money": "not an amount of money",
    "boolean": "neither yes nor no",
    "date": "not a date",
    "timestamp": "not a time",
}


@dataclass(frozen=True)
class Problem:
    """What can be wrong with a value: an SQL condition, the reason to give, and SQL of the text to show (its own)."""

    condition: str
    reason: str
    value: str = ""


def cleaned(column: str, nulls: Sequence[str]) -> str:
    """The column as text without blanks around it; null where it says so in one of the `nulls`."""
    text, edges = f"CAST({column} AS VARCHAR)", literal(_BLANKS)
    has_edges = f"regexp_matches({text}, {literal(f'^[{_BLANKS}]|[{_BLANKS}]$')})"  # cheaper than to trim every value
    bare = f"CASE WHEN {has_edges} THEN trim({text}, {edges}) ELSE {text} END"
    empty = ", ".join(literal(null) for null in dict.fromkeys(("", *nulls)))
    return f"CASE WHEN {bare} IN ({empty}) THEN NULL ELSE {bare} END"


def coded(raw: str, source: FieldSource) -> str:
    """The text with the mapping's codes translated to the contract's."""
    if not source.mapping.codes:
        return raw
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in source.mapping.codes.items())
    return f"nullif(CASE {raw} {cases} ELSE {raw} END, '')"


def typed(text: str, source: FieldSource) -> str:
    """The text as a value of the field's type, in the field's unit; null where it is none."""
    field = source.field
    if source.mapping.thousands:
        text = f"CASE WHEN regexp_full_match({text}, '{_THOUSANDS}') THEN replace({text}, ',', '') ELSE {text} END"
    match field.type:
        case "text":
            return text
        case "boolean":
            return f"CASE WHEN lower({text}) IN {_YES} THEN true WHEN lower({text}) IN {_NO} THEN false END"
        case "integer":
            return (
                rf"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}(\.0*)?') THEN TRY_CAST({text} AS BIGINT) END"
            )
        case "number":
            number = f"TRY_CAST({text} AS DOUBLE)"
            scaled = number if source.factor == 1.0 else f"{number} * {source.factor!r}::DOUBLE"
            return f"CASE WHEN isfinite({number}) AND NOT contains({text}, '_') THEN {scaled} END"
        case "money":
            amount = text if source.factor == 1.0 else f"TRY_CAST({text} AS DOUBLE) * {source.factor!r}::DOUBLE"
            return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({amount} AS DECIMAL(18, 2)) END"
        case _:
            return _moment(text, field, source.dates)


def _moment(text: str, field: Field, given: Sequence[str]) -> str:
    """A date or a timestamp, by the formats of the mapping, then by those that cannot be misread."""
    months = _MONTHS if field.unit == "month" else ()
    formats = tuple(dict.fromkeys((*given, *months, *_DATES, *_MOMENTS)))
    listed = ", ".join(literal(form) for form in formats)
    moment = f"TRY_STRPTIME({text}, [{listed}])"
    widths = ", ".join(str(width) for width in sorted(_digits(form) for form in formats if _digits(form)))
    # Without separators only the full width is read: is 2026111 a day of January or of November?
    sure = f"(NOT regexp_full_match({text}, '[0-9]+') OR length({text}) IN ({widths}))"
    value = f"CASE WHEN {sure} AND {moment} >= TIMESTAMP '{_EARLIEST}' THEN {moment} END"
    if field.type == "timestamp":
        return f"CAST({value} AS TIMESTAMP)"
    return f"CAST(date_trunc('month', {value}) AS DATE)" if field.unit == "month" else f"CAST({value} AS DATE)"


def _digits(form: str) -> int:
    """The width of what a format without separators reads; 0 for another format."""
    directives = re.findall(r"%([A-Za-z])", form)
    plain = "".join(f"%{letter}" for letter in directives) == form
    return sum(_WIDTHS.get(letter, 99) for letter in directives) if plain else 0


def problems(raw: str, text: str, value: str, source: FieldSource, today: date) -> list[Problem]:
    """What can be wrong with a field, the most telling first; `raw`, `text` and `value` are its SQL at each stage."""
    field = source.field
    found = [*_code_problems(raw, source)]
    if field.type in _NOT_A:
        is_moment = field.type in ("date", "timestamp")
        forms = f" like {' or '.join(source.dates)}" if source.dates and is_moment else ""
        found.append(Problem(f"{text} IS NOT NULL AND {value} IS NULL", _NOT_A[field.type] + forms))
    if field.required:
        found.append(Problem(f"{value} IS NULL", "empty, but needed"))
    if field.past:
        limit = today + timedelta(days=2)  # a day of grace: the source may lie east of us
        found.append(Problem(f"{value} >= DATE '{limit}'", f"in the future (today is {today})"))
    if field.least is not None:
        found.append(Problem(f"{value} < {field.least}", f"less than {field.least}"))
    if field.most is not None:
        found.append(Problem(f"{value} > {field.most}", f"more than {field.most}"))
    return found


def _code_problems(raw: str, source: FieldSource) -> list[Problem]:
    codes = [*source.mapping.codes, *source.field.codes]
    if not codes or source.field.type != "text":
        return []
    listed = ", ".join(literal(code) for code in codes)
    shown = ", ".join(codes[:12]) + (" …" if len(codes) > 12 else "")
    return [Problem(f"{raw} NOT IN ({listed})", f"not one of the codes: {shown}")]
