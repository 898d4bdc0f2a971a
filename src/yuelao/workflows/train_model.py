"""Train: fit a model to mature outcomes, test it on later ones, and put it into use unless the one in use is better."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.drift import FEWEST_ROWS, compare
from yuelao.analytics.evaluation import auc_gain
from yuelao.analytics.inputs import check_columns
from yuelao.analytics.leaks import find_leaks
from yuelao.analytics.propensity import Card, ResponseModel, Tested, train_response
from yuelao.analytics.replacement.reduction import reduct_of
from yuelao.common.progress import Progress, silent
from yuelao.operations import models
from yuelao.operations.models import Verdict
from yuelao.warehouse.views import DATASET, drawn_view, newest_view
from yuelao.workflows.describe_leaks import refuse_leaks
from yuelao.workflows.desk_card import reason_sentence
from yuelao.workflows.gather_training import LABEL, Examples, Lesson, gather_examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import SYSTEM, champion_of, keep, load_model, put_into_use
from yuelao.workflows.publish_ledgers import publish_ledgers

_HARDLY = 0.55
_HARDLY_RANKS = "On later contacts it ranks hardly better than chance: begin with a trial, or rank without a model"
_DRIFTED = "Customers of today differ from those it learned from, most of all in {inputs}"
_FEWEST_COMPARED = 200
_SURE = 1.96
_COMPARED_ROWS = 20_000
_OF_THE_CARD = (
    "rows",
    "positives",
    "auc",
    "lift_top_decile",
    "calibration_error",
    "train_window",
    "test_window",
    "family",
)


class Trained(BaseModel):
    """The model's card, in short, and what became of it; windows are [first day, last day].

    name: what it is registered under. months: how far ahead it looks, None for a single contact. candidates: the
    recipes tried and their forward AUC. reduct: the few inputs that say nearly what all do, the most telling first.
    leaks: inputs allowed by name although they look as if they knew the outcome. drift: whether customers of today
    differ from those learned from; None without a view. reasons_example: why the likeliest of the rows tested is
    likely. in_use: whether it was put into use; why: or why not.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    name: str
    version: str
    rows: int
    positives: int
    months: int | None
    auc: float
    lift_top_decile: float
    calibration_error: float
    train_window: tuple[str, str]
    test_window: tuple[str, str]
    family: str
    candidates: list[dict[str, Any]]
    reduct: list[str]
    leaks: list[dict[str, Any]]
    drift: dict[str, Any] | None
    reasons_example: dict[str, list[str]]
    in_use: bool
    why: str
    warnings: list[str]
    """What a planner must hear before using it."""


def train(
    house: House,
    lesson: Lesson | str,
    as_of: date | None = None,
    progress: Progress = silent,
    *,
    exclude: Collection[str] = (),
    allow: Collection[str] = (),
    seed: int = 0,
    by: str = SYSTEM,
) -> Trained:
    """Fit a model on what was known before `as_of` (the newest date the data supports when not given).

    exclude: inputs to leave out. allow: inputs to keep although they look like a leak. Refused where an input knows
    what came after, where there is too little to learn from, or the lake does not reach back far enough.
    """
    asked = Lesson(lesson) if isinstance(lesson, str) else lesson
    progress("gather outcomes", 0, 3)
    publish_ledgers(house)
    with house.lake.snapshot() as snapshot:
        as_of = as_of or min(snapshot.newest_as_of(), house.today())
        examples = gather_examples(snapshot, asked, as_of)
    inputs = _inputs(examples, exclude)
    progress("look for leaks", 1, 3)
    leaks = find_leaks(examples.table, LABEL, examples.time, inputs)
    refuse_leaks([leak for leak in leaks if leak.input not in allow], where=f"train {asked.name}")
    progress("fit and test", 2, 3)
    fitted, card, tested = train_response(examples.table, LABEL, examples.time, inputs, seed)
    recipe = vars(asked) | {"as_of": str(as_of), "exclude": sorted(exclude), "allow": sorted(allow), "seed": seed}
    verdict = judge_challenger(house, asked.name, examples, tested)
    version = keep(house, asked.name, as_of, fitted, recipe | {"months": examples.months}, by)
    if verdict.promoted:
        put_into_use(house, asked.name, version.version, verdict.reason, by)
    progress("fit and test", 3, 3)
    drift = _drift(house, examples, fitted)
    return Trained(
        model=asked.model,
        name=asked.name,
        version=version.version,
        months=examples.months,
        reduct=reduct_of(examples.table, LABEL, examples.time, inputs, seed),
        leaks=[leak.as_dict() for leak in leaks],
        drift=drift,
        reasons_example=_example(fitted, examples, tested),
        in_use=verdict.promoted,
        why=verdict.reason,
        warnings=_warnings(card, drift),
        **_of_the_card(card),
    )


def _of_the_card(card: Card) -> dict[str, Any]:
    tried = [{"family": each.family, "metric": each.metric} for each in card.candidates]
    return {name: getattr(card, name) for name in _OF_THE_CARD} | {"candidates": tried}


def _inputs(examples: Examples, exclude: Collection[str]) -> list[str]:
    check_columns(examples.table, sorted(exclude))
    return [name for name in examples.inputs if name not in exclude]


def judge_challenger(house: House, name: str, examples: Examples, tested: Tested) -> Verdict:
    """Whether a new model is put into use: by the tested rows that the one in use did not know either.

    tested: of `examples`, by the new one.
    """
    champion = champion_of(house, name)
    if champion is None:
        return models.judge(None, None)
    rows = examples.table.take(pa.array(tested.rows))
    later = np.asarray(pc.greater_equal(rows[examples.time].cast(pa.date32()), pa.scalar(champion.as_of)))
    happened, scores = tested.happened[later], tested.probability[later]
    if len(happened) < _FEWEST_COMPARED or not 0 < happened.sum() < len(happened):
        return models.judge(0.0, -np.inf)
    others = load_model(house, champion).predict(rows.filter(pa.array(later)))
    gain, error = auc_gain(happened, scores, others)
    return models.judge(gain, gain - _SURE * error)


def _drift(house: House, examples: Examples, fitted: ResponseModel) -> dict[str, Any] | None:
    """Whether customers of the newest view differ from those learned from, in the inputs of the model."""
    with house.lake.snapshot() as snapshot:
        if not snapshot.partitions(DATASET):
            return None
        today = drawn_view(snapshot, newest_view(snapshot), fitted.inputs.names, _COMPARED_ROWS)
    if today.num_rows < FEWEST_ROWS or not today.column_names:
        return None
    return compare(examples.table, today, today.column_names).as_dict()


def _example(fitted: ResponseModel, examples: Examples, tested: Tested) -> dict[str, list[str]]:
    """Why the likeliest of the tested rows is likely, in both languages."""
    row = examples.table.slice(int(tested.rows[int(np.argmax(tested.probability))]), 1)
    [values] = row.to_pylist()
    reasons = [{"feature": name, "value": values[name]} for name, _part in fitted.reasons(row)[0]]
    return {language: [reason_sentence(reason, language) for reason in reasons] for language in ("zh", "en")}


def _warnings(card: Card, drift: Mapping[str, Any] | None) -> list[str]:
    said = [_HARDLY_RANKS] if card.auc < _HARDLY else []
    if drift and drift["differs"]:
        said.append(_DRIFTED.format(inputs=", ".join(cause["input"] for cause in drift["causes"][:3])))
    return said
