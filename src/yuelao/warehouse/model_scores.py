"""Scores of trained models: what each expects of every customer of a view, asked in the engine batch by batch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.evidence import Output
from yuelao.common.errors import Refused
from yuelao.warehouse.engine import Engine
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.targets import LOOK_ALIKE, TARGETS, target_of

_PROBABILITY = "_probability"


class Predictor(Protocol):
    """What a trained model is asked; it survives pickling, for an engine may ask it on another machine."""

    @property
    def inputs(self) -> Any:
        """Its `names` are the columns that it needs."""

    def predict(self, table: pa.Table, /) -> NDArray[np.float64]:
        """Probabilities, shape (rows,); Refused where a column is missing or of another type."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained model in use: its name and version, the column that it gives, and what is asked."""

    name: str
    version: str
    output: Output
    model: Predictor


def score_output(name: str) -> Output | None:
    """The column of a model by its registered name: letters, digits and _ only, as a condition wants them.

    None of a model that needs more than the customer: an offer, an hour, a treatment.

    >>> score_output("look_alike-data_10gb").name
    'look_alike_data_10gb_probability'
    """
    model, _dash, product = name.partition("-")
    if model not in TARGETS and not (model == LOOK_ALIKE and product):
        return None
    target = target_of(model, product or None)
    column = re.sub(r"\W", "_", name) + _PROBABILITY
    return Output(column, "number", f"{target.en} (probability)", f"{target.zh}（概率）", "share")


def score_title(column: str) -> dict[str, str] | None:
    """What the column of a trained model means, in both languages; None of any other column."""
    name = column.removesuffix(_PROBABILITY)
    output = score_output(re.sub(f"^{LOOK_ALIKE}_", f"{LOOK_ALIKE}-", name)) if name != column else None
    return {"en": output.en, "zh": output.zh} if output else None


def refusals(trained: Sequence[Trained], view: ir.Table) -> Mapping[str, str]:
    """Why models cannot be asked about this view, by name; those that can are not named."""
    nobody = view.schema().to_pyarrow().empty_table()
    found = {}
    for each in trained:
        try:
            each.model.predict(nobody)
        except Refused as refusal:
            found[each.name] = f"{each.name}: {refusal.message}"
    return found


def write_scores(engine: Engine, view: ir.Table, trained: Sequence[Trained], path: Path) -> int:
    """Write customer_id and what each model expects of the customer into one new file; how many rows."""
    needed = dict.fromkeys(name for each in trained for name in each.model.inputs.names)
    schema = pa.schema({KEY: pa.string(), **{each.output.name: pa.float64() for each in trained}})
    asked = {each.output.name: each.model for each in trained}
    return engine.map(view.select(KEY, *needed), partial(_expected, asked, schema), schema, path)


def _expected(asked: Mapping[str, Predictor], schema: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    table = pa.Table.from_batches([batch])
    columns = [pa.array(model.predict(table)) for model in asked.values()]
    return pa.record_batch([batch[KEY].cast(pa.string()), *columns], schema=schema)
