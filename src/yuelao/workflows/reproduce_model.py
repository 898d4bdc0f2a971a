"""Reproduce: train once more by a version's recipe, aside, and tell whether the same model comes out."""

from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.common.errors import Refused
from yuelao.common.progress import Progress, silent
from yuelao.operations.models import ModelVersion
from yuelao.warehouse.fingerprint import fingerprint
from yuelao.workflows.gather_training import Lesson, gather_examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import digest_of, version_of
from yuelao.workflows.model_kinds import kind_of
from yuelao.workflows.model_recipe import made_with


class Reproduced(BaseModel):
    """Whether the files of both are the same (their SHA-256), and where not, what differs.

    same_data: whether it learned from the same rows, None of a version that does not tell. made_otherwise: package →
    [its version then, now], of those that changed.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    version: str
    same: bool
    digest: str
    again: str
    same_data: bool | None
    made_otherwise: dict[str, tuple[str, str]]


def reproduce(house: House, name: str, version: str | None = None, progress: Progress = silent) -> Reproduced:
    """Train by the recipe of a version, the one in use where none is named; the register stays as it is.

    Refused where the version has no recipe.
    """
    kept = version_of(house, name, version)
    lesson = _lesson(kept)
    progress("gather outcomes", 0, 2)
    with house.lake.snapshot() as snapshot:
        examples = gather_examples(house, snapshot, lesson, kept.as_of)
    progress("fit and test", 1, 2)
    inputs = [each for each in examples.inputs if each not in kept.recipe["exclude"]]
    learned = kind_of(house, lesson).fit(examples, inputs, kept.recipe["seed"])
    with TemporaryDirectory() as folder:
        learned.model.save(Path(folder))
        again = digest_of(Path(folder))
    progress("fit and test", 2, 2)
    data, made = kept.recipe.get("data"), kept.recipe.get("made_with", {})
    return Reproduced(
        model=kept.name,
        version=kept.version,
        same=again == kept.digest,
        digest=kept.digest,
        again=again,
        same_data=data and fingerprint(examples.table) == data["digest"],
        made_otherwise={
            each: (then, now) for each, then in made.items() if (now := made_with().get(each, "–")) != then
        },
    )


def _lesson(kept: ModelVersion) -> Lesson:
    """What was asked for."""
    if not {"model", "exclude", "seed"} <= set(kept.recipe):
        raise Refused("The version has no recipe", where=f"{kept.name} {kept.version}", hint="Train it anew")
    asked: dict[str, Any] = {each.name: kept.recipe.get(each.name) for each in fields(Lesson)}
    return Lesson(**asked)
