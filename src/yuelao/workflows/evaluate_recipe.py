"""Evaluating the product's own recipe on anybody's table: how well would it rank and foresee there; no workspace."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.propensity.evaluating import Protocol, evaluate
from yuelao.common.errors import Refused, nearest
from yuelao.warehouse.table_file import need_columns, read_table

ROWS = "rows"


class Evaluated(BaseModel):
    """See `analytics.propensity.evaluating.Evaluation`; seconds of the whole, reading included."""

    model_config = ConfigDict(frozen=True)

    protocol: str
    rows: int
    positives: int
    tested: int
    auc: float
    interval: tuple[float, float]
    alift: float
    reached_at_half: float
    lift_top_decile: float
    calibration_error: float
    chosen: dict[str, Any]
    seconds: float


def evaluate_recipe(
    file: Path, target: str, positive: str, order: str, protocol: Protocol, exclude: Sequence[str] = ()
) -> Evaluated:
    """The recipe's figures on the table in `file`: every column but the target, the order and `exclude` is an input.

    `positive`: the target's value that is the event. `order`: a column of dates, times or whole numbers, or "rows"
    where the file is in time order. Refused, with the file, where the table is not such a one.
    """
    started = time.perf_counter()
    _check(protocol)
    table = read_table(file)
    need_columns(table, [target, *exclude, *([] if order == ROWS else [order])], file)
    inputs = [name for name in table.column_names if name not in (target, order, *exclude)]
    event, place = _free(table, "event_"), _free(table, "place_")
    prepared = table.append_column(event, _event(table[target], target, positive, file))
    when = pa.array(np.arange(table.num_rows)) if order == ROWS else table[order]
    try:
        found = evaluate(prepared.append_column(place, when), event, place, inputs, protocol)
    except Refused as refusal:
        said = re.sub(rf"\b{event}\b", lambda _: target, re.sub(rf"\b{place}\b", lambda _: order, refusal.message))
        raise Refused(said, where=str(file), hint=refusal.hint, code=refusal.code) from refusal
    return Evaluated(protocol=protocol.kind, **vars(found), seconds=round(time.perf_counter() - started, 3))


def _check(protocol: Protocol) -> None:
    if not 0 < protocol.test < 1:
        raise Refused(f"The share tested lies between 0 and 1, not {protocol.test}", where="--test", code="share")
    least = {"steps": 1, "folds": 2, "repeats": 1}
    for option, fewest in least.items():
        if (value := getattr(protocol, option)) < fewest:
            raise Refused(f"{value} is too few", where=f"--{option}", hint=f"{fewest} or more", code=option)


def _event(column: pa.ChunkedArray, target: str, positive: str, file: Path) -> pa.ChunkedArray:
    """Whether the target has the positive value; null where it is null."""
    values = pc.cast(column, pa.string())
    event = pc.equal(values, positive)
    if not pc.any(event).as_py():
        known = [str(value) for value in pc.unique(values.drop_null()).to_pylist()[:50]]
        hint = nearest(positive, known)
        raise Refused(f"{target} is {positive!r} in no row", where=str(file), hint=hint, code="positive")
    return event


def _free(table: pa.Table, name: str) -> str:
    """A name that no column has."""
    while name in table.column_names:
        name += "_"
    return name
