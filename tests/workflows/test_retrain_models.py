"""Retraining every night: what is due and why, what is refused, rolled back or only told, and nothing twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.world import AS_OF
from yuelao.analytics.propensity import ResponseModel, train_response
from yuelao.common.errors import NotFound, Refused
from yuelao.operations import audit, models
from yuelao.operations.models import ModelState, Upkeep, UpkeepOutcome, rules
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import DATASET, read_view
from yuelao.workflows import inspect_models, retrain_models, train_model
from yuelao.workflows.describe_upkeep import RULES, say_rule, say_upkeep
from yuelao.workflows.explain_drift import comparable
from yuelao.workflows.gather_training import LABEL, Examples, Lesson
from yuelao.workflows.house import House
from yuelao.workflows.inspect_models import auc_fall, calibration_fall
from yuelao.workflows.keep_model import keep, put_into_use, registered, take_back, version_of
from yuelao.workflows.retrain_models import WORSE, Retrained, due_models, retrain

FIRST = date(2025, 3, 1)
LEARNED = date(2025, 8, 1)
A_DAY = 4
RECIPE = {"model": "reach", "product": None, "months": None, "exclude": ["shoe"], "allow": [], "seed": 3}


def calls(until: date) -> Examples:
    """Calls, five a day from `FIRST` on: the older, the more say yes."""
    rng = np.random.default_rng(1)
    days = np.arange(np.datetime64(FIRST), np.datetime64(FIRST + timedelta(days=400))).repeat(A_DAY)
    age = rng.integers(18, 80, len(days))
    sold = rng.random(len(days)) < age / 100
    table = pa.table(
        {"age": age, "shoe": rng.integers(35, 47, len(days)), "contacted_at": days.astype("datetime64[s]"), LABEL: sold}
    )
    return Examples(table.slice(0, (until - FIRST).days * A_DAY), "contacted_at")


@pytest.fixture(scope="module")
def fits() -> tuple[ResponseModel, ResponseModel]:
    """A model that is right of the calls, and one that learned them upside down, and too few of them."""
    table = calls(LEARNED).table
    turned = table.set_column(3, LABEL, pa.array(~np.asarray(table[LABEL]) & (np.asarray(table["age"]) < 40)))
    right, wrong = (train_response(each, LABEL, "contacted_at", ["age"])[0] for each in (table, turned))
    return right, wrong


@pytest.fixture
def house(trained: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The trained world, in which every model learns from `calls`."""

    def gather(_house: House, _snapshot: Snapshot, _lesson: Lesson, as_of: date) -> Examples:
        return calls(as_of)

    monkeypatch.setattr(train_model, "gather_examples", gather)
    monkeypatch.setattr(inspect_models, "gather_examples", gather)
    return trained


def in_use(house: House, model: ResponseModel, as_of: date = LEARNED, by: str = "system", name: str = "reach") -> str:
    """Keep a version and put it into use."""
    recipe = RECIPE if name == "reach" else RECIPE | {"model": name, "call_cost": 50.0, "margin": 100.0}
    version = keep(house, name, as_of, model, recipe, {}, by).version
    put_into_use(house, name, version, "better", by)
    return version


def after(house: House, days: int, name: str = "reach", **how: Any) -> Retrained:
    """See to a model with the data up to so many days after `LEARNED`."""
    return retrain(house, name, LEARNED + timedelta(days=days), **how)


def noted(house: House, name: str = "reach") -> Upkeep | None:
    with house.database.transaction(read_only=True) as session:
        return models.last_upkeep(session, name)


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The days of data up to which was trained; each training is refused, as one with a leak is."""
    days: list[date] = []

    def refuse(_house: House, _lesson: Lesson, as_of: date, **_recipe: object) -> None:
        days.append(as_of)
        raise Refused("An input knows what came after: ordered", where="train reach", code="leak")

    monkeypatch.setattr(retrain_models, "train", refuse)
    return days


def test_a_model_is_due_when_enough_came_since_it_learned(house, fits):
    version = in_use(house, fits[0])
    assert after(house, 20).due == []
    found = after(house, 40, dry_run=True)
    assert [(each["name"], each["version"]) for each in found.due] == [("reach", version)]
    [rule] = found.due[0]["rules"]
    before, since = (
        calls(LEARNED).table,
        calls(LEARNED + timedelta(days=40)).table.slice((LEARNED - FIRST).days * A_DAY),
    )
    assert rule == {"rule": "new_outcomes", "new": rarer(since), "learned": rarer(before)}
    assert found.due[0]["why"] == [say_rule(rule)]
    assert (noted(house), len(registered(house))) == (None, 2)
    assert list(due_models(house, LEARNED + timedelta(days=40))) == ["reach"]


def rarer(table: pa.Table) -> int:
    """Rows of the rarer outcome."""
    happened = np.asarray(table[LABEL])
    return int(min(happened.sum(), (~happened).sum()))


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, set()), (-30, set()), (6, set()), (7, {"auc"}), (30, {"new_outcomes", "auc", "calibration"})],
)
def test_a_model_that_no_longer_holds_is_due_after_the_pause(house, fits, days, due, trainings, monkeypatch):
    monkeypatch.setattr(inspect_models, "_FEWEST", 6 * A_DAY)
    promised = replace(fits[1].card, auc=0.95, calibration_error=0.0)
    in_use(house, replace(fits[1], card=promised))
    found = after(house, days)
    told = {rule["rule"] for each in found.due for rule in each["rules"]}
    assert due <= told
    assert len(trainings) == bool(told) == bool(due)


def test_a_refusal_is_a_result_and_the_next_try_waits_for_newer_data(house, fits, trainings):
    version = in_use(house, fits[0])
    found = after(house, 40)
    [refused] = found.refused
    assert (refused["name"], refused["code"]) == ("reach", "leak")
    assert "An input knows what came after" in refused["why"]
    assert version_of(house, "reach").version == version
    said = noted(house)
    assert said is not None
    assert (said.outcome, said.day, said.said) == (UpkeepOutcome.REFUSED, LEARNED + timedelta(days=40), refused["why"])
    told = say_upkeep(house, version_of(house, "reach"), "en")
    assert "10 Sept 2025 it could not be trained again: An input knows" in told
    assert "11 Dec 2025 at the latest" in told
    assert [after(house, days).refused for days in (40, 41, 60)] == [[], [], []]
    assert len(trainings) == 1
    assert len(after(house, 75).refused) == 1
    assert [(day - LEARNED).days for day in trainings] == [40, 75]


@pytest.mark.parametrize(("name", "gauge"), [("reach", "auc"), ("replacement", "cost")])
def test_what_the_machine_chose_and_does_surely_worse_goes_back_once(house, fits, trainings, name, gauge):
    first = in_use(house, fits[0], name=name)
    second = in_use(house, fits[1], LEARNED + timedelta(days=10), name=name)
    assert after(house, 80, name, dry_run=True).reported[0]["before"] == first
    assert version_of(house, name).version == second
    [back] = after(house, 80, name).rolled_back
    assert (back["name"], back["version"], back["before"], back["gauge"]) == (name, second, first, gauge)
    assert back["rows"] == 70 * A_DAY
    assert back["gain"] + 3 * back["error"] < 0
    assert version_of(house, name).version == first
    with house.database.transaction(read_only=True) as session:
        [entry] = [each for each in audit.trail(session, name) if each.action == "model.roll_back"]
        reasons = [each.reason for each in models.promotions(session, name)]
    assert (entry.actor, entry.detail["judged"], entry.detail["rows"]) == ("system", second, 70 * A_DAY)
    assert reasons == [WORSE, "better", "better"]
    said = noted(house, name)
    assert said is not None
    assert (said.outcome, said.version) == (UpkeepOutcome.ROLLED_BACK, first)
    assert f"版本 {first}" in say_upkeep(house, version_of(house, name), "zh")
    again = after(house, 80, name)
    assert not any((again.rolled_back, again.reported, again.due, trainings))
    assert version_of(house, name, second).state is ModelState.RETIRED


def test_every_rule_has_words():
    assert set(RULES) == {*rules.RULES, "worse"}


@pytest.mark.usefixtures("trainings")
def test_what_a_person_chose_is_only_told(house, fits):
    in_use(house, fits[0])
    second = in_use(house, fits[1], LEARNED + timedelta(days=10), by="anna")
    found = after(house, 80)
    assert [each["version"] for each in found.reported] == [second]
    assert found.rolled_back == []
    assert version_of(house, "reach").version == second


@pytest.mark.usefixtures("trainings")
def test_a_version_that_does_as_well_stays(house, fits):
    in_use(house, fits[0])
    second = in_use(house, fits[0], LEARNED + timedelta(days=10))
    found = after(house, 30)
    assert not any((found.rolled_back, found.reported))
    assert version_of(house, "reach").version == second


@pytest.mark.usefixtures("trainings")
def test_what_cannot_be_read_any_more_is_told_and_the_others_are_seen_to(house, fits):
    version = in_use(house, fits[0])
    (house.workspace.models / "reach" / version / "model.json").write_text("{}", encoding="utf-8")
    found = retrain(house, as_of=LEARNED + timedelta(days=40))
    assert [each["name"] for each in found.refused] == ["reach"]
    assert "another version" in found.refused[0]["why"]
    with pytest.raises(NotFound, match="No version of the model churn"):
        retrain(house, "churn")


def test_customers_who_became_others_make_a_model_due(house, trainings):
    with house.lake.snapshot() as snapshot:
        view = read_view(snapshot, AS_OF).to_pyarrow()
    later = AS_OF + timedelta(days=10)
    house.lake.publish(DATASET, later.isoformat(), view)
    assert retrain(house, "response", later).due == []
    gains = version_of(house, "response").card["gains"]
    matter = [each for each in inspect_models.that_matter(gains) if each in view.column_names]
    with house.lake.snapshot() as snapshot:
        told = comparable(snapshot, matter, AS_OF, later)
    name = next(each for each in told if pa.types.is_floating(view[each].type))
    moved = np.nan_to_num(np.asarray(view[name], dtype=float)) * 3 + 100
    house.lake.publish(
        DATASET, later.isoformat(), view.set_column(view.column_names.index(name), name, pa.array(moved))
    )
    [due] = retrain(house, "response", later).due
    assert [rule["rule"] for rule in due["rules"]] == ["drift"]
    assert due["rules"][0]["inputs"][0] == name
    assert len(trainings) == 1


def test_killed_before_it_was_put_into_use_it_is_trained_to_the_same_version_again(house, fits, monkeypatch):
    first = in_use(house, fits[0])
    die_once(monkeypatch, train_model, "put_into_use")
    with pytest.raises(KeyboardInterrupt):
        after(house, 40)
    left = {each.version: each.state for each in registered(house) if each.name == "reach"}
    assert sorted(left.values()) == [ModelState.CHALLENGER, ModelState.CHAMPION]
    [done] = after(house, 40).trained
    assert done["in_use"]
    states = {each.version: each.state for each in registered(house) if each.name == "reach"}
    assert states == {first: ModelState.RETIRED, done["version"]: ModelState.CHAMPION}
    assert set(states) == set(left)
    version = version_of(house, "reach")
    assert (version.trained_by, version.as_of) == ("system", LEARNED + timedelta(days=40))
    assert {name: version.recipe[name] for name in RECIPE} == RECIPE
    assert "shoe" not in version.card["features"]
    said = noted(house)
    assert said is not None
    assert (said.outcome, said.version) == (UpkeepOutcome.TRAINED, version.version)
    assert take_back(house, "reach", "complaints", "anna").version == first


def die_once(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """The first call of a module's function ends as a killed process does, with nothing done."""
    real: Callable[..., Any] = getattr(module, name)
    calls_made: list[int] = []

    def deadly(*given: Any, **named: Any) -> Any:
        calls_made.append(1)
        if len(calls_made) == 1:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(module, name, deadly)


def test_two_at_once_train_one_version(house, fits, monkeypatch):
    in_use(house, fits[0])
    begun, may_end = Event(), Event()
    trainings: list[date] = []

    def slow(_house: House, _lesson: Lesson, as_of: date, **_recipe: object) -> None:
        """The first training takes until the test lets it end."""
        trainings.append(as_of)
        begun.set()
        assert len(trainings) > 1 or may_end.wait(60)
        raise Refused("too few rows", code="too_little_data")

    monkeypatch.setattr(retrain_models, "train", slow)
    found: list[Retrained] = []
    one = Thread(target=lambda: found.append(after(house, 40)))
    one.start()
    assert begun.wait(60)
    other = after(house, 40)
    may_end.set()
    one.join(60)
    assert [each["name"] for each in other.busy] == ["reach"]
    assert not any((other.due, other.trained, other.refused))
    assert [len(each.refused) for each in found] == [1]
    assert len(trainings) == 1


def test_a_model_that_is_right_is_hardly_ever_called_worse_than_its_card(fits):
    rng = np.random.default_rng(0)
    card, falls = fits[0].card, []
    for _night in range(100):
        age = rng.integers(18, 80, 800)
        said = fits[0].predict(pa.table({"age": age}))
        happened = (rng.random(800) < said).astype(float)
        falls.append(
            (auc_fall(card, happened, said).surely > 0.01, calibration_fall(card, happened, said).surely > 0.1)
        )
    assert np.mean(falls, axis=0).max() <= 0.01


def test_a_figure_that_fell_far_is_surely_worse(fits):
    rng = np.random.default_rng(0)
    said = fits[0].predict(pa.table({"age": rng.integers(18, 80, 3000)}))
    by_chance = (rng.random(3000) < said.mean()).astype(float)
    fall = auc_fall(fits[0].card, by_chance, said)
    assert 0.01 < fall.surely < fall.said - fall.now
    seldom = (rng.random(3000) < said / 3).astype(float)
    assert calibration_fall(fits[0].card, seldom, said).surely > 0.1
