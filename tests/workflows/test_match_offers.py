"""A plan: one decision for each target, under the resources, with hold-outs that were in the plan and are taken out."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from tests.world import AS_OF, CAMPAIGN, PRODUCTS
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.common.ids import in_share
from yuelao.operations import campaigns, tasks
from yuelao.operations import decisions as runs
from yuelao.workflows.decide_offers import HELD_OUT
from yuelao.workflows.gather_candidates import GLOBAL_SALT
from yuelao.workflows.house import House
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.match_offers import MatchSummary, match
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.run_campaigns import run
from yuelao.workflows.screen_targets import screen


def newest(house: House) -> MatchSummary:
    """What the newest run of the campaign summed up."""
    with house.database.transaction(read_only=True) as session:
        run = runs.newest(session, CAMPAIGN)
    assert run is not None
    return MatchSummary.model_validate(run.summary)


def decisions(house: House, run: str) -> list[dict[str, object]]:
    with house.lake.snapshot() as snapshot:
        rows: list[dict[str, object]] = snapshot.dataset("decisions", run).to_pyarrow().to_pylist()
    return rows


def test_the_funnels_counts_add_up(trained):
    counted = screen(trained, CAMPAIGN)
    assert counted.as_of == AS_OF
    left = [counted.customers, *(step.left for step in counted.steps)]
    assert [before - after for before, after in pairwise(left)] == [step.dropped for step in counted.steps]
    assert counted.targets == left[-1] > 0
    assert [step.title for step in counted.steps] == [step.name for step in _definition(trained).funnel]


def test_screening_an_unknown_campaign_names_the_nearest(trained):
    with pytest.raises(NotFound) as refusal:
        screen(trained, "data-upgrad")
    assert CAMPAIGN in refusal.value.hint


def test_every_target_has_one_decision(matched):
    summary = newest(matched)
    rows = decisions(matched, summary.run)
    assert len({row["customer_id"] for row in rows}) == len(rows) == summary.targets
    counts = Counter(str(row["decision"]) for row in rows)
    assert counts.pop("refused") == sum(summary.refused.values())
    assert dict(counts) == summary.decisions
    assert (summary.assigned, summary.held_out) == (counts["assigned"], counts[HELD_OUT])
    assert summary.assigned > summary.held_out > 0


def test_the_plan_keeps_to_its_resources_and_near_its_bound(matched):
    summary = newest(matched)
    assert summary.method == "greedy"
    assert summary.objective <= summary.bound
    assert 0 <= summary.gap < 0.05
    assert summary.gap == pytest.approx((summary.bound - summary.objective) / summary.bound, abs=1e-6)
    assert [price.resource for price in summary.prices] == ["North team", "South team"]
    for price in summary.prices:
        assert price.lower <= price.used <= price.upper + 1e-6
        assert price.price >= 0


def test_the_assigned_alone_fit_the_seats(matched):
    """The plan had the hold-outs' minutes on top; without them what is left must fit what there really is."""
    rows = [row for row in decisions(matched, newest(matched).run) if row["decision"] == "assigned"]
    for seats in _definition(matched).resources:
        used = sum(float(str(row["minutes"])) for row in rows if row["team"] == seats.team)
        assert 0 < used <= float(seats.minutes or 0) * 1.05


def test_hold_outs_are_drawn_by_person_stably_and_about_as_many_as_said(matched):
    definition, share = _definition(matched), matched.workspace.settings.global_holdout
    drawn = {True: 0, False: 0}
    for row in decisions(matched, newest(matched).run):
        if row["decision"] not in ("assigned", HELD_OUT):
            continue
        person = str(row["person_id"])
        expected = in_share(GLOBAL_SALT, person, share) or in_share(f"campaign:{CAMPAIGN}", person, definition.holdout)
        assert (row["decision"] == HELD_OUT) == expected
        drawn[expected] += 1
    wanted = 1 - (1 - share) * (1 - definition.holdout)
    people = sum(drawn.values())
    assert abs(drawn[True] / people - wanted) < 3 * (wanted * (1 - wanted) / people) ** 0.5


def test_the_same_question_gets_the_same_answer(matched):
    first = newest(matched)
    second = match(matched, CAMPAIGN)
    assert second.run != first.run
    kept = ("customer_id", "decision", "rule", "product", "value")
    assert [[row[name] for name in kept] for row in decisions(matched, second.run)] == [
        [row[name] for name in kept] for row in decisions(matched, first.run)
    ]


def test_an_assigned_customer_has_offer_value_and_reasons(matched):
    for row in decisions(matched, newest(matched).run):
        if row["decision"] != "assigned":
            continue
        assert row["product"] in PRODUCTS
        assert row["alternative"] in (*PRODUCTS, None)
        assert row["alternative"] != row["product"]
        assert float(str(row["value"])) > 0
        assert 0 < float(str(row["reach"])) <= 1
        assert 0 < float(str(row["response"])) < 1
        reasons = json.loads(str(row["reasons"]))
        assert len(reasons) <= 3
        assert all(set(reason) == {"feature", "value", "weight"} for reason in reasons)


def test_one_contact_a_person(matched):
    people = [
        row["person_id"] for row in decisions(matched, newest(matched).run) if row["decision"] in ("assigned", HELD_OUT)
    ]
    assert len(people) == len(set(people))


def test_planning_makes_no_task(matched):
    with matched.database.transaction(read_only=True) as session:
        assert tasks.counts(session) == {}


def test_a_campaign_that_nobody_approved_is_not_matched(trained):
    with pytest.raises(Conflict, match="is submitted"):
        match(trained, "move-to-5g")


def test_a_view_that_was_not_built_is_named(trained):
    with pytest.raises(Refused, match="no customer view as of 2026-10-01") as refusal:
        match(trained, CAMPAIGN, AS_OF.replace(month=10))
    assert "--as-of 2026-10-01" in refusal.value.hint


def test_screen_and_match_take_the_newest_view_or_the_one_asked_for(trained):
    later = AS_OF.replace(day=2)
    refresh(trained, later)
    assert screen(trained, CAMPAIGN).as_of == later
    assert screen(trained, CAMPAIGN, AS_OF).as_of == AS_OF


def _definition(house: House) -> campaigns.CampaignDefinition:
    with house.database.transaction(read_only=True) as session:
        return campaigns.get(session, CAMPAIGN).definition


def change(house: House, **changes: object) -> None:
    """A next version of the campaign, approved and started."""
    with house.database.transaction() as session:
        definition = campaigns.get(session, CAMPAIGN).definition.model_dump() | changes
        campaigns.save(session, campaigns.CampaignDefinition.model_validate(definition), "planner", house.now())
        for step in (campaigns.submit, campaigns.approve, campaigns.start):
            step(session, CAMPAIGN, by="planner", now=house.now())


def test_whom_no_team_serves_is_not_called_for_nothing(trained):
    change(trained, resources=[{"name": "North", "team": "north", "where": "city = '临江市'", "minutes": 60}])
    rows = decisions(trained, match(trained, CAMPAIGN).run)
    unserved = [row for row in rows if row["decision"] == "no_resource"]
    assert unserved
    assert {row["team"] for row in unserved} == {""}
    assert {row["team"] for row in rows if row["decision"] == "assigned"} == {"north"}


def test_a_trial_calls_no_more_than_its_size(trained):
    change(trained, trial={"size": 5}, holdout=0.0)
    planned = match(trained, CAMPAIGN)
    assert 1 <= planned.assigned <= 5
    assert launch(trained, CAMPAIGN).tasks == planned.assigned
    again = match(trained, CAMPAIGN)
    assert again.assigned <= 5 - planned.assigned


def test_the_limits_shown_are_those_configured(matched):
    summary = newest(matched)
    configured = {resource.name["en"]: resource.minutes for resource in _definition(matched).resources}
    assert {price.resource: pytest.approx(price.upper) for price in summary.prices} == configured
    assert all(price.used <= price.upper + 1e-6 for price in summary.prices)
    assert 0 < summary.expected < summary.objective <= summary.bound


@pytest.mark.parametrize("dates", [{"ends_on": "2026-10-31"}, {"starts_on": "2027-01-01"}])
def test_outside_its_own_dates_a_campaign_is_neither_matched_nor_run(trained, dates):
    change(trained, **dates)
    with pytest.raises(Conflict):
        match(trained, CAMPAIGN)
    assert CAMPAIGN not in run(trained, AS_OF).campaigns


def test_a_number_of_contacts_is_never_exceeded_whoever_is_held_out(trained):
    for holdout in (0.1, 0.3, 0.5):
        change(trained, holdout=holdout, resources=[{"name": "Calls", "contacts": 30}])
        planned = match(trained, CAMPAIGN)
        assert 20 <= planned.assigned <= 30
        assert planned.held_out > 0


def test_without_a_model_customers_are_ranked_by_a_field(trained):
    change(trained, model="none", rank_by="arpu_3m", holdout=0.0, resources=[{"name": "Calls", "contacts": 30}])
    rows = decisions(trained, match(trained, CAMPAIGN).run)
    chosen = [row for row in rows if row["decision"] == "assigned"]
    assert {reason["feature"] for row in chosen for reason in json.loads(str(row["reasons"]))} == {"arpu_3m"}
    change(trained, model="none", rank_by="arpu_4m")
    with pytest.raises(Refused) as refusal:
        match(trained, CAMPAIGN)
    assert "arpu_3m" in refusal.value.hint
