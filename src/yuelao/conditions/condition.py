"""A condition that has been read: its text, its tree, the fields it uses, and the closure for one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from yuelao.conditions.closure import compile_test
from yuelao.conditions.tree import Name, Test, nodes


@dataclass(frozen=True)
class Condition:
    """A typed boolean expression over named fields. Equal when the text is equal.

    `str(condition.tree)` is the same condition in its plainest writing.
    """

    text: str
    tree: Test = field(compare=False, repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields it uses."""
        return frozenset(node.name for node in nodes(self.tree) if isinstance(node, Name))

    def values(self, row: Mapping[str, object]) -> dict[str, object]:
        """The fields the condition uses, in alphabetical order, with what the row says of them; None when silent."""
        return {name: row.get(name) for name in sorted(self.names)}

    def closure(self, as_of: date) -> Callable[[Mapping[str, object]], bool | None]:
        """The test of one row, seen from `as_of`: true, false, or None when the row does not say enough.

        A field that the row lacks is null. Dates may be dates, datetimes or ISO text. Calling it raises
        `Refused(code="condition_value")` for a value that is not of the field's kind.
        """
        return compile_test(self.tree, as_of)
