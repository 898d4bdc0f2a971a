"""The register of models: what is in use, what waits, and the way back."""

from datetime import date, timedelta
from threading import Barrier, Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from yuelao.common.errors import Conflict, NotFound
from yuelao.operations import models
from yuelao.operations.models import (
    Answer,
    Bounds,
    Fall,
    ModelState,
    Moved,
    NewVersion,
    Promotion,
    Standing,
    Upkeep,
    UpkeepOutcome,
    answer,
    why_due,
)
from yuelao.operations.models.rules import RULES, SURELY, SYSTEM, one_before, state_of
from yuelao.storage.session import Database

HOUR = timedelta(hours=1)


def a_version(version: str, name: str = "churn") -> NewVersion:
    card = {"auc": 0.7, "features": ["arpu_3m"]}
    return NewVersion(name=name, version=version, as_of=date(2026, 11, 1), digest="d", card=card, recipe={"seed": 0})


def test_what_is_trained_waits_until_it_is_put_into_use(database: Database) -> None:
    with database.transaction() as session:
        assert models.champion(session, "churn") is None
        assert models.add(session, a_version("1"), "analyst", NOW).state is ModelState.CHALLENGER
        assert models.promote(session, "churn", "1", "analyst", "first", NOW).state is ModelState.CHAMPION
        models.add(session, a_version("2"), "analyst", NOW + HOUR)
        assert [(each.version, each.state) for each in models.versions(session, "churn")] == [
            ("2", ModelState.CHALLENGER),
            ("1", ModelState.CHAMPION),
        ]
        models.promote(session, "churn", "2", "analyst", "better", NOW + HOUR)
        assert [each.state for each in models.versions(session, "churn")] == [ModelState.CHAMPION, ModelState.RETIRED]
        assert models.names(session) == ["churn"]


def test_training_the_same_again_and_promoting_what_is_in_use_change_nothing(database: Database) -> None:
    with database.transaction() as session:
        first = models.add(session, a_version("1"), "analyst", NOW)
        assert models.add(session, a_version("1"), "somebody", NOW + HOUR) == first
        for _again in range(2):
            models.promote(session, "churn", "1", "analyst", "first", NOW)
        assert len(models.promotions(session, "churn")) == 1


def test_the_way_back_leads_to_what_was_in_use_before(database: Database) -> None:
    with database.transaction() as session:
        for version in ("1", "2", "3"):
            models.add(session, a_version(version), "analyst", NOW)
        models.promote(session, "churn", "1", "analyst", "first", NOW)
        with pytest.raises(Conflict, match="No other version"):
            models.roll_back(session, "churn", "analyst", "complaints", NOW)
        models.promote(session, "churn", "3", "analyst", "better", NOW)
        assert models.roll_back(session, "churn", "analyst", "complaints", NOW).version == "1"
        champion = models.champion(session, "churn")
        assert champion is not None
        assert champion.version == "1"
        said = models.promotions(session, "churn")
        assert [(each.place, each.version, each.reason) for each in said] == [
            (3, "1", "complaints"),
            (2, "3", "better"),
            (1, "1", "first"),
        ]


def test_what_there_is_none_of_is_refused_with_the_nearest(database: Database) -> None:
    with database.transaction() as session:
        models.add(session, a_version("2026-11-01-abcd"), "analyst", NOW)
        with pytest.raises(NotFound) as error:
            models.promote(session, "churn", "2026-11-01-abcf", "analyst", "", NOW)
        assert "2026-11-01-abcd" in error.value.hint
        with pytest.raises(NotFound) as error:
            models.get(session, "chrun", "1")
        assert "churn" in error.value.hint
        with pytest.raises(Conflict):
            models.roll_back(session, "chrun", "analyst", "", NOW)


def test_two_who_promote_at_once_come_one_after_the_other(database: Database) -> None:
    with database.transaction() as session:
        for version in ("1", "2"):
            models.add(session, a_version(version), "analyst", NOW)
    together, failures = Barrier(2), []

    def put_into_use(version: str) -> None:
        together.wait()
        try:
            with database.transaction() as session:
                models.promote(session, "churn", version, "analyst", "", NOW)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            failures.append(error)

    threads = [Thread(target=put_into_use, args=(version,)) for version in ("1", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.transaction(read_only=True) as session:
        assert sorted(each.place for each in models.promotions(session, "churn")) == [1, 2]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=8))
def test_exactly_one_version_is_in_use_and_the_way_back_leads_to_another(order: list[str]) -> None:
    said = [
        Promotion(name="m", place=place, version=version, reason="", promoted_by="x", promoted_at=NOW)
        for place, version in enumerate(order, 1)
    ][::-1]
    states = {version: state_of(version, said) for version in "abc"}
    assert [version for version, state in states.items() if state is ModelState.CHAMPION] == [order[-1]]
    assert all((state is ModelState.CHALLENGER) == (version not in order) for version, state in states.items())
    if len(set(order)) > 1:
        assert states[one_before(said)] is ModelState.RETIRED


def test_a_challenger_takes_over_unless_it_did_worse() -> None:
    assert [models.judge(*each).promoted for each in ((None, None), (0.02, 0.01), (0.0, -0.01), (-0.01, -0.02))] == [
        True,
        True,
        True,
        False,
    ]


BOUNDS = Bounds(after_days=92, pause_days=7, new_share=0.2, drift=0.6, auc_loss=0.01, calibration_loss=0.1)
LEARNED_TO = date(2026, 1, 1)


def a_standing(days: int = 30, **known: object) -> Standing:
    """Nothing moved, nothing is new."""
    return Standing(LEARNED_TO, LEARNED_TO + days * timedelta(days=1), **{"learned": 1000, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("standing", "rules"),
    [
        (a_standing(), []),
        (a_standing(91), []),
        (a_standing(92), ["age"]),
        (a_standing(new=199), []),
        (a_standing(new=200), ["new_outcomes"]),
        (a_standing(learned=0), []),
        (a_standing(drift=Moved(0.7, 0.6, ("arpu_3m",))), []),
        (a_standing(drift=Moved(0.7, 0.61, ("arpu_3m",))), ["drift"]),
        (a_standing(auc=Fall(0.7, 0.65, 5000, 0.01)), []),
        (a_standing(auc=Fall(0.7, 0.65, 5000, 0.011)), ["auc"]),
        (a_standing(calibration=Fall(0.01, 0.05, 5000, 0.2)), ["calibration"]),
        (a_standing(100, new=500, auc=Fall(0.7, 0.5, 5000, 0.1)), ["age", "new_outcomes", "auc"]),
    ],
)
def test_a_model_is_due_by_each_rule_at_its_bound(standing: Standing, rules: list[str]) -> None:
    assert [reason.rule for reason in why_due(standing, BOUNDS)] == rules


falls = st.none() | st.builds(Fall, *[st.floats(0, 1)] * 2, st.integers(1, 10**6), st.floats(-1, 1))
standings = st.builds(
    Standing,
    since=st.just(LEARNED_TO),
    day=st.integers(-30, 400).map(lambda days: LEARNED_TO + timedelta(days=days)),
    learned=st.integers(0, 10_000),
    new=st.integers(0, 10_000),
    drift=st.none() | st.builds(Moved, st.floats(0.5, 1), st.floats(0.5, 1), st.just(("age",))),
    auc=falls,
    calibration=falls,
)
bounds = st.builds(
    Bounds, st.integers(1, 400), st.integers(1, 60), st.floats(0.01, 2), st.floats(0.5, 1), *[st.floats(0, 1)] * 2
)


@given(standings, bounds)
def test_no_model_is_due_without_newer_data_or_within_the_pause(standing: Standing, bound: Bounds) -> None:
    due = why_due(standing, bound)
    assert not due or standing.days >= max(1, bound.pause_days)
    assert {reason.rule for reason in due} <= set(RULES)
    assert all(reason.figures for reason in due)


@given(standings, bounds)
def test_stricter_bounds_never_make_more_models_due(standing: Standing, bound: Bounds) -> None:
    lax = Bounds(*(2 * each for each in vars(bound).values()))
    assert {each.rule for each in why_due(standing, lax)} <= {each.rule for each in why_due(standing, bound)}


def put_into_use(*said: tuple[str, str]) -> list[Promotion]:
    """Promotions, the newest first, of (version, by whom), the oldest first."""
    return [
        Promotion(name="m", place=place, version=version, reason="", promoted_by=by, promoted_at=NOW)
        for place, (version, by) in enumerate(said, 1)
    ][::-1]


def test_only_what_the_machine_chose_is_rolled_back_and_only_where_it_is_surely_worse() -> None:
    chosen, by_anna = put_into_use(("1", "anna"), ("2", SYSTEM)), put_into_use(("1", SYSTEM), ("2", "anna"))
    assert answer(chosen, -0.05, 0.01) is Answer.ROLL_BACK
    assert answer(chosen, -0.029, 0.01) is Answer.KEEP
    assert answer(chosen, -0.05, float("inf")) is Answer.KEEP
    assert answer(by_anna, -0.05, 0.01) is Answer.TELL
    assert answer(put_into_use(("1", SYSTEM)), -0.05, 0.01) is Answer.KEEP


def test_two_versions_never_take_turns() -> None:
    back = put_into_use(("1", SYSTEM), ("2", SYSTEM), ("1", SYSTEM))
    assert answer(back, -0.5, 0.001) is Answer.KEEP


@given(st.lists(st.tuples(st.sampled_from(["train", "person", "night"]), st.floats(-0.2, 0.2)), max_size=30))
def test_whatever_the_nights_find_nobodys_choice_is_undone_and_no_version_returns_twice(
    nights: list[tuple[str, float]],
) -> None:
    said: list[tuple[str, str]] = [("0", SYSTEM)]
    for number, (happens, gain) in enumerate(nights, 1):
        if happens != "night":
            said.append((str(number), SYSTEM if happens == "train" else "anna"))
        elif answer(put_into_use(*said), gain, 0.01) is Answer.ROLL_BACK:
            assert said[-1][1] == SYSTEM
            said.append((one_before(put_into_use(*said)), SYSTEM))
            assert answer(put_into_use(*said), -gain, 0.01) is Answer.KEEP
    trained = sum(happens == "train" for happens, _gain in nights)
    returned = len(said) - len({version for version, _by in said})
    assert returned <= trained


def test_looking_every_night_the_bound_is_hardly_ever_crossed_by_chance() -> None:
    rng = np.random.default_rng(0)
    nights = np.arange(1, 91)
    sums = rng.normal(size=(2000, len(nights))).cumsum(axis=1) / np.sqrt(nights)
    assert (sums < -SURELY).any(axis=1).mean() < 0.02
    assert (sums < -1.96).any(axis=1).mean() > 0.1


def an_upkeep(outcome: UpkeepOutcome, day: int = 1) -> Upkeep:
    why = [{"rule": "age", "days": 93}]
    return Upkeep(
        name="churn", day=date(2026, 11, day), outcome=outcome, version=None, why=why, said="no", happened_at=NOW
    )


def test_the_first_note_of_a_day_of_data_stands_and_the_newest_is_told(database: Database) -> None:
    with database.transaction() as session:
        assert models.last_upkeep(session, "churn") is None
        models.note(session, an_upkeep(UpkeepOutcome.REFUSED))
        models.note(session, an_upkeep(UpkeepOutcome.TRAINED))
        assert models.last_upkeep(session, "churn") == an_upkeep(UpkeepOutcome.REFUSED)
        models.note(session, an_upkeep(UpkeepOutcome.TRAINED, day=8))
        assert models.last_upkeep(session, "churn") == an_upkeep(UpkeepOutcome.TRAINED, day=8)


def test_a_roll_back_of_what_is_no_longer_in_use_is_refused(database: Database) -> None:
    with database.transaction() as session:
        for version in ("1", "2", "3"):
            models.add(session, a_version(version), "system", NOW)
            models.promote(session, "churn", version, "system", "better", NOW)
        with pytest.raises(Conflict, match="no longer in use"):
            models.roll_back(session, "churn", "system", "worse", NOW, judged="2")
        assert models.roll_back(session, "churn", "system", "worse", NOW, judged="3").version == "2"
