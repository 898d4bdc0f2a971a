"""What happened, to be learned from: rows of a table with a label, a time and inputs, checked and in time order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.inputs import Inputs, check_columns, learn_inputs
from yuelao.analytics.ranks import row_hash
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
FEWEST_ROWS, FEWEST_OF_A_CLASS = 200, 10
MORE = "Give more cases with known outcomes, over a longer time"


@dataclass(frozen=True, eq=False)
class History:
    """`x` (rows, inputs; NaN is null), `y` 0/1 and `times` in time order; `places` of the rows in the table.

    inputs: what the columns of `x` hold. left_out: input that cannot be used → reason.
    """

    x: Floats
    y: Floats
    times: NDArray[np.generic]
    places: NDArray[np.int64]
    inputs: Inputs
    left_out: dict[str, str]


def read_history(table: pa.Table, label: str, time: str, inputs: Sequence[str], seed: int = 0) -> History:
    """The rows of a table: `label` boolean or 0/1, `time` a date, timestamp or whole number.

    Rows of one time are ordered by a hash of what they hold, so the order of rows and of columns changes nothing.

    Raises Refused (code: column, label, time, too_little_data, one_class, no_input).
    """
    check_columns(table, [label, time, *inputs])
    if {label, time} & set(inputs):
        raise Refused("The label and the time cannot be inputs", hint=f"Take {label} and {time} out", code="column")
    y, when = _labels(table, label), _times(table, time)
    usable, left_out = learn_inputs(table, inputs)
    if not usable.columns:
        reason = f"{next(iter(left_out), '')}: {next(iter(left_out.values()), 'none was named')}"
        raise Refused("None of the inputs can be used", hint=reason, code="no_input")
    x = usable.matrix(table)
    order = np.lexsort((row_hash([*x.T, y], seed), when))
    return History(x[order], y[order], when[order], order, usable, left_out)


def _labels(data: pa.Table, label: str) -> Floats:
    column = data[label]
    if column.null_count:
        raise Refused(
            f"The label {label} is null in {column.null_count} rows", hint="Give known outcomes", code="label"
        )
    try:
        y: Floats = np.array(column.cast(pa.int8()).to_numpy(), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise Refused(f"The label {label} is neither boolean nor 0/1", hint="As in sold: true", code="label") from error
    if not np.isin(y, (0.0, 1.0)).all():
        raise Refused(f"The label {label} is neither boolean nor 0/1", hint="As in sold: true", code="label")
    if len(y) < FEWEST_ROWS:
        raise Refused(f"{len(y)} rows are too few to learn from", hint=MORE, code="too_little_data")
    fewer = int(min(y.sum(), len(y) - y.sum()))
    if fewer < FEWEST_OF_A_CLASS:
        raise Refused(f"Only {fewer} rows have the rarer outcome of {label}", hint=MORE, code="one_class")
    return y


def _times(data: pa.Table, time: str) -> NDArray[np.generic]:
    column = data[time]
    kind = column.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_integer(kind)):
        raise Refused(f"{time} is no time: {kind}", hint="Give a date, a timestamp or a row number", code="time")
    if column.null_count:
        raise Refused(f"The time {time} is null in {column.null_count} rows", hint="Leave those rows out", code="time")
    times: NDArray[np.generic] = column.to_numpy()
    return times
