"""The one condition language: a SQL boolean expression over named fields, read once, run anywhere.

    parse("arpu_3m >= 80 and value_level in ('A1', 'A2')", fields)  →  Condition

The condition is typed and closed: what it may say is in `tree`, and nothing else gets through. For one row it becomes
a closure here; for millions `warehouse.conditions` turns the same tree into an Ibis expression. Both follow SQL's
three-valued logic and must always agree; a property test says so. No I/O.
"""

from yuelao.conditions.condition import Condition
from yuelao.conditions.fields import Field, Fields, Kind
from yuelao.conditions.parse import parse

__all__ = ["Condition", "Field", "Fields", "Kind", "parse"]
