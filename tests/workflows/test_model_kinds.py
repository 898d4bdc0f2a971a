"""Kinds of models beside the recipe: who replaces a handset, chosen by cost; what a contact adds, proved or not."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.world import AS_OF, CAMPAIGN
from yuelao.analytics import propensity
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.uplift.model import NONE_FOUND, UpliftModel
from yuelao.common.errors import Refused
from yuelao.operations import products
from yuelao.operations.models import ModelState
from yuelao.workflows import gather_trial, train_model
from yuelao.workflows.challenge_champion import challenge, judge_challenger
from yuelao.workflows.gather_training import LABEL, Examples, Lesson
from yuelao.workflows.gather_trial import MEASURED_ON, TREATED, thinned
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import champion_of, current_model, load_model, registered, uplift_cards
from yuelao.workflows.match_offers import match
from yuelao.workflows.measure_campaign import measure
from yuelao.workflows.model_kinds import ByCost, ByRecipe, ByTrial, costs_of, kind_of
from yuelao.workflows.train_model import train
from yuelao.workflows.training_answer import TrainedByCost, TrainedUplift


def owners(rows: int = 800, seed: int = 1) -> Examples:
    """Customers on five first days: the older the handset, the more change it; the shoe says nothing."""
    rng = np.random.default_rng(seed)
    months = rng.integers(0, 48, rows).astype(float)
    days = [date(2026, 4 + row * 5 // rows, 1) for row in range(rows)]
    changed = rng.random(rows) < 1 / (1 + np.exp(4 - months / 10))
    table = {"device_months": months, "shoe": rng.integers(35, 47, rows), "start": days, LABEL: changed}
    return Examples(pa.table(table), "start", 1)


def trial(rows: int, adds: float, seed: int = 1, since: date = date(2026, 3, 1)) -> Examples:
    """Half of the customers treated by a draw, one a day and more; it adds something to the young only."""
    rng = np.random.default_rng(seed)
    age, treated = rng.integers(20, 60, rows), rng.random(rows) < 0.5
    bought = rng.random(rows) < 0.1 + adds * ((age < 40) & treated)
    days = [since + timedelta(days=row * 100 // rows) for row in range(rows)]
    table = {"age": age, "tenure_months": rng.integers(3, 99, rows), MEASURED_ON: days, TREATED: treated, LABEL: bought}
    return Examples(pa.table(table), MEASURED_ON)


def learn_from(monkeypatch: pytest.MonkeyPatch, examples: Examples) -> None:
    """Training finds these rows."""
    monkeypatch.setattr(train_model, "gather_examples", lambda *_asked: examples)


def test_a_replacement_is_foreseen_the_way_that_costs_least_and_judged_by_cost(
    trained: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_from(monkeypatch, owners())
    done = train(trained, Lesson("replacement", call_cost=6, margin=60), date(2026, 6, 1))
    assert isinstance(done, TrainedByCost)
    assert (done.in_use, done.why, done.costs) == (True, "first", {"call": 6.0, "margin": 60.0})
    assert {(way["way"]["learner"], way["way"]["inputs"]) for way in done.ways} == {
        ("tree", "reduct"),
        ("boosting", "reduct"),
        ("boosting", "all"),
    }
    [used] = [way for way in done.ways if way["way"] == done.used]
    assert used["validation_cost"] == min(way["validation_cost"] for way in done.ways)
    assert done.cost == used["cost"] < min(done.cost_of_none, done.cost_of_all)
    assert done.cost_of_none == pytest.approx(
        60_000 * owners().table[LABEL].to_numpy(zero_copy_only=False)[-160:].mean()
    )
    assert (done.reduct[0], done.threshold < 1) == ("device_months", True)
    assert len(done.reasons_example["en"]) == len(done.reasons_example["zh"]) >= 1
    assert done.test_window == ("2026-08-01", "2026-08-01")

    kept = current_model(trained, "replacement")
    [version] = [each for each in registered(trained) if each.name == "replacement"]
    assert (kept.kind, version.recipe["kind"]) == ("by_cost", "by_cost")
    assert version.recipe["costs"] == done.costs
    asked = owners(200, seed=2).table
    assert (load_model(trained, version).predict(asked) == kept.predict(asked)).all()
    assert kept.reasons(asked, 1)[int(kept.predict(asked).argmax())][0][0] == "device_months"

    said, happened = kept.predict(owners().table), owners().table[LABEL].to_numpy(zero_copy_only=False)
    as_good, gauge = propensity.Tested(np.arange(800), said, happened * 1.0), ByCost(Costs(call=6, margin=60)).gauge
    worse = replace(as_good, probability=0 * said)
    same, lost = (challenge(trained, "replacement", owners(), each, gauge) for each in (as_good, worse))
    assert same is not None
    assert lost is not None
    assert (same.gauge, same.rows, same.difference) == ("cost", 480, 0.0)  # the three days that it did not know
    assert judge_challenger(same).reason == "as good and newer"
    later, called = happened[-480:], said[-480:] >= 0.1
    assert lost.difference == pytest.approx(1000 * (np.where(called, 6, 60 * later) - 60 * later).mean())
    assert not judge_challenger(lost).promoted


def test_costs_are_those_asked_for_or_of_the_handsets_on_offer(trained: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert costs_of(trained, Lesson("replacement")) == Costs(call=6.0, margin=(180 + 420) / 2)
    assert costs_of(trained, Lesson("replacement", margin=50)) == Costs(call=6.0, margin=50)
    with pytest.raises(Refused, match="decide nothing"):
        costs_of(trained, Lesson("replacement", call_cost=500))
    monkeypatch.setattr(products, "list_all", lambda _session: [])
    with pytest.raises(Refused, match="No product says what a handset earns"):
        train(trained, "replacement", AS_OF)
    with pytest.raises(Refused, match="asks for no costs"):
        Lesson("churn", margin=100)


def test_uplift_with_evidence_is_put_into_use(trained: House, monkeypatch: pytest.MonkeyPatch) -> None:
    learn_from(monkeypatch, trial(900, adds=0.5))
    done = train(trained, Lesson("uplift", product="data_10gb"), AS_OF)
    assert isinstance(done, TrainedUplift)
    assert (done.name, done.in_use, done.why, done.evident) == ("uplift-data_10gb", True, "first", True)
    assert done.qini_interval[0] > 0
    assert done.ate == pytest.approx(0.25, abs=0.06)
    assert done.uplift_top_30 > done.ate
    assert done.auc is None
    assert done.assessment is None
    assert {each["family"] for each in done.candidates} == {"S", "T", "X", "DR", "mean"}
    model = current_model(trained, "uplift-data_10gb")
    assert isinstance(model, UpliftModel)
    asked = pa.table({"age": [25, 55], "tenure_months": [40, 40]})
    young, old = model.predict(asked)
    assert young - old > 0.25
    assert model.reasons(asked, 1)[0][0][0] == "age"
    assert list(uplift_cards(trained)) == ["uplift-data_10gb"]

    run = match(trained, CAMPAIGN).run
    with trained.lake.snapshot() as snapshot:
        decided = snapshot.dataset("decisions", run).to_pyarrow()
    taught = [row for row in decided.to_pylist() if row["product"] == "data_10gb"]
    assert taught
    assert [row["value"] for row in taught] == pytest.approx([row["uplift"] * 90 - 1.5 for row in taught])
    others = decided.filter(pc.equal(decided["product"], "data_30gb"))
    assert others["uplift"].null_count == others.num_rows > 0


def test_uplift_without_evidence_is_registered_with_that_verdict_and_not_used(
    trained: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_from(monkeypatch, trial(300, adds=0.0))
    done = train(trained, "uplift", AS_OF)
    assert isinstance(done, TrainedUplift)
    assert (done.in_use, done.why, done.evident, done.family) == (False, NONE_FOUND, False, "average")
    [kept] = [each for each in registered(trained) if each.name == "uplift"]
    assert kept.state is ModelState.CHALLENGER
    assert kept.card["evidence"] == NONE_FOUND
    assert champion_of(trained, "uplift") is None
    assert set(load_model(trained, kept).predict(trial(20, 0.0).table)) == {done.ate}


def test_rankings_by_uplift_are_told_apart_by_qini() -> None:
    table = trial(2_000, adds=0.5).table
    happened, age = (table[name].to_numpy(zero_copy_only=False).astype(float) for name in (LABEL, "age"))
    gauge = ByTrial().gauge
    gain, error = gauge.gain(table, happened, -age, age)
    assert gain - 3 * error > 0
    assert gauge.gain(table, happened, age, age) == (0.0, 0.0)
    few = slice(0, 150)
    assert gauge.gain(table.slice(0, 150), happened[few], age[few], age[few]) == (0.0, float("inf"))


def test_the_workspaces_own_hold_outs_are_the_trial(played: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody whom the run assigned or held out, by intention to treat, with what the view knew before."""
    monkeypatch.setattr(gather_trial, "FEWEST_OF_AN_ARM", 5)
    monkeypatch.setattr(gather_trial, "_telling", lambda *_asked: ["age", "arpu_3m"])
    measured = measure(played, "data-upgrade")
    with played.lake.snapshot() as snapshot:
        table = gather_trial.gather_trial(played, snapshot, None, played.today())
    assert table.column_names == ["product", "treated", "bought", "measured_on", "age", "arpu_3m"]
    for treated, group in ((True, measured.assigned), (False, measured.held_out)):
        bought = [row["bought"] for row in table.to_pylist() if row["treated"] is treated]
        assert (len(bought), sum(bought)) == (group.customers, group.buyers)
    assert set(table["measured_on"].to_pylist()) == {measured.until - timedelta(days=1)}
    for each in measured.by_product:
        assert [row["product"] for row in table.to_pylist() if row["treated"]].count(each.name) == each.customers


def test_too_few_held_out_is_one_clear_line(played: House) -> None:
    with pytest.raises(Refused, match=r"assigned and \d+ held out in 1 launched runs") as refusal:
        train(played, "uplift", played.today())
    assert refusal.value.code == "too_little_data"
    assert "hold out a larger share" in refusal.value.hint
    with pytest.raises(Refused, match=r"^0 assigned"):
        train(played, Lesson("uplift", "handset_mid"), played.today())
    with pytest.raises(Refused, match="in 0 launched runs"):
        train(played, "uplift", AS_OF)


def test_where_shares_differ_the_treated_are_thinned_to_the_lowest() -> None:
    rng = np.random.default_rng(1)
    treated = rng.random(20_000) < 0.9
    table = pa.table({"customer_id": [str(n) for n in range(20_000)], "treated": treated})
    found = thinned(table, 0.9, 0.7)["treated"].to_numpy(zero_copy_only=False)
    assert found.mean() == pytest.approx(0.7, abs=0.02)
    assert (~found).sum() == (~treated).sum()
    assert thinned(table, 0.9, 0.9) is table


def test_a_model_without_a_kind_of_its_own_is_made_by_recipe(trained: House) -> None:
    assert kind_of(trained, Lesson("churn")) == ByRecipe()
    assert isinstance(kind_of(trained, Lesson("uplift")), ByTrial)
