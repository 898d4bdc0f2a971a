"""A randomised trial as arrays: who was treated by the draw, what followed, and what was known of each before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.inputs import Inputs, check_columns, learn_inputs
from yuelao.analytics.ranks import row_hash
from yuelao.analytics.uplift.suspects import suspects
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
FEWEST_OF_AN_ARM = 100


@dataclass(frozen=True, eq=False)
class Trial:
    """`x` (rows, inputs; NaN is unknown), `treated` 0/1 and `y` (rows,), any number; `share`: P(treated), by the draw.

    `codes`: the inputs that are categories. `seed`: every draw of a fit comes from it.
    """

    x: Floats
    treated: Floats
    y: Floats
    share: float
    codes: tuple[int, ...] = ()
    seed: int = 0

    def take(self, rows: NDArray[Any]) -> "Trial":
        """Some of the rows, as a mask or as places."""
        return replace(self, x=self.x[rows], treated=self.treated[rows], y=self.y[rows])

    def arm(self, treated: bool) -> "Trial":
        """The treated, or the held out."""
        return self.take(self.treated == float(treated))


@dataclass(frozen=True, eq=False)
class Reading:
    """A trial read from a table: its rows in an order of their own, the table's row of each, and what was left out."""

    trial: Trial
    inputs: Inputs
    order: NDArray[np.int64]
    left_out: Mapping[str, str] = field(default_factory=dict)


def read_trial(
    table: pa.Table, treatment: str, outcome: str, inputs: Sequence[str], seed: int, share: float | None = None
) -> Reading:
    """Read one row a customer; `treatment` boolean or 0/1, `outcome` boolean or a number, `share` None: estimated.

    An input that cannot have been known before the treatment is left out (see `suspects`). Rows are put in the order
    of a hash of what they hold, so that their order in the table changes nothing.

    Raises Refused (code: column, treatment, label, share, too_little_data, no_variation, no_input).
    """
    check_columns(table, [treatment, outcome, *inputs])
    if treatment == outcome or {treatment, outcome} & set(inputs):
        raise Refused("The treatment and the outcome cannot be inputs, nor the same column", code="column")
    treated, y = _drawn(table, treatment), _numbers(table, outcome)
    _check(treated, y, treatment, outcome, share)
    usable, left_out = learn_inputs(table, inputs)
    if usable.columns:
        found = suspects(usable.matrix(table), usable, treated, y)
        left_out |= found
        usable = Inputs(tuple(column for column in usable.columns if column.name not in found))
    if not usable.columns:
        first = next(iter(left_out.items()), ("", "none was named"))
        raise Refused("None of the inputs can be used", hint=": ".join(first).strip(": "), code="no_input")
    x = usable.matrix(table)
    order = np.argsort(row_hash([*x.T, treated, y], seed), kind="stable")
    known = float(treated.mean()) if share is None else share
    trial = Trial(x[order], treated[order], y[order], known, tuple(usable.categorical), seed)
    return Reading(trial, usable, order, left_out)


def _check(treated: Floats, y: Floats, treatment: str, outcome: str, share: float | None) -> None:
    arms = int(treated.sum()), int((1 - treated).sum())
    if min(arms) < FEWEST_OF_AN_ARM:
        raise Refused(
            f"{arms[0]} treated and {arms[1]} held out are too few to learn from",
            hint=f"Both need {FEWEST_OF_AN_ARM} or more", where=treatment, code="too_little_data",
        )  # fmt: skip
    if (y == y[0]).all():
        raise Refused(
            f"{outcome} is the same in every row", hint="Name what the treatment may change", code="no_variation"
        )
    if share is not None and not 0 < share < 1:
        raise Refused(f"The share of the treated lies between 0 and 1, not {share:g}", code="share")


def _drawn(table: pa.Table, name: str) -> Floats:
    values = _numbers(table, name)
    if not np.isin(values, (0.0, 1.0)).all():
        raise Refused(f"The treatment {name} is neither boolean nor 0/1", hint="As in treated: true", code="treatment")
    return values


def _numbers(table: pa.Table, name: str) -> Floats:
    column = table[name]
    if column.null_count:
        raise Refused(f"{name} is null in {column.null_count} rows", hint="Leave those rows out", code="label")
    kind = column.type
    if not (pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise Refused(f"{name} holds {kind}, not numbers", hint="Give 0 and 1, or an amount", code="label")
    values: Floats = np.array((column.cast(pa.int8()) if pa.types.is_boolean(kind) else column).to_numpy(), np.float64)
    if not np.isfinite(values).all():
        raise Refused(f"{name} is not finite in every row", hint="Leave those rows out", code="label")
    return values
