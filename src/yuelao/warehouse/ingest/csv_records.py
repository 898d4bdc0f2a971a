"""The records of a block of CSV lines that has quotes in it: which lines belong together, and which are broken.

A broken line is set aside alone and reading goes on with the next, so that one stray quote never swallows a file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from yuelao.warehouse.ingest.rows import Reject

_MAX_LINES = 1_000
"""Lines one record may have: beyond that its quote was never meant to be open."""


@dataclass
class Records:
    """Whole records in order, the line each begins on, what is broken, and how many lines were used up."""

    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    broken: list[Reject] = field(default_factory=list)
    used: int = 0


class RecordSplitter:
    """Finds records of `width` values; a record of several lines may have up to `limit` characters."""

    def __init__(self, separator: str, quote: str, width: int, limit: int) -> None:
        mark, other = re.escape(quote), re.escape(separator)
        quoted = f"{mark}[^{mark}]*+(?:{mark}{mark}[^{mark}]*+)*+"
        value = f"(?:{quoted}{mark}(?!{mark})|[^{mark}{other}]*+)"
        self._quote, self._width, self._limit = quote, width, limit
        self._whole = re.compile(f"{value}(?:{other}{value}){{{width - 1}}}")
        self._well_formed = re.compile(f"{value}(?:{other}{value})*+")
        self._open = re.compile(f"(?:{value}{other})*+{quoted}")
        self._quoted = re.compile(f"{quoted}{mark}")
        self._mark = separator

    def split(self, lines: Sequence[str], first: int, last_block: bool) -> Records:
        """Split `lines`, the first being line `first`; an unfinished record at the end stays unused until the last."""
        found = Records()
        while found.used < len(lines):
            start = found.used
            taken = self._take(lines, start, last_block)
            if taken == 0:
                break
            text = "\n".join(lines[start : start + taken])
            if not text.strip(" "):
                found.used += 1
            elif self._whole.fullmatch(text):
                found.texts.append(text)
                found.lines.append(first + start)
                found.used += taken
            else:
                found.broken.append(self._reject(lines[start], first + start))
                found.used += 1
        return found

    def _take(self, lines: Sequence[str], start: int, last_block: bool) -> int:
        """How many lines the record at `start` has; 0 when its end lies in a later block."""
        text, count = lines[start], 1
        while self._open.fullmatch(text) and not self._whole.fullmatch(text):
            more = []
            size = len(text)
            while start + count < len(lines) and size <= self._limit and count < _MAX_LINES:
                line = lines[start + count]
                more.append(line)
                size += len(line) + 1
                count += 1
                if self._quote in line:
                    break
            else:
                return 1 if last_block or start + count < len(lines) else 0
            text = "\n".join([text, *more])
        return count

    def _reject(self, line: str, number: int) -> Reject:
        if self._well_formed.fullmatch(line):
            return count_reject(number, self._quoted.sub("", line).count(self._mark) + 1, self._width)
        return Reject(number, "", "", "broken quotes: a quote is not closed, or stands inside a value")


def count_reject(number: int, found: int, expected: int) -> Reject:
    """The reject of a line with too few or too many values."""
    return Reject(number, "", str(found), f"{found} values where the header has {expected}")
