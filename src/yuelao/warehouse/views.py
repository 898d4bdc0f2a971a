"""The built customer views: which there are, what models say of their customers, and reading one with its scores."""

import json
from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.analytics.evidence import Output
from yuelao.analytics.segmentation import LEVELS
from yuelao.common.errors import Refused
from yuelao.warehouse.engine import in_share
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY

DATASET = "view"
SCORES = "scores"
OUTPUTS = "outputs"
"""Beside the features of a day: what the models say of each customer, and what each column of that means."""
SITUATIONS = "situations"
NEED_RANKING = "need_ranking"
LIKE_CUSTOMERS = "like_customers"
USUAL_CHANNELS = "usual_channels"
DETAILS = (SITUATIONS, NEED_RANKING, LIKE_CUSTOMERS, USUAL_CHANNELS)
"""What models say beside the scores: see `details` of the dimensions and of the preference."""
ALWAYS = (
    Output("value_score", "number", "Value score, of 100", "价值得分（百分制）", "points"),
    Output("value_level", "level", "Value level", "价值等级", levels=LEVELS),
)
"""What every view has, if only as nulls: conditions and pages may always name them."""
_TYPES = {"number": "float64", "text": "string", "level": "string"}


def newest_view(snapshot: Snapshot) -> date:
    """The as-of date of the newest customer view; refused where none was built yet."""
    dates = snapshot.partitions(DATASET)
    if not dates:
        raise Refused("There is no customer view yet", where="lake", hint="Build one with `yuelao refresh`")
    return date.fromisoformat(max(dates))


def read_view(snapshot: Snapshot, as_of: date) -> ir.Table:
    """The view of a date, features and scores; refused where it was not built.

    It has the scores of the newest view too, as nulls where the models of that day did not say them.
    """
    day = as_of.isoformat()
    if day not in snapshot.partitions(DATASET):
        hint = f"Build it with `yuelao refresh --as-of {as_of}`"
        raise Refused(f"There is no customer view as of {as_of}", where="lake", hint=hint)
    view = snapshot.dataset(DATASET, day)
    if day not in snapshot.partitions(SCORES):
        return view
    joined = view.left_join(snapshot.dataset(SCORES, day), KEY, rname="{name}_scored").drop(f"{KEY}_scored")
    lacking = {o.name: ibis.null(type_of(o)) for o in scored_outputs(snapshot) if o.name not in joined.columns}
    return joined.mutate(**lacking) if lacking else joined


def drawn_view(snapshot: Snapshot, as_of: date, columns: Sequence[str], rows: int) -> pa.Table:
    """About so many customers of a view, drawn by their ids: those of the columns that it has."""
    view = read_view(snapshot, as_of)
    share = min(1.0, rows / max(int(view.count().to_pyarrow().as_py()), 1))
    chosen = view.filter(in_share("drawn", view[KEY], share)).select([name for name in columns if name in view.columns])
    return chosen.to_pyarrow()


def scored_outputs(snapshot: Snapshot) -> tuple[Output, ...]:
    """What the models say of each customer of the newest scored view; nothing where none was scored."""
    days = snapshot.partitions(OUTPUTS)
    if not days:
        return ()
    rows = snapshot.dataset(OUTPUTS, days[-1]).to_pyarrow().sort_by("place").to_pylist()
    return tuple(
        Output(row["name"], row["kind"], row["en"], row["zh"], row["unit"], tuple(json.loads(row["levels"])))
        for row in rows
    )


def outputs_table(outputs: Sequence[Output]) -> pa.Table:
    """Outputs as the dataset OUTPUTS keeps them."""
    rows = [
        {"place": place, **{part: getattr(output, part) for part in ("name", "kind", "en", "zh", "unit")}}
        | {"levels": json.dumps(output.levels)}
        for place, output in enumerate(outputs)
    ]
    texts = ("name", "kind", "en", "zh", "unit", "levels")
    return pa.Table.from_pylist(rows, schema=pa.schema({"place": pa.int64(), **dict.fromkeys(texts, pa.string())}))


def type_of(output: Output) -> dt.DataType:
    """The type of an output's column."""
    return dt.dtype(_TYPES[output.kind])
