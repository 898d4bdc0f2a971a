"""One line that says what, where and what to do; and the same for programs."""

import pytest

from yuelao.common import errors


def _all(kind: type[errors.YuelaoError]) -> list[type[errors.YuelaoError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _all(child))]


def test_a_line_says_what_where_and_what_to_do():
    error = errors.Refused("The column is missing", where="customers.csv, line 1", hint="Name another")
    assert str(error) == "The column is missing (customers.csv, line 1). Name another"
    assert str(errors.Refused("It is late")) == "It is late"


def test_programs_get_the_same_in_four_parts():
    error = errors.NotFound("No such campaign", where="campaign", hint="Known: a")
    parts = {"code": "not_found", "message": "No such campaign", "where": "campaign", "hint": "Known: a"}
    assert error.as_dict() == parts
    assert errors.Refused("x", code="condition").as_dict()["code"] == "condition"


@pytest.mark.parametrize("kind", _all(errors.Refused))
def test_refusals_are_the_callers(kind):
    assert 400 <= kind.status < 500


def test_every_kind_has_a_code_of_its_own_and_stands_in_the_tree():
    kinds = _all(errors.YuelaoError)
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.__name__ in str(errors.__doc__) for kind in kinds)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("arpu_3n", ["arpu_3m", "age"], "Did you mean arpu_3m?"),
        ("xyz", ["b", "a"], "Known: a, b"),
        ("xyz", [], "There are none yet"),
        (
            "xyz",
            [f"name{n:02}" for n in range(20)],
            "Known: name00, name01, name02, name03, name04, name05, name06, name07, name08, name09, name10, name11 …",
        ),
    ],
)
def test_hints_name_what_is_near(name, known, hint):
    assert errors.nearest(name, known) == hint
