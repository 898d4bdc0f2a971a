"""The rows a block of customers leaves, by table, as plain arrays."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation.catalogue import Integers

Rows = Mapping[str, NDArray[Any]]


@dataclass(slots=True)
class Log:
    """The rows a block has left, by table; `sequence` numbers them within block and table."""

    block: int
    pieces: dict[str, list[Rows]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, table: str, **columns: NDArray[np.generic]) -> Integers:
        """Append rows; returns their ids, unique over all blocks."""
        rows = len(next(iter(columns.values())))
        ids = self.block * 100_000_000 + self.counts[table] + np.arange(rows)
        self.counts[table] += rows
        self.pieces[table].append({"id": ids, **columns})
        return ids

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """All rows of a table, column by column."""
        pieces = self.pieces[name]
        return {column: np.concatenate([piece[column] for piece in pieces]) for column in pieces[0]}
