"""The pages of models that are not made by recipe: what replaces a handset by cost, what a contact adds."""

from contextlib import closing

import pytest

from tests.web.simulated import AS_OF
from tests.workflows.test_model_kinds import learn_from, owners, trial
from yuelao.workflows.gather_training import Lesson
from yuelao.workflows.house import open_house
from yuelao.workflows.train_model import train


@pytest.fixture
def _with_kinds(simulated, clock, monkeypatch):
    """A replacement model and one of uplift are in use."""
    asked = {Lesson("replacement", call_cost=6, margin=60): owners(500), Lesson("uplift"): trial(600, adds=0.7)}
    house = open_house(simulated, clock)
    with closing(house.database):
        for lesson, examples in asked.items():
            learn_from(monkeypatch, examples)
            train(house, lesson, AS_OF)


@pytest.mark.usefixtures("_with_kinds")
def test_each_kind_of_model_has_its_page(analyst):
    listed = analyst.get("/data").text
    assert "/data/models/replacement" in listed
    assert "/data/models/uplift" in listed
    assert "tree · reduct · as_is · indicator" in analyst.get("/data/models/replacement").text
    assert "Qini" in analyst.get("/data/models/uplift").text
