"""A sample of customers small enough for numpy, the same on every engine and in whatever order rows come."""

from typing import Any

import ibis.expr.types as ir

from yuelao.analytics.evidence import KEY

CUSTOMERS = 20_000
_DIGITS = 8


def drawn(table: ir.Table, rows: int, wanted: int = CUSTOMERS) -> ir.Table:
    """About `wanted` of the `rows` rows, drawn by a hash of the customer id; all of them where there are no more."""
    if rows <= wanted:
        return table
    limit = f"{int(wanted / rows * 16**_DIGITS):0{_DIGITS}x}"
    return table.filter(table[KEY].hexdigest("md5").left(_DIGITS) < limit)


def count(table: ir.Table) -> int:
    """How many rows a table has."""
    found: Any = table.count().to_pyarrow().as_py()
    return int(found)
