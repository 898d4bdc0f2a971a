"""Units convert within their kind, there and back, and never across kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.units import factor, units_for


@pytest.mark.parametrize(
    ("source", "target", "worth"),
    [
        ("fen", "yuan", 0.01),
        ("jiao", "yuan", 0.1),
        ("KB", "MB", 1 / 1024),
        ("GB", "MB", 1024),
        ("seconds", "minutes", 1 / 60),
        ("fen/KB", "yuan/MB", 10.24),
        ("points", "points", 1),
    ],
)
def test_what_a_unit_is_worth(source, target, worth):
    assert factor(source, target) == pytest.approx(worth)


UNITS = sorted({field.unit for table in CONTRACT.tables.values() for field in table.fields.values() if field.unit})


@given(st.sampled_from(UNITS), st.data())
def test_there_and_back_is_one(unit, data):
    other = data.draw(st.sampled_from(units_for(unit)))
    assert factor(unit, other) * factor(other, unit) == pytest.approx(1)


@pytest.mark.parametrize(("source", "target"), [("KB", "yuan"), ("pounds", "yuan"), ("yuan", "yuan/MB"), ("", "MB")])
def test_other_kinds_are_refused(source, target):
    with pytest.raises(ValueError, match="cannot be converted"):
        factor(source, target)
