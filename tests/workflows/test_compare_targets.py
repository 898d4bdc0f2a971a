"""What a changed model does to campaigns: whom they would choose no more and anew, counted as a screening counts."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import AS_OF
from yuelao.operations import campaigns, customers
from yuelao.operations.campaigns import CampaignDefinition, FunnelStep, State
from yuelao.operations.customers import ViewModelDefinition
from yuelao.workflows.check_definition import as_text
from yuelao.workflows.compare_definition import compare
from yuelao.workflows.compare_targets import IN_USE, TargetMoves
from yuelao.workflows.find_uses import OVER, find_uses
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.screen_targets import screen


def definition(house, kind):
    with house.database.transaction(read_only=True) as session:
        version = customers.current_definition(session, kind)
    assert version is not None
    return version.definition


def changed(house, kind, old, new):
    text = as_text(definition(house, kind))
    assert old in text
    return ViewModelDefinition.model_validate(yaml.safe_load(text.replace(old, new, 1)))


def running(house, name, **content):
    """A running campaign like one of the pack, with this content."""
    with house.database.transaction() as session:
        like = campaigns.all_current(session)[0].definition.model_dump() | {"name": name, "funnel": ()}
        campaigns.save(session, CampaignDefinition.model_validate(like | content), "planner", house.now())
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, name, by="approver", now=house.now())


def steps(*conditions):
    return tuple(FunnelStep(name={"en": f"{n}", "zh": f"{n}"}, keep=text) for n, text in enumerate(conditions))


def test_the_targets_counted_before_saving_are_those_screened_after_the_refresh(trained):
    house = trained
    running(house, "asks", funnel=steps("value_level >= 'B1'", "arpu_3m > 20"))
    proposed = changed(house, "value_segmentation", "weight: 0.6", "weight: 0.1")
    before = screen(house, "asks")
    [asks] = [each for each in compare(house, proposed).targets if each.campaign == "asks"]
    assert (asks.state, asks.fields, asks.places) == ("running", ["value_level"], ["funnel"])
    assert asks.before == before.targets > 0
    assert min(asks.leave, asks.join) > 0
    assert max(asks.leave, asks.join) <= compare(house, proposed).moved
    with house.database.transaction() as session:
        customers.save_definition(session, proposed, "planner", house.now())
    refresh(house, AS_OF)
    assert screen(house, "asks").targets == asks.after


def test_what_asks_for_nothing_of_the_model_is_not_told(trained):
    running(trained, "asks-for-bills", funnel=steps("arpu_3m > 20"))
    running(trained, "ranks-by-it", funnel=steps("arpu_3m > 20"), rank_by="value_score")
    told = {each.campaign: each for each in compare(trained, definition(trained, "value_segmentation")).targets}
    assert "asks-for-bills" not in told
    ranks = told["ranks-by-it"]
    assert (ranks.fields, ranks.places) == (["value_score"], ["rank"])
    assert (ranks.leave, ranks.join) == (0, 0)


def test_drafts_are_not_counted_and_what_cannot_be_read_is_no_use(trained):
    like = campaigns_of(trained)[0].definition.model_dump()
    drafted = like | {"name": "draft", "funnel": steps("value_level = 'A1'"), "resources": like["resources"]}
    broken = like | {"name": "broken", "funnel": steps("no_such_field > 1")}
    with trained.database.transaction() as session:
        for content in (drafted, broken):
            campaigns.save(session, CampaignDefinition.model_validate(content), "planner", trained.now())
    told = compare(trained, definition(trained, "value_segmentation")).targets
    assert not {"draft", "broken"} & {each.campaign for each in told}
    uses = find_uses(trained, ["value_level"])
    assert ("draft", "draft") in {(each.name, each.state) for each in uses.campaigns}
    assert "broken" not in {each.name for each in uses.campaigns}


def campaigns_of(house):
    with house.database.transaction(read_only=True) as session:
        return campaigns.all_current(session)


def test_a_sample_is_scaled_up_and_about_right(trained):
    running(trained, "asks", funnel=steps("value_level >= 'B1'"))
    proposed = changed(trained, "value_segmentation", "weight: 0.6", "weight: 0.1")
    whole = compare(trained, proposed)
    some = compare(trained, proposed, most=whole.customers // 2)
    [exact] = [each for each in whole.targets if each.campaign == "asks"]
    [about] = [each for each in some.targets if each.campaign == "asks"]
    assert some.estimated
    assert about.before == pytest.approx(exact.before, rel=0.15)
    assert about.after == pytest.approx(exact.after, rel=0.15)


def test_a_campaign_that_asks_for_what_there_would_be_no_more_is_told_so(trained):
    running(trained, "asks", funnel=steps("top_need = 'x'", "value_level >= 'B1'"))
    text = as_text(definition(trained, "dimensions"))
    content = {key: value for key, value in yaml.safe_load(text).items() if key != "needs"}
    proposed = ViewModelDefinition.model_validate(content)
    [asks] = compare(trained, proposed).targets
    assert asks.lost == ["top_need"]
    assert asks.leave == asks.join == 0


def test_other_models_that_ask_for_the_scores_are_named(trained):
    assert compare(trained, definition(trained, "preference")).models == ["dimensions"]
    assert compare(trained, definition(trained, "handset_demand")).models == []


def test_uses_of_a_feature_are_models_campaigns_and_what_was_trained(trained):
    running(trained, "asks", funnel=steps("arpu_3m > 20"), rank_by="arpu_3m")
    uses = find_uses(trained, ["arpu_3m"])
    assert "value_segmentation" in uses.models
    assert [each.places for each in uses.campaigns if each.name == "asks"] == [["funnel", "rank"]]
    assert uses.trained == ["response"]
    nobody = find_uses(trained, ["no_such_column"])
    assert (nobody.models, nobody.campaigns, nobody.trained) == ([], [], [])


def test_campaigns_in_use_are_not_over():
    assert not IN_USE & OVER
    assert {State.RUNNING, State.APPROVED} <= IN_USE


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=20)
def test_what_is_left_adds_up(stay, leave, join):
    title = {"en": "x", "zh": "x"}
    moves = TargetMoves(campaign="x", title=title, state="running", fields=[], places=[], before=stay + leave,
                        leave=leave, join=join, lost=[])  # fmt: skip
    assert moves.after == stay + join
