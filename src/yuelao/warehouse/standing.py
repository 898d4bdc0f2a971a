"""Where one customer stands: of each number how many customers of the view have less, and as much.

Of a large base a part of the customers is counted: those whose ids begin with the first letters. Ids are pseudonyms, so
that is a fair draw, and files lie in their order, so that the rest is not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits

import ibis.expr.types as ir

from yuelao.analytics.segmentation.scaling import as_number
from yuelao.warehouse.buckets import Bucket

MOST = 200_000
"""As many customers, at most and about, are counted: a share is right to 0.1 %."""
_LETTERS = digits + ascii_uppercase + ascii_lowercase


@dataclass(frozen=True)
class Standing:
    """Of `known` customers with a value, `below` have a lower one and `same` have this one, the customer among them."""

    below: int
    same: int
    known: int

    @property
    def above(self) -> int:
        """Customers with a higher value."""
        return self.known - self.below - self.same


def counted_among(view: ir.Table, most: int = MOST) -> ir.Table:
    """About `most` customers of a view, or all where there are no more."""
    customers = view.count().to_pyarrow().as_py()
    letters = -(-len(_LETTERS) * most // max(customers, 1))
    return view if letters >= len(_LETTERS) else Bucket(below=_LETTERS[letters]).of(view)


def standings(table: ir.Table, own: ir.Table, names: Sequence[str]) -> dict[str, Standing]:
    """Column of numbers → how the value of the one row of `own` stands among the table's, NaN being none; in one pass.

    The row is joined, not written out: as a literal a number may lose its last digit.
    """
    one = own.select(**{f"own {name}": as_number(own, name) for name in names})
    both = table.select(**{name: as_number(table, name) for name in names}).cross_join(one)
    sums: dict[str, ir.Value] = {"rows": both.count()}
    for place, name in enumerate(names):
        column, value = both[name], both[f"own {name}"]
        sums |= {f"known_{place}": column.count(), f"below_{place}": (column < value).sum()}
        sums[f"same_{place}"] = (column == value).sum()
    [row] = both.aggregate(**sums).to_pyarrow().to_pylist()
    return {
        name: Standing(row[f"below_{place}"] or 0, row[f"same_{place}"] or 0, row[f"known_{place}"])
        for place, name in enumerate(names)
    }
