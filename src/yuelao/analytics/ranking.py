"""A ranking in place of a model: for whoever has customers but no outcomes to learn from yet.

It predicts nothing: every customer is taken to respond alike, or, ranked by one column, the higher the likelier.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.ranks import mid_ranks
from yuelao.common.errors import Refused, nearest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """Stands where a response model stands; `assumed` is the mean response taken for granted, in (0, 0.5]."""

    assumed: float
    column: str | None = None

    def predict(self, table: pa.Table) -> Floats:
        """`assumed` for everybody, or 2 · assumed · the row's percentile by `column`; shape (rows,).

        Raises Refused where the column is missing or holds no numbers. A null ranks in the middle.

        >>> Ranking(0.1, "spend").predict(pa.table({"spend": [10.0, 30.0]})).tolist()
        [0.05, 0.15000000000000002]
        """
        if self.column is None or table.num_rows == 0:
            return np.full(table.num_rows, self.assumed)
        if self.column not in table.column_names:
            hint = nearest(self.column, table.column_names)
            raise Refused(f"There is no column {self.column!r} to rank by", where="rank_by", hint=hint)
        try:
            values = table[self.column].cast(pa.float64()).to_numpy()
        except pa.ArrowInvalid as error:
            raise Refused(f"{self.column} holds no numbers to rank by", where="rank_by") from error
        known = ~np.isnan(values)
        share = np.full(len(values), 0.5)
        share[known] = (mid_ranks(values[known]) - 0.5) / max(int(known.sum()), 1)
        return 2.0 * self.assumed * share

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """The column ranked by, for every row; at most `k` reasons."""
        named = [(self.column, self.assumed)] if self.column is not None else []
        return [named[:k]] * table.num_rows
