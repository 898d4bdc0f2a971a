"""What does not fit a schema is said in our own words, and can be said in Chinese."""

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yuelao.common.definitions import Slug, checked
from yuelao.common.errors import Refused
from yuelao.common.language import translate
from yuelao.common.mistakes import PROBLEMS, problem


class Thing(BaseModel):
    """A schema with a field of every sort."""

    model_config = ConfigDict(extra="forbid")

    name: Slug = "thing"
    title: str = ""
    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    on: bool = False
    day: date = date(2026, 11, 1)
    parts: Annotated[tuple[str, ...], Field(min_length=1)] = ("a",)
    kind: Literal["a", "b"] = "a"
    needed: int


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "needed is missing"),
        ({"colour": 1}, "Unknown key colour"),
        ({"name": "Ä ö"}, "name may only have small letters"),
        ({"title": []}, "title must be text"),
        ({"count": "x"}, "count must be a whole number"),
        ({"count": 1.5}, "count must be a whole number"),
        ({"count": 0}, "count must be 1 or more"),
        ({"count": 10}, "count must be 9 or less"),
        ({"share": "x"}, "share must be a number"),
        ({"share": 0}, "share must be above 0"),
        ({"share": 1}, "share must be below 1"),
        ({"on": "perhaps"}, "on must be true or false"),
        ({"day": "soon"}, "day must be a day"),
        ({"parts": "a"}, "parts must be a list"),
        ({"parts": []}, "parts needs 1 at least"),
        ({"kind": "c"}, "kind must be one of 'a' or 'b'"),
    ],
)
def test_a_mistake_is_said_in_our_words(content, said):
    given = content if not content or "needed" in content else {"needed": 1} | content
    with pytest.raises(Refused) as refusal:
        checked(Thing, given, "here")
    assert refusal.value.message.startswith(said)
    assert "Input should" not in refusal.value.message


def test_a_whole_that_holds_no_values_has_no_place():
    with pytest.raises(Refused, match="The whole must hold named values"):
        checked(Thing, 3, "here")


def test_what_the_table_lacks_is_said_as_it_was_found():
    assert problem({"type": "rare", "msg": "Something rare"}, "x") == "x: Something rare"
    assert problem({"type": "value_error", "msg": "Value error, no", "ctx": {"error": ValueError("no")}}, "") == "no"


def test_every_problem_is_a_kind_that_pydantic_knows_or_had_and_is_said_in_chinese():
    assert all("{key}" in text for text in PROBLEMS.values())
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in translate(text, "zh")) for text in PROBLEMS.values())
    with pytest.raises(ValidationError) as found:
        Thing.model_validate({"count": "x", "share": "x", "day": "soon"})
    assert {error["type"] for error in found.value.errors()} <= set(PROBLEMS)
