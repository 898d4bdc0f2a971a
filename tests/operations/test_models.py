"""The register of models: what is in use, what waits, and the way back."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from yuelao.common.errors import Conflict, NotFound
from yuelao.operations import models
from yuelao.operations.models import ModelState, NewVersion, Promotion
from yuelao.operations.models.rules import one_before, state_of
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
