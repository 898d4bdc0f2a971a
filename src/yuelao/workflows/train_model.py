"""Train: fit a model to mature outcomes, test it on later ones, and put it into use unless the one in use is better."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from yuelao.analytics.inputs import check_columns
from yuelao.analytics.leaks import find_leaks
from yuelao.analytics.propensity import Card, train_response
from yuelao.common.progress import Progress, silent
from yuelao.workflows.challenge_champion import challenge, judge_challenger
from yuelao.workflows.describe_leaks import refuse_leaks
from yuelao.workflows.describe_training import Findings, describe_training
from yuelao.workflows.gather_training import LABEL, Examples, Lesson, gather_examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import SYSTEM, keep, put_into_use
from yuelao.workflows.model_recipe import recipe_of
from yuelao.workflows.publish_ledgers import publish_ledgers

_HARDLY = 0.55
_HARDLY_RANKS = "On later contacts it ranks hardly better than chance: begin with a trial, or rank without a model"
_DRIFTED = "Customers of today differ from those it learned from, most of all in {inputs}"
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


class Trained(Findings):
    """The model's card, in short, what training found, and what became of it; windows are [first day, last day].

    name: what it is registered under. months: how far ahead it looks, None for a single contact. candidates: the
    recipes tried and their forward AUC. in_use: whether it was put into use; why: or why not.
    """

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
    comparison = challenge(house, asked.name, examples, tested)
    verdict = judge_challenger(comparison)
    found = describe_training(house, examples, inputs, leaks, fitted, tested, comparison, seed)
    recipe = recipe_of(asked, as_of, examples, exclude, allow, seed)
    version = keep(house, asked.name, as_of, fitted, recipe, found.model_dump(mode="json"), by)
    if verdict.promoted:
        put_into_use(house, asked.name, version.version, verdict.reason, by)
    progress("fit and test", 3, 3)
    return Trained(
        model=asked.model,
        name=asked.name,
        version=version.version,
        months=examples.months,
        in_use=verdict.promoted,
        why=verdict.reason,
        warnings=_warnings(card, found.drift),
        **_of_the_card(card),
        **dict(found),
    )


def _of_the_card(card: Card) -> dict[str, Any]:
    tried = [{"family": each.family, "metric": each.metric} for each in card.candidates]
    return {name: getattr(card, name) for name in _OF_THE_CARD} | {"candidates": tried}


def _inputs(examples: Examples, exclude: Collection[str]) -> list[str]:
    check_columns(examples.table, sorted(exclude))
    return [name for name in examples.inputs if name not in exclude]


def _warnings(card: Card, drift: Mapping[str, Any] | None) -> list[str]:
    said = [_HARDLY_RANKS] if card.auc < _HARDLY else []
    if drift and drift["differs"]:
        said.append(_DRIFTED.format(inputs=", ".join(cause["input"] for cause in drift["causes"][:3])))
    return said
