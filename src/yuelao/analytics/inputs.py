"""A model's inputs: which columns of a table it uses and how each becomes numbers, remembered for every later table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.common.errors import Refused, nearest

Floats = NDArray[np.float64]
MOST_CATEGORIES = 200


@dataclass(frozen=True)
class Input:
    """One column; text is known by its place among `categories`, numbers and booleans have none."""

    name: str
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Inputs:
    """The columns in the order of their names, so that the order of a table's columns is irrelevant."""

    columns: tuple[Input, ...]

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the order of the matrix."""
        return [column.name for column in self.columns]

    @property
    def categorical(self) -> list[int]:
        """The places in the matrix that hold codes of categories."""
        return [i for i, column in enumerate(self.columns) if column.categories is not None]

    def only(self, places: Sequence[int]) -> "Inputs":
        """The columns at these places of the matrix."""
        return Inputs(tuple(self.columns[place] for place in places))

    def matrix(self, table: pa.Table) -> Floats:
        """The numbers, shape (rows, inputs); null, infinite and unknown category are NaN.

        Raises Refused where the table lacks a column or holds it in another type.
        """
        check_columns(table, self.names)
        numbers = np.empty((table.num_rows, len(self.columns)), order="F")  # written, and mostly read, by columns
        for i, column in enumerate(self.columns):
            numbers[:, i] = _encode(table[column.name], column)
        return numbers

    def as_dict(self) -> dict[str, list[str] | None]:
        """The form that is saved: name → categories."""
        return {c.name: None if c.categories is None else list(c.categories) for c in self.columns}

    @classmethod
    def from_dict(cls, saved: Mapping[str, list[str] | None]) -> "Inputs":
        """The inverse of `as_dict`."""
        return cls(tuple(Input(n, None if c is None else tuple(c)) for n, c in sorted(saved.items())))


def learn_inputs(table: pa.Table, names: Sequence[str]) -> tuple[Inputs, dict[str, str]]:
    """Which of the named columns a model can use, and why it cannot use the rest: name → reason.

    >>> table = pa.table({"age": [31, 45], "job": ["nurse", None], "born": [None, None]})
    >>> inputs, left_out = learn_inputs(table, ["age", "job", "born"])
    >>> inputs.matrix(table).tolist(), left_out
    ([[31.0], [45.0]], {'born': 'no value in any row', 'job': 'the same value in every row'})
    """
    check_columns(table, names)
    used: list[Input] = []
    left_out: dict[str, str] = {}
    for name in sorted(set(names)):
        column, reason = _learn(name, table[name])
        if reason:
            left_out[name] = reason
        else:
            used.append(column)
    return Inputs(tuple(used)), left_out


def check_columns(table: pa.Table, names: Sequence[str]) -> None:
    """Raise Refused, with the nearest names, for the first name that is no column of the table."""
    there = set(table.column_names)  # a table lists its names anew at each question
    for name in names:
        if name not in there:
            raise Refused(f"There is no column {name}", hint=nearest(name, table.column_names), code="column")


NO_VALUE = "no value in any row"


def _learn(name: str, values: Any) -> tuple[Input, str]:
    plain = Input(name)
    if values.null_count == len(values):
        return plain, NO_VALUE
    kind = _kind(values.type)
    if kind == "date":
        return plain, "a date; give the days or months since it"
    if kind == "other":
        return plain, f"of a type no model can use: {values.type}"
    if len(pc.unique(values.drop_null())) == 1 and kind == "text":
        return plain, "the same value in every row"
    if kind == "text":
        counts = pc.value_counts(values.drop_null().cast(pa.string())).to_pylist()
        often = sorted(counts, key=lambda pair: (-pair["counts"], pair["values"]))[:MOST_CATEGORIES]
        return Input(name, tuple(sorted(pair["values"] for pair in often))), ""
    numbers = _encode(values, plain)
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return plain, NO_VALUE
    constant = len(known) == len(numbers) and bool((known == known[0]).all())
    return plain, "the same value in every row" if constant else ""


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    numeric = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    if any(test(kind) for test in numeric):
        return "number"
    return "date" if pa.types.is_temporal(kind) else "other"


def _encode(values: Any, column: Input) -> Floats:
    if values.null_count == len(values) > 0 or pa.types.is_null(values.type):
        return np.full(len(values), np.nan)
    kind = _kind(values.type)
    if kind != ("number" if column.categories is None else "text"):
        wanted = "numbers" if column.categories is None else "text"
        raise Refused(f"The model knows {column.name} as {wanted}, not as {values.type}", code="type")
    if column.categories is not None:
        codes = pc.index_in(values.cast(pa.string()), value_set=pa.array(column.categories, pa.string()))
        return _floats(codes)
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    numbers = _floats(values)
    infinite = np.isinf(numbers)
    return np.where(infinite, np.nan, numbers) if infinite.any() else numbers


def _floats(values: Any) -> Floats:
    """The numbers, NaN for null; to be read only, as they may be the table's own."""
    numbers: Floats = values.cast(pa.float64()).to_numpy()
    return numbers
