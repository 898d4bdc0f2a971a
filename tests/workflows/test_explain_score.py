"""What a model expects of one customer: the model's own word, reasons that are true of the customer, the best hours."""

import json
from dataclasses import asdict, replace

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.test_reach import model_of
from tests.world import AS_OF, CAMPAIGN
from yuelao.analytics.additive import AdditiveFamily
from yuelao.analytics.boosting import TreesFamily
from yuelao.analytics.propensity import Card, ResponseModel
from yuelao.analytics.reach import Reach
from yuelao.common.errors import NotFound, Refused
from yuelao.operations import contact_policy, products, staff, tasks
from yuelao.operations import decisions as runs
from yuelao.warehouse.features.spoken import sentence
from yuelao.warehouse.views import read_view
from yuelao.workflows.desk_card import desk_card
from yuelao.workflows.expect_reach import known_slots
from yuelao.workflows.explain_score import explain_score, explain_scores
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import current_model, keep, put_into_use
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.match_offers import match
from yuelao.workflows.refresh_customers import refresh


def use(house: House, name: str, model: ResponseModel) -> None:
    """Put a model into use under a name; it borrows the card of another."""
    lent = current_model(house, "response").card
    assert isinstance(lent, Card)
    version = keep(house, name, AS_OF, replace(model, card=lent), {}, {})
    put_into_use(house, name, version.version, "first")


def who_answers() -> ResponseModel:
    """The young answer in the evening, the old in the morning."""
    return model_of(TreesFamily(leaves=8))


def view_of(house: House) -> pa.Table:
    with house.lake.snapshot() as snapshot:
        return read_view(snapshot, AS_OF).order_by("customer_id").to_pyarrow()


def aged(view: pa.Table, least: int, most: int, *, refusing: bool = False) -> str:
    """A customer of that age, who refuses profiling or not."""
    rows = (row for row in view.to_pylist() if row["age"] and least <= row["age"] <= most)
    return next(str(row["customer_id"]) for row in rows if bool(row["profiling_refused"]) == refusing)


def open_slots(house: House) -> tuple[tuple[int, int], ...]:
    with house.database.transaction(read_only=True) as session, house.lake.snapshot() as snapshot:
        return known_slots(snapshot, contact_policy.current(session), AS_OF)


def test_the_likeliest_offer_is_told_with_true_reasons(trained: House) -> None:
    view = view_of(trained)
    row = view.filter(np.array(view["customer_id"]) == aged(view, 20, 90))
    [values] = row.to_pylist()
    told = explain_score(trained, values["customer_id"], "response")
    with trained.database.transaction(read_only=True) as session:
        codes = [each.code for each in products.list_all(session)]
    model = current_model(trained, "response")
    offered = row.append_column("channel", pa.array(["phone"]))
    chances = {code: model.predict(offered.append_column("product", pa.array([code])))[0] for code in codes}
    assert told.product in codes
    assert told.probability == pytest.approx(chances[told.product])
    assert explain_score(trained, values["customer_id"], "response", told.product) == told
    assert (told.as_of, told.best_times) == (AS_OF, None)
    for language in ("zh", "en"):
        true = {sentence(name, value, language) for name, value in values.items()}
        said = [*told.reasons[language], *told.against[language]]
        assert 1 <= len(told.reasons[language]) <= 3
        assert len(told.against[language]) <= 1
        assert {each for each in said if "：" not in each and ": " not in each} <= true


def test_who_answers_is_asked_about_all_open_hours_and_the_hour_is_no_reason(trained: House) -> None:
    use(trained, "reach", who_answers())
    view, slots = view_of(trained), open_slots(trained)
    young = aged(view, 25, 40)
    told = explain_score(trained, young, "reach")
    row = view.filter(np.array(view["customer_id"]) == young)
    assert told.probability == pytest.approx(Reach(who_answers(), slots).mean(row)[0])
    best = told.best_times
    assert best is not None
    assert best.best is not None
    assert best.best.hours == (18, 20)
    assert {slot.hour for slot in best.slots} <= {18, 19}
    assert best.slots[0].gain == pytest.approx(best.slots[0].probability - best.mean)
    assert len(told.reasons["en"] + told.against["en"]) >= 1
    assert not any("called" in reason for reason in told.reasons["en"] + told.against["en"])
    old = explain_score(trained, aged(view, 60, 75), "reach").best_times
    assert old is not None
    assert old.best is not None
    assert old.best.hours == (9, 12)


def test_a_match_takes_the_model_of_reach_and_the_desk_tells_when_to_call(trained: House) -> None:
    use(trained, "reach", who_answers())
    summary = match(trained, CAMPAIGN)
    view, reach = view_of(trained), Reach(who_answers(), open_slots(trained))
    chances = dict(zip(view["customer_id"].to_pylist(), reach.mean(view), strict=True))
    with trained.lake.snapshot() as snapshot:
        rows = snapshot.dataset("decisions", summary.run).to_pyarrow().to_pylist()
    assigned = [row for row in rows if row["decision"] == "assigned"]
    assert [row["reach"] for row in assigned] == pytest.approx([chances[row["customer_id"]] for row in assigned])
    assert {row["decision"] for row in rows if row["best_time"]} == {"assigned"}
    launch(trained, CAMPAIGN)
    with trained.database.transaction() as session:
        agent = next(user for user in staff.users(session) if user.name == "agent")
        row = next(row for row in assigned if row["team"] == agent.team and row["best_time"])
        task = tasks.newest_for(session, row["customer_id"], CAMPAIGN)
        assert task is not None
        card = desk_card(session, trained.workspace, task, agent, "en")
    assert card.best_time is not None
    assert json.loads(json.dumps(asdict(card.best_time))) == json.loads(row["best_time"])


def test_without_hours_or_a_model_of_reach_the_own_rate_counts(matched: House) -> None:
    with matched.database.transaction(read_only=True) as session:
        run = runs.newest(session, CAMPAIGN)
    assert run is not None
    rates = {row["customer_id"]: row["reach_rate"] for row in view_of(matched).to_pylist()}
    with matched.lake.snapshot() as snapshot:
        rows = snapshot.dataset("decisions", run.run).to_pyarrow().to_pylist()
    assigned = [row for row in rows if row["decision"] == "assigned"]
    assert [row["reach"] for row in assigned] == [rates[row["customer_id"]] for row in assigned]
    assert {row["best_time"] for row in rows} == {None}


def test_an_hour_at_which_nobody_ever_called_is_not_recommended(trained: House) -> None:
    with trained.database.transaction() as session:
        policy = contact_policy.current(session)
        always = [rule for rule in policy.rules if "hours" not in rule.when]
        open_all_night = policy.model_copy(update={"rules": tuple(always)})
    assert len(contact_policy.calling_slots(open_all_night)) == 7 * 24
    with trained.lake.snapshot() as snapshot:
        told = known_slots(snapshot, open_all_night, AS_OF)
        assert {hour for _day, hour in told} == {9, 10, 11, 14, 15, 16, 17, 18, 19}
        assert known_slots(snapshot, open_all_night, AS_OF.replace(year=2020)) == ()


def test_what_cannot_be_asked_is_named_beside_what_can(trained: House) -> None:
    use(trained, "churn", model_of(AdditiveFamily(), names=("age", "city")))
    use(trained, "complaint", model_of(AdditiveFamily(), names=("age", "answered")))
    scores = explain_scores(trained, aged(view_of(trained), 25, 40))
    assert [each.model for each in scores.told] == ["churn", "response"]
    assert scores.unasked == {"complaint": "There is no column answered"}


def test_where_the_customer_stands_is_told_where_the_view_was_scored(trained: House) -> None:
    use(trained, "churn", model_of(AdditiveFamily(), names=("age", "city")))
    someone = aged(view_of(trained), 25, 40)
    assert explain_score(trained, someone, "churn").above is None
    later = AS_OF.replace(day=2)
    refresh(trained, later)
    with trained.lake.snapshot() as snapshot:
        scored = read_view(snapshot, later).select("customer_id", "churn_probability").to_pyarrow().to_pylist()
    scores = {row["customer_id"]: row["churn_probability"] for row in scored}
    higher = sum(score > scores[someone] for score in scores.values())
    told = explain_score(trained, someone, "churn")
    assert told.probability == pytest.approx(scores[someone])
    assert told.above == pytest.approx(higher / len(scores))


def test_nothing_is_told_of_who_refuses_profiling(trained: House) -> None:
    someone = aged(view_of(trained), 18, 90, refusing=True)
    with pytest.raises(Refused, match="refuses profiling"):
        explain_score(trained, someone, "response")
    assert explain_scores(trained, someone).told == []


def test_models_customers_and_products_that_are_not_there(trained: House) -> None:
    someone = view_of(trained)["customer_id"][0].as_py()
    with pytest.raises(NotFound, match="No version of the model churn") as refusal:
        explain_score(trained, someone, "churn")
    assert "yuelao train churn" in refusal.value.hint
    with pytest.raises(NotFound) as near:
        explain_score(trained, someone, "respons")
    assert "response" in near.value.hint
    with pytest.raises(NotFound):
        explain_score(trained, "nobody", "response")
    with pytest.raises(NotFound):
        explain_score(trained, someone, "response", "data_11gb")
