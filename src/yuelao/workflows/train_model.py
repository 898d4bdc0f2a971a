"""Train: fit a model to mature outcomes, test it on later ones, and put it into use unless the one in use is better."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from yuelao.analytics.inputs import check_columns
from yuelao.analytics.leaks import Leak, find_leaks
from yuelao.common.progress import Progress, silent
from yuelao.operations.models import Verdict
from yuelao.workflows.challenge_champion import challenge, judge_challenger
from yuelao.workflows.describe_leaks import refuse_leaks
from yuelao.workflows.describe_training import describe_training
from yuelao.workflows.gather_training import LABEL, Examples, Lesson, gather_examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import SYSTEM, keep, put_into_use
from yuelao.workflows.model_kinds import kind_of
from yuelao.workflows.model_recipe import recipe_of
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.training_answer import Trained

_DRIFTED = "Customers of today differ from those it learned from, most of all in {inputs}"


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
    kind = kind_of(house, asked)
    progress("gather outcomes", 0, 3)
    as_of, examples = _gathered(house, asked, as_of)
    inputs = _inputs(examples, exclude)
    progress("look for leaks", 1, 3)
    leaks = _allowed_leaks(examples, inputs, allow, where=f"train {asked.name}")
    progress("fit and test", 2, 3)
    learned = kind.fit(examples, inputs, seed)
    model, tested = learned.model, learned.tested
    comparison = challenge(house, asked.name, examples, tested, kind.gauge)
    verdict = Verdict(False, learned.refused) if learned.refused else judge_challenger(comparison)
    found = describe_training(house, examples, leaks, model, tested, learned.reduct, comparison, seed)
    recipe = {**kind.chosen, **recipe_of(asked, as_of, examples, exclude, allow, seed)}
    version = keep(house, asked.name, as_of, model, recipe, found.model_dump(mode="json"), by)
    if verdict.promoted:
        put_into_use(house, asked.name, version.version, verdict.reason, by)
    progress("fit and test", 3, 3)
    return kind.answer(
        model=asked.model,
        name=asked.name,
        version=version.version,
        months=examples.months,
        in_use=verdict.promoted,
        why=verdict.reason,
        warnings=[*learned.warnings, *_drift_warning(found.drift)],
        **learned.told,
        **dict(found),
    )


def _gathered(house: House, asked: Lesson, as_of: date | None) -> tuple[date, Examples]:
    """The day up to which it learns, and what from; the calls made until now count."""
    publish_ledgers(house)
    with house.lake.snapshot() as snapshot:
        day = as_of or min(snapshot.newest_as_of(), house.today())
        return day, gather_examples(house, snapshot, asked, day)


def _inputs(examples: Examples, exclude: Collection[str]) -> list[str]:
    check_columns(examples.table, sorted(exclude))
    return [name for name in examples.inputs if name not in exclude]


def _allowed_leaks(examples: Examples, inputs: Sequence[str], allow: Collection[str], where: str) -> list[Leak]:
    """The inputs that look like a leak and were allowed by name; any other is refused."""
    leaks = find_leaks(examples.table, LABEL, examples.time, inputs)
    refuse_leaks([leak for leak in leaks if leak.input not in allow], where=where)
    return leaks


def _drift_warning(drift: Mapping[str, Any] | None) -> list[str]:
    if not drift or not drift["differs"]:
        return []
    return [_DRIFTED.format(inputs=", ".join(cause["input"] for cause in drift["causes"][:3]))]
