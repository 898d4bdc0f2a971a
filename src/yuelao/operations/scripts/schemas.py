"""A script as data, in the form of its YAML."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yuelao.common.definitions import Slug, Texts
from yuelao.operations.scripts.rules import check_text

_FROZEN = ConfigDict(extra="forbid", frozen=True)


class Step(BaseModel):
    """One part of the conversation; `{name}` in its text takes a value."""

    model_config = _FROZEN

    title: Texts
    text: Texts


class Objection(BaseModel):
    """What a customer may say against the offer, and the answer."""

    model_config = _FROZEN

    says: Texts
    answer: Texts


class Script(BaseModel):
    """What an agent reads during a call."""

    model_config = _FROZEN

    kind: Literal["script"] = "script"
    name: Slug
    title: Texts
    steps: tuple[Step, ...] = Field(min_length=1)
    objections: tuple[Objection, ...] = ()

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        texts = [step.text for step in self.steps] + [objection.answer for objection in self.objections]
        for text in texts:
            for wording in text.values():
                check_text(wording)
        return self
