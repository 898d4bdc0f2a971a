"""The customer's face: what the models say of them, in the few lines there are."""

from datetime import date

import pytest

from yuelao.operations.customers import CustomerProfile
from yuelao.web.desk.face import face

TODAY = date(2026, 11, 1)


def profile_of(fields):
    return CustomerProfile(
        customer_id="c",
        source_id="s",
        person_id="c",
        name=None,
        masked_phone=None,
        city=None,
        as_of=None,
        fields=fields,
    )


def drawn(language="en", **fields):
    return face(profile_of(fields), TODAY, language)


def facts(**fields):
    return {fact.label: fact.value for fact in drawn(**fields).facts}


def test_the_dimensions_that_are_known_are_drawn():
    found = drawn(identity_level="4", vas_level="1", tenure_level="none").dimensions
    assert [(each.word, each.rank) for each in found] == [("Status", 4), ("Extras", 1)]


def test_a_cheaper_plan_is_named_with_its_saving():
    said = facts(plan_fit="D", best_plan="P2", plan_id="P1", plan_saving=23.4)["Fit"]
    assert "P2" in said
    assert "23" in said


def test_money_is_the_workspaces():
    fields = {"plan_fit": "D", "best_plan": "P2", "plan_id": "P1", "plan_saving": 23.4, "arpu_3m": 80.0}
    said = {fact.label: fact.value for fact in face(profile_of(fields), TODAY, "en", "USD").facts}
    assert "−US$23" in said["Fit"]
    assert "US$80" in said["Charge a month"]


@pytest.mark.parametrize(
    "fields", [{"plan_saving": 0.4, "best_plan": "P2"}, {"best_plan": "P1", "plan_saving": 5.0}, {}]
)
def test_without_a_saving_the_fit_is_said(fields):
    assert "uses a little less" in facts(plan_fit="B", plan_id="P1", **fields)["Fit"]


def test_the_preferred_channel_is_said_with_its_score():
    assert facts(preferred_channel="online", online_preference=4.25)["Prefers"].startswith("Web and app · 4.2")
    assert "Prefers" not in facts(preferred_channel="pigeon")
    assert "Fit" not in facts(plan_fit="Z")


def test_nothing_is_drawn_of_what_is_not_known():
    assert drawn().dimensions == []
