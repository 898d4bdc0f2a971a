"""Why a customer is called or not: every step with its values, the decision, and the reason, in both languages."""

import pytest

from tests.world import AS_OF, CAMPAIGN
from yuelao.common.errors import NotFound
from yuelao.operations import campaigns, customers
from yuelao.operations import decisions as runs
from yuelao.warehouse.views import read_view
from yuelao.workflows.explain_customer import CampaignExplanation, explain
from yuelao.workflows.house import House
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.match_offers import match


def decided(house: House) -> dict[str, dict[str, object]]:
    """By customer, what the newest run of the campaign decided."""
    with house.database.transaction(read_only=True) as session:
        run = runs.newest(session, CAMPAIGN)
    assert run is not None
    with house.lake.snapshot() as snapshot:
        rows = snapshot.dataset("decisions", run.run).to_pyarrow().to_pylist()
    return {row["customer_id"]: row for row in rows}


def told(house: House, customer: str) -> CampaignExplanation:
    return next(one for one in explain(house, customer).campaigns if one.campaign == CAMPAIGN)


def first(house: House, decision: str) -> str:
    return next(name for name, row in decided(house).items() if row["decision"] == decision)


@pytest.mark.parametrize("decision", ["assigned", "held_out", "not_worth_it", "refused"])
def test_what_was_decided_is_told_in_both_languages(matched, decision):
    customer = first(matched, decision)
    one = told(matched, customer)
    assert (one.decision, one.as_of) == (decision, AS_OF)
    assert one.why != one.why_zh
    assert "{" not in one.why + one.why_zh
    assert all(step.kept for step in one.steps if step.kind == "funnel")


def test_the_assigned_are_told_their_product_and_value(matched):
    customer = first(matched, "assigned")
    row = decided(matched)[customer]
    why = told(matched, customer).why
    assert str(row["product"]) in why
    assert f"{row['value']:.2f}" in why


def test_the_refused_are_told_the_rule_that_their_steps_show(matched):
    customer = first(matched, "refused")
    one = told(matched, customer)
    rule = str(decided(matched)[customer]["rule"])
    assert rule in one.why
    [step] = [step for step in one.steps if step.kind == "policy" and step.name == rule]
    assert not step.kept
    assert step.values
    assert step.condition


def test_who_was_dropped_is_told_the_step_with_the_values_it_saw(matched):
    kept = decided(matched)
    with matched.lake.snapshot() as snapshot:
        view = read_view(snapshot, AS_OF).to_pyarrow().to_pylist()
    dropped = next(row for row in view if row["customer_id"] not in kept)
    one = told(matched, dropped["customer_id"])
    assert one.decision == "dropped"
    step = next(step for step in one.steps if not step.kept)
    assert step.kind == "funnel"
    assert step.name in one.why
    assert step.condition in one.why
    assert all(step.values[name] == dropped[name] for name in step.values)


def test_the_outbid_are_told_the_price(matched):
    """With a tenth of the seats there is somebody who is worth a call, but not this one."""
    with matched.database.transaction() as session:
        definition = campaigns.get(session, CAMPAIGN).definition
        few = tuple(seats.model_copy(update={"minutes": 100.0}) for seats in definition.resources)
        campaigns.save(session, definition.model_copy(update={"resources": few}), "planner", matched.now())
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, CAMPAIGN, by="approver", now=matched.now())
    assert match(matched, CAMPAIGN).decisions["outbid"] > 0
    customer = first(matched, "outbid")
    row = decided(matched)[customer]
    one = told(matched, customer)
    assert one.decision == "outbid"
    assert f"{row['price']:.2f}" in one.why
    assert float(str(row["price"])) > 0


def test_all_campaigns_but_drafts_are_explained(matched):
    names = {one.campaign for one in explain(matched, first(matched, "assigned")).campaigns}
    assert names == {CAMPAIGN, "handset-renewal", "move-to-5g"}


def test_a_campaign_that_was_not_matched_says_so(matched):
    decisions = {
        one.decision
        for name in list(decided(matched))[:15]
        for one in explain(matched, name).campaigns
        if one.campaign == "handset-renewal"
    }
    assert decisions <= {"not_matched", "dropped"}


def test_the_task_is_shown_once_it_is_there(matched):
    customer = first(matched, "assigned")
    assert told(matched, customer).task is None
    launch(matched, CAMPAIGN)
    task = told(matched, customer).task
    assert task is not None
    assert task.state == "ready"


def test_any_id_of_a_customer_will_do(matched):
    pseudonym = first(matched, "assigned")
    with matched.database.transaction(read_only=True) as session:
        [person] = customers.identities(session, [pseudonym])
        phone = customers.reveal_phone(session, pseudonym)
    assert explain(matched, pseudonym).customer == person.source_id
    for name in (person.source_id, phone):
        assert explain(matched, name) == explain(matched, pseudonym)


def test_an_unknown_customer_is_refused(matched):
    with pytest.raises(NotFound, match="No customer has this id"):
        explain(matched, "nobody")


def test_a_later_version_does_not_change_what_was_decided(matched):
    """The explanation is of the run, by the version it decided by."""
    customer = first(matched, "assigned")
    before = told(matched, customer)
    with matched.database.transaction() as session:
        definition = campaigns.get(session, CAMPAIGN).definition
        nobody = campaigns.FunnelStep(name={"en": "Nobody"}, keep="tenure_months > 9999")
        changed = definition.model_copy(update={"funnel": (*definition.funnel, nobody)})
        campaigns.save(session, changed, "planner", matched.now())
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, CAMPAIGN, by="planner", now=matched.now())
    after = told(matched, customer)
    assert (after.decision, after.why, after.steps) == (before.decision, before.why, before.steps)
