"""Reading a condition: sqlglot cuts the text into words and parses it; what is not of the language is refused.

The words are looked at before they are parsed, so that an unknown field or function is refused at its exact place,
and so that a field may be called what it likes (`default`, `left`): a word that names a field is a field.
"""

import re

from sqlglot import Token, TokenType
from sqlglot import expressions as exp
from sqlglot.dialects import DuckDB
from sqlglot.errors import ParseError, SqlglotError

from yuelao.common.errors import nearest
from yuelao.conditions.condition import Condition
from yuelao.conditions.fields import Fields
from yuelao.conditions.place import refused
from yuelao.conditions.translate import FUNCTIONS, Translator

MAX_LENGTH = 4000  # characters
MAX_WORDS = 1500
MAX_NESTING = 16  # parentheses within parentheses

SIGNS = {
    TokenType.PLUS,
    TokenType.DASH,
    TokenType.STAR,
    TokenType.SLASH,
    TokenType.EQ,
    TokenType.NEQ,
    TokenType.LT,
    TokenType.LTE,
    TokenType.GT,
    TokenType.GTE,
    TokenType.COMMA,
    TokenType.L_PAREN,
    TokenType.R_PAREN,
}
OPERATORS = {
    TokenType.AND,
    TokenType.OR,
    TokenType.NOT,
    TokenType.IN,
    TokenType.BETWEEN,
    TokenType.LIKE,
    TokenType.IS,
}
CONSTANTS = {TokenType.NUMBER, TokenType.STRING, TokenType.NULL, TokenType.TRUE, TokenType.FALSE}
OF_THE_LANGUAGE = SIGNS | OPERATORS | CONSTANTS

FULL_WIDTH = re.compile("[（），；＝！＜＞＋－＊／‘’“”]")
CLOSED_QUOTES = re.compile(r"""(?:[^'"]|'[^']*'|"[^"]*")*""")


def parse(text: str, fields: Fields) -> Condition:
    """Read `text` as a condition over `fields`.

    Raises `Refused(code="condition")` with `where` = "position 12: …" (counted from 1) and, for a name or a level
    that is not known, the nearest ones as `hint`.
    """
    if len(text) > MAX_LENGTH:
        raise refused(text, 0, f"A condition has at most {MAX_LENGTH} characters, this one has {len(text)}")
    if stray := re.search("[\0\ud800-\udfff]", text):
        raise refused(text[: stray.start()], stray.start(), "This character is no text")
    try:
        words = DuckDB().tokenize(text)
    except SqlglotError:
        raise refused(text, _unclosed(text), "A quotation mark or a comment is not closed") from None
    _check_size(text, words)
    for word, after in zip(words, [*words[1:], None], strict=True):
        _check_word(text, word, after.token_type if after else None, fields)
    return Condition(text, Translator(text, fields).test(_parsed(text, words)))


def _check_size(text: str, words: list[Token]) -> None:
    if not words:
        raise refused(text, 0, "The condition is empty", hint="Write TRUE to keep everybody")
    if len(words) > MAX_WORDS:
        raise refused(text, words[MAX_WORDS].start, f"A condition has at most {MAX_WORDS} words and signs")
    depth = 0
    for word in words:
        depth += (word.token_type is TokenType.L_PAREN) - (word.token_type is TokenType.R_PAREN)
        if depth > MAX_NESTING:
            raise refused(text, word.start, f"Parentheses may nest at most {MAX_NESTING} deep")


def _check_word(text: str, word: Token, after: TokenType | None, fields: Fields) -> None:
    """Refuse a word that is not of the language; mark the one that names a field as such."""
    kind, name = word.token_type, word.text
    if kind in OF_THE_LANGUAGE or (kind is TokenType.DATE and after is TokenType.STRING):
        return
    quoted = kind is TokenType.IDENTIFIER
    if name in fields and (quoted or after is not TokenType.L_PAREN):
        word.token_type = TokenType.IDENTIFIER
    elif FULL_WIDTH.search(name) and not quoted:
        hint = "Write operators and quotation marks in half width: ( ) , = < > '"
        raise refused(text, word.start, "This sign is not of the condition language", hint=hint)
    elif not (quoted or name[:1].isalpha() or name[:1] == "_"):
        raise refused(text, word.start, f"{name!r} is not of the condition language")
    elif quoted or after is not TokenType.L_PAREN:
        what = "There is no field" if quoted or kind is TokenType.VAR else "There is no field, and no operator,"
        raise refused(text, word.start, f"{what} {name!r}", hint=_meant(name, quoted, fields))
    elif name.lower() not in FUNCTIONS:
        raise refused(text, word.start, f"There is no function {name!r}", hint=nearest(name.lower(), list(FUNCTIONS)))


def _meant(name: str, quoted: bool, fields: Fields) -> str:
    known = list(fields)
    hint = nearest(name.lower(), known)
    return f"Text goes in single quotes: '{name}'" if quoted and not hint.startswith("Did") else hint


def _parsed(text: str, words: list[Token]) -> exp.Expr:
    try:
        found: list[exp.Expr | None] = DuckDB().parser().parse(words, text)
    except ParseError as error:
        raise refused(text, _start(error, text), "Something is missing or out of place here") from None
    except RecursionError:
        raise refused(text, 0, "The condition is nested too deeply") from None
    whole = found[0] if len(found) == 1 else None
    if whole is None:
        raise refused(text, 0, "This is not one condition")
    return whole


def _start(error: ParseError, text: str) -> int:
    """Where sqlglot stumbled. It gives the line and the column of the last character of a word."""
    first = error.errors[0] if error.errors else {}
    lines = text.splitlines(keepends=True)[: int(first.get("line") or 1) - 1]
    column = int(first.get("col") or 1) - len(str(first.get("highlight") or ""))
    return max(0, min(sum(map(len, lines)) + column, len(text) - 1))


def _unclosed(text: str) -> int:
    closed = CLOSED_QUOTES.match(text)
    end = closed.end() if closed else 0
    return end if end < len(text) else 0
