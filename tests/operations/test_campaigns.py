"""Campaigns: a draft can change, an approved content cannot, and every step is in the history."""

from typing import Any

import pytest

from tests.builders import NOW, a_campaign, a_definition
from yuelao.common.errors import Conflict, NotFound
from yuelao.operations import campaigns
from yuelao.operations.campaigns.schemas import CampaignDefinition
from yuelao.storage.session import Database

WHO: dict[str, Any] = {"by": "me", "now": NOW}


def test_a_campaign_from_draft_to_its_end(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "running")
        campaigns.pause(session, "spring", **WHO, reason="storm")
        assert campaigns.resume(session, "spring", **WHO).state == "running"
        assert campaigns.close(session, "spring", **WHO).state == "closed"
        told = [(step.action, step.state, step.reason) for step in campaigns.history(session, "spring")]
    assert [action for action, _, _ in told] == ["save", "submit", "approve", "start", "pause", "resume", "close"]
    assert told[4] == ("pause", "paused", "storm")


def test_a_trial_comes_first_where_one_is_planned(database: Database) -> None:
    with database.transaction() as session:
        assert a_campaign(session, "a", "trial", trial={"size": 100}).state == "trial"
        assert campaigns.go(session, "a", **WHO).state == "running"
        a_campaign(session, "b", "trial", trial={"size": 100})
        assert campaigns.stop(session, "b", **WHO, reason="nobody bought").state == "stopped"


def test_a_rejection_takes_a_reason_and_the_next_try_is_a_new_version(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "submitted")
        with pytest.raises(Conflict, match="reason"):
            campaigns.reject(session, "spring", **WHO, reason=" ")
        assert campaigns.reject(session, "spring", **WHO, reason="too many calls").state == "rejected"
        again = campaigns.save(session, a_definition("spring", priority=10), "me", NOW)
        assert (again.version, again.state) == (2, "draft")


def test_a_draft_changes_in_place_and_the_same_content_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "draft")
        changed = campaigns.save(session, a_definition("spring", priority=10), "me", NOW)
        assert (changed.version, changed.definition.priority) == (1, 10)
        steps = len(campaigns.history(session, "spring"))
        assert campaigns.save(session, a_definition("spring", priority=10), "you", NOW) == changed
        assert len(campaigns.history(session, "spring")) == steps


def test_what_waits_for_approval_cannot_change(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "submitted")
        with pytest.raises(Conflict, match="waits"):
            campaigns.save(session, a_definition("spring", priority=10), "me", NOW)


def test_a_running_version_counts_until_the_next_one_starts(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "running")
        campaigns.save(session, a_definition("spring", priority=10), "me", NOW)
        assert campaigns.get(session, "spring").version == 1
        assert campaigns.newest(session, "spring").version == 2
        campaigns.submit(session, "spring", **WHO)
        campaigns.approve(session, "spring", **WHO)
        assert campaigns.get(session, "spring").version == 1
        campaigns.start(session, "spring", **WHO)
        assert campaigns.get(session, "spring").version == 2
        assert [(each.version, each.state) for each in campaigns.versions(session, "spring")] == [
            (2, "running"),
            (1, "closed"),
        ]


def test_an_approval_is_of_the_version_that_was_read(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "spring", "submitted")
        with pytest.raises(Conflict, match="newer version"):
            campaigns.approve(session, "spring", **WHO, version=7)
        assert campaigns.approve(session, "spring", **WHO, version=1).state == "approved"


def test_an_impossible_step_says_what_is_possible(database: Database) -> None:
    with database.transaction() as session:
        assert a_campaign(session, "spring", "draft").allowed == ["submit"]
        with pytest.raises(Conflict, match="It can: submit"):
            campaigns.start(session, "spring", **WHO)


def test_campaigns_are_listed_by_priority_and_by_state(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "low", "running", priority=1)
        a_campaign(session, "high", "running", priority=90)
        a_campaign(session, "idea", "draft", priority=50)
        assert [each.name for each in campaigns.all_current(session)] == ["high", "idea", "low"]
        assert [each.name for each in campaigns.in_state(session, "running")] == ["high", "low"]


def test_an_unknown_campaign_names_what_is_near(database: Database) -> None:
    with database.transaction() as session:
        a_campaign(session, "data-upgrade")
        with pytest.raises(NotFound, match="data-upgrade"):
            campaigns.get(session, "data-upgrad")


def test_one_language_stands_for_both() -> None:
    definition = a_definition("spring", title="春季", purpose={"en": "Spring"})
    assert definition.title == {"en": "春季", "zh": "春季"}
    assert definition.purpose == {"en": "Spring", "zh": "Spring"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Has Spaces"},
        {"products": []},
        {"products": ["a", "a"]},
        {"holdout": 1.0},
        {"title": {"fr": "Printemps"}},
        {"resources": [{"name": "North", "minutes": 1, "contacts": 1}]},
        {"resources": [{"name": "North"}]},
        {"starts_on": "2026-12-01", "ends_on": "2026-11-01"},
        {"surprise": 1},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        a_definition(**{"name": "spring", **changes})


def test_a_definition_survives_its_export() -> None:
    definition = a_definition("spring", trial={"size": 10}, starts_on="2026-12-01")
    assert CampaignDefinition.model_validate(definition.model_dump(mode="json")) == definition
