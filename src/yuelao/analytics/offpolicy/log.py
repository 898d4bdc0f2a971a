"""A log of decisions drawn by lot: in what situation which action was taken, how probable that was, what it earned."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.analytics.inputs import check_columns, learn_inputs
from yuelao.analytics.ranks import row_hash
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
FEWEST_ROWS = 100


@dataclass(frozen=True)
class Columns:
    """Which columns of both logs hold what; `context` in order of its weight for the policy."""

    action: str
    reward: str
    probability: str
    context: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Log:
    """`action` codes of `actions`, `reward`, `probability` of the action taken, each (rows,); `x` (rows, context).

    `codes`: the places in `context` that are categories.
    """

    actions: tuple[str, ...]
    action: Codes
    reward: Floats
    probability: Floats
    x: Floats
    context: tuple[str, ...]
    codes: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.action)


def read_logs(log: pa.Table, target: pa.Table, columns: Columns) -> tuple[Log, Log]:
    """The log to learn from and that of the target policy, with one code for each action and category of either.

    Context that never varies or is of no use is left out. Rows stand in the order of a hash of what they hold.
    Raises Refused (code: column, too_few_rows, null, reward, probability).
    """
    needed = [columns.action, columns.reward, columns.probability, *columns.context]
    if len(set(needed)) < len(needed):
        raise Refused("A column is named twice", hint=", ".join(needed), code="column")
    for table in (log, target):
        check_columns(table, needed)
    both = pa.concat_tables(
        [t.select(columns.context).combine_chunks() for t in (log, target)], promote_options="permissive"
    )
    inputs, _ = learn_inputs(both, columns.context)
    ordered = [name for name in columns.context if name in inputs.names]
    places = [inputs.names.index(name) for name in ordered]
    codes = tuple(i for i, place in enumerate(places) if place in inputs.categorical)
    texts = [_texts(table, columns.action) for table in (log, target)]
    actions = tuple(sorted({*texts[0].unique().to_pylist(), *texts[1].unique().to_pylist()}))
    found = []
    for table, text in zip((log, target), texts, strict=True):
        action = pc.index_in(text, value_set=pa.array(actions)).to_numpy().astype(np.int64)
        reward, probability = _numbers(table, columns.reward), _numbers(table, columns.probability)
        if ((probability <= 0) | (probability > 1)).any():
            raise Refused(f"{columns.probability} is not in (0, 1] in every row", code="probability")
        x = inputs.matrix(table)[:, places]
        order = np.argsort(row_hash([*x.T, action, reward, probability]), kind="stable")
        found.append(Log(actions, action[order], reward[order], probability[order], x[order], tuple(ordered), codes))
    return found[0], found[1]


def _texts(table: pa.Table, name: str) -> pa.ChunkedArray:
    _check(table, name)
    return table[name].cast(pa.string())


def _numbers(table: pa.Table, name: str) -> Floats:
    _check(table, name)
    kind = table[name].type
    if not (pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise Refused(f"{name} holds {kind}, not numbers", hint="Give 0 and 1, or an amount", code="reward")
    column = table[name].cast(pa.int8()) if pa.types.is_boolean(kind) else table[name]
    values: Floats = np.array(column.to_numpy(), dtype=np.float64)
    if not np.isfinite(values).all():
        raise Refused(f"{name} is not finite in every row", hint="Leave those rows out", code="null")
    return values


def _check(table: pa.Table, name: str) -> None:
    if table.num_rows < FEWEST_ROWS:
        raise Refused(
            f"{table.num_rows} rows are too few to judge by", hint=f"Give {FEWEST_ROWS} or more", code="too_few_rows"
        )
    if table[name].null_count:
        raise Refused(f"{name} is null in {table[name].null_count} rows", hint="Leave those rows out", code="null")
