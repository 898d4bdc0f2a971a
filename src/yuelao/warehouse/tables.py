"""Where views and rules read: the contract's tables, from whatever engine holds them."""

from collections.abc import Mapping
from typing import Protocol

import ibis.expr.types as ir

from yuelao.warehouse.contract import Field

KEY = "customer_id"


class Tables(Protocol):
    """The contract's tables, whether one has rows, and the extra attributes of the customer."""

    def table(self, name: str) -> ir.Table: ...

    def has(self, name: str) -> bool: ...

    def extras(self) -> Mapping[str, Field]: ...
