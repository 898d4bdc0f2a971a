"""Describe a training: what it found beside the model's card, which the register keeps with the version."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.assessment import assess
from yuelao.analytics.drift import FEWEST_ROWS, compare
from yuelao.analytics.fairness import Grouping, compare_groups
from yuelao.analytics.leaks import Leak
from yuelao.analytics.propensity import Tested
from yuelao.analytics.uplift.model import UpliftModel
from yuelao.warehouse.views import DATASET, drawn_view, newest_view
from yuelao.workflows.challenge_champion import Comparison
from yuelao.workflows.desk_card import reason_sentence
from yuelao.workflows.explain_drift import comparable
from yuelao.workflows.gather_training import Examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import Model

_COMPARED_ROWS = 20_000


class Findings(BaseModel):
    """What a training found.

    assessment: figures of the tested rows with their intervals and the calibration curve (`analytics/assessment`); None
    where the model gives no probability of an event, as one of uplift. groups: the same of groups of customers
    (`analytics/fairness`). comparison: with the version that was in use; None where none was. reduct: the few inputs
    that say nearly what all do, the most telling first. leaks: inputs allowed by name although they look as if they
    knew the outcome. drift: whether customers of today differ from those learned from, in inputs of which as much
    is known; None without a view. reasons_example: why the likeliest of the rows tested is likely.
    """

    model_config = ConfigDict(frozen=True)

    assessment: dict[str, Any] | None
    groups: list[dict[str, Any]]
    comparison: Comparison | None
    reduct: list[str]
    leaks: list[dict[str, Any]]
    drift: dict[str, Any] | None
    reasons_example: dict[str, list[str]]


def describe_training(
    house: House,
    examples: Examples,
    leaks: Sequence[Leak],
    fitted: Model,
    tested: Tested,
    reduct: list[str],
    comparison: Comparison | None,
    seed: int,
) -> Findings:
    """Everything found; the tested rows are of `examples`, which the model learned from but for those."""
    rows = examples.table.take(pa.array(tested.rows))
    foretells = fitted.kind != UpliftModel.kind  # what a contact adds, no single customer shows
    groups = compare_groups(rows, groupings(), tested.happened, tested.probability) if foretells else []
    return Findings(
        assessment=assess(tested.happened, tested.probability, seed).as_dict() if foretells else None,
        groups=[group.as_dict() for group in groups],
        comparison=comparison,
        reduct=reduct,
        leaks=[leak.as_dict() for leak in leaks],
        drift=_drift(house, examples, fitted),
        reasons_example=_example(fitted, rows, tested),
    )


@cache
def groupings() -> tuple[Grouping, ...]:
    """Between whom models must be fair, as `fairness_groups.yaml` says."""
    read = yaml.safe_load((files(__package__) / "fairness_groups.yaml").read_text(encoding="utf-8"))
    return tuple(Grouping(each["column"], tuple(each.get("bands", ()))) for each in read)


def _drift(house: House, examples: Examples, fitted: Model) -> dict[str, Any] | None:
    """Whether customers of the newest view differ from those learned from, in the inputs of the model.

    Inputs of which less was known on the first day learned from, or is known now, do not count.
    """
    with house.lake.snapshot() as snapshot:
        if not snapshot.partitions(DATASET):
            return None
        day, first = newest_view(snapshot), pc.min(examples.table[examples.time].cast(pa.date32())).as_py()
        names = comparable(snapshot, fitted.inputs.names, first.replace(day=1), day)
        if not names:
            return None
        today = drawn_view(snapshot, day, names, _COMPARED_ROWS)
    if today.num_rows < FEWEST_ROWS or not today.column_names:
        return None
    return compare(examples.table, today, today.column_names).as_dict()


def _example(fitted: Model, rows: pa.Table, tested: Tested) -> dict[str, list[str]]:
    """Why the likeliest of the tested rows is likely, in both languages."""
    row = rows.slice(int(np.argmax(tested.probability)), 1)
    [values] = row.to_pylist()
    reasons = [{"feature": name, "value": values[name]} for name, _part in fitted.reasons(row)[0]]
    return {language: [reason_sentence(reason, language) for reason in reasons] for language in ("zh", "en")}
