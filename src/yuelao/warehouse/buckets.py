"""Buckets of customers: ranges of their ids, so that what is computed for a range reads its part of the lake only.

The lake's files lie in order of the customers; an engine passes over the row groups of other ranges unread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.tables import KEY, Tables

SIZE = 1_000_000
"""Customers of a bucket, about: enough to keep all cores busy, few enough for memory."""
_PREFIX = 3


@dataclass(frozen=True)
class Bucket:
    """The customers from `least` up to, but without, `below`; None leaves a side open."""

    least: str | None = None
    below: str | None = None

    def of(self, table: ir.Table) -> ir.Table:
        """The rows of these customers."""
        if self.least is not None:
            table = table.filter(table[KEY] >= self.least)
        return table if self.below is None else table.filter(table[KEY] < self.below)


class Within:
    """The tables of one bucket of customers; what belongs to no customer is whole."""

    def __init__(self, tables: Tables, bucket: Bucket) -> None:
        self._tables, self._bucket = tables, bucket

    def table(self, name: str) -> ir.Table:
        table = self._tables.table(name)
        return self._bucket.of(table) if KEY in CONTRACT.table(name).fields else table

    def has(self, name: str) -> bool:
        return self._tables.has(name)

    def extras(self) -> Mapping[str, Field]:
        return self._tables.extras()


def cut(customers: ir.Table, size: int = SIZE) -> Sequence[Bucket]:
    """Buckets of about `size` customers that together hold every id once; customers: any table with customer_id.

    They are cut where ids begin differently: with ids that all begin alike, a bucket may be larger.
    """
    begins = customers.group_by(begin=customers[KEY].left(_PREFIX)).aggregate(customers=customers[KEY].nunique())
    counted = begins.to_pyarrow().sort_by("begin")
    total = sum(counted["customers"].to_pylist())
    wanted = max(round(total / size), 1)
    cuts: list[str] = []
    seen = 0
    for begin, here in zip(counted["begin"].to_pylist(), counted["customers"].to_pylist(), strict=True):
        if len(cuts) + 1 < wanted and seen >= (len(cuts) + 1) * total / wanted:
            cuts.append(begin)
        seen += here
    return [Bucket(least, below) for least, below in zip([None, *cuts], [*cuts, None], strict=True)]
