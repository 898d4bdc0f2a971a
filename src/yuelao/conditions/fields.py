"""What a condition may speak of: fields with a kind, and for levels their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The type of a value; its value is how a refusal names it."""

    NUMBER = "a number"
    TEXT = "text"
    BOOLEAN = "yes or no"
    DATE = "a date"
    LEVEL = "a level"


@dataclass(frozen=True)
class Field:
    """One named value of a row. `levels` (only for LEVEL) runs from lowest to highest."""

    kind: Kind
    levels: tuple[str, ...] = ()


Fields = Mapping[str, Field]
