"""Definitions in YAML: read into their schema, with every mistake told by its place in one line."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from annotated_types import MinLen
from pydantic import BaseModel, BeforeValidator, StringConstraints, ValidationError

from yuelao.common.errors import Refused
from yuelao.common.mistakes import problem

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""A name that is the same in files, addresses and tables."""


_LANGUAGES = ("en", "zh")


def _in_every_language(value: object) -> object:
    if isinstance(value, str):
        return dict.fromkeys(_LANGUAGES, value)
    if not isinstance(value, Mapping) or not value:
        return value
    unknown = sorted(str(key) for key in value if key not in _LANGUAGES)
    if unknown:
        raise ValueError(f"no screen speaks {', '.join(unknown)}; write en and zh")
    return {language: value.get(language) or next(iter(value.values())) for language in _LANGUAGES}


Texts = Annotated[dict[str, str], BeforeValidator(_in_every_language), MinLen(1)]
"""One text in every language of the screens: `{en: …, zh: …}`; one of them, or a plain text, stands for both."""

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], content: object, where: str) -> Model:
    """The content as `model`; Refused with the path of the first mistake."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        path = " → ".join(str(part) for part in first["loc"])
        raise Refused(problem(first, path), where=where, hint="Correct it and try again") from error
