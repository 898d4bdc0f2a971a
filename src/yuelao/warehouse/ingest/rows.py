"""What every reader of files hands on: rows as columns c0, c1, … in batches, with the line each row began on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from yuelao.warehouse.expressions import SOURCE_LINE


@dataclass(frozen=True)
class Reject:
    """Why one row was set aside. `field` is empty when the row could not even be split into values."""

    line: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Rows of a file (`source_line` and the wanted c<i>), the lines that could not be read, and bytes read so far."""

    rows: pa.Table
    unreadable: list[Reject] = field(default_factory=list)
    done: int = 0


class Reader(Protocol):
    """An open file: the names of its columns, and its rows."""

    @property
    def names(self) -> list[str]: ...

    def batches(self, wanted: Sequence[int]) -> Iterator[Batch]:
        """The rows, once, with the columns at the places `wanted`."""
        ...


def text_rows(lines: Sequence[int], columns: dict[int, list[str | None]]) -> pa.Table:
    """Rows of texts as a table."""
    arrays = {f"c{index}": pa.array(values, pa.string()) for index, values in columns.items()}
    return pa.table({SOURCE_LINE: pa.array(lines, pa.int64()), **arrays})
