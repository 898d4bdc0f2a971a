"""Replacement models: all ways side by side out of time, the cheapest used, its threshold never from test rows."""

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.checks import CHECKS, Subject
from yuelao.analytics.cost_sensitive import missing, sampling
from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.evaluation import auc, calibration_error
from yuelao.analytics.family import Rows
from yuelao.analytics.inputs import learn_inputs
from yuelao.analytics.replacement import Card, ReplacementModel, train_replacement
from yuelao.analytics.replacement.reduction import Reduct
from yuelao.analytics.replacement.ways import Fitted, Way, fit
from yuelao.analytics.replacement.windows import times_of, windows
from yuelao.common.errors import NotFound, Refused

INPUTS = ["age", "brand", "device_months", "pages"]
COSTS = Costs(call=6, margin=60)


def customers(rows=600, seed=1, days=6, first=date(2026, 1, 1)):
    """An old device and pages looked at make a new one likely, of one brand more; age says nothing."""
    rng = np.random.default_rng(seed)
    months, pages = rng.integers(0, 48, rows).astype(float), rng.poisson(1.0, rows)
    brand = rng.choice(["north", "south", "west"], rows)
    odds = -5 + 0.08 * months + 0.9 * (pages > 1) + 0.8 * (brand == "west")
    return pa.table(
        {
            "age": rng.integers(18, 80, rows),
            "brand": pa.array(brand, mask=rng.random(rows) < 0.1),
            "device_months": pa.array(months, mask=rng.random(rows) < 0.1),
            "pages": pages,
            "as_of": [first + timedelta(days=30 * (i * days // rows)) for i in range(rows)],
            "new": rng.random(rows) < 1 / (1 + np.exp(-odds)),
        }
    )


def train(table, inputs=INPUTS, seed=0, horizon=0):
    model, card, _tested = train_replacement(table, "new", "as_of", inputs, COSTS, seed, horizon)
    return model, card


SUBJECT = Subject(
    customers(), INPUTS, fit=lambda table: train(table)[0], predict=lambda model, table: model.predict(table)
)


@pytest.mark.parametrize("check", CHECKS)
def test_the_replacement_model_passes_the_suite(check):
    check(SUBJECT)


@pytest.fixture(scope="module")
def trained():
    return train(customers(6000))


def test_the_card_shows_all_ways_side_by_side(trained):
    _, card = trained
    tried = [(c.way.learner, c.way.inputs, c.way.imbalance, c.way.missing) for c in card.candidates]
    for family in (("tree", "reduct"), ("boosting", "reduct"), ("boosting", "all")):
        own = [each[2:] for each in tried if each[:2] == family]
        assert [balance for balance, nulls in own if nulls == "indicator"] == list(sampling.WAYS)
        assert [nulls for _, nulls in own][-2:] == list(missing.WAYS[1:])
    assert card.used == min(card.candidates, key=lambda each: each.validation_cost).way
    assert card.figures.way == card.used
    assert (card.rows, card.cost_of_all) == (6000, 6000)
    assert (card.train_window[1], card.validation_window[0], card.test_window[0]) == (
        "2026-04-01",
        "2026-05-01",
        "2026-05-31",
    )


def test_later_customers_cost_less_than_with_one_decision_for_all(trained):
    model, card = trained
    later = customers(6000, seed=2)
    happened, probability = np.array(later["new"]).astype(float), model.predict(later)
    assert auc(happened, probability) > 0.75
    assert calibration_error(happened, probability) < 0.03
    best_constant = COSTS.constant(6000, happened.sum())
    assert COSTS.of(happened, model.calls(later)).sum() < 0.9 * best_constant
    for each in card.candidates:
        assert each.cost < 0.95 * min(card.cost_of_all, card.cost_of_none)
        assert each.calibration_error < 0.06
        assert each.precision == pytest.approx(each.lift * card.cost_of_none / 1000 / COSTS.margin)


def test_the_reduct_holds_what_tells_and_not_the_rest(trained):
    _, card = trained
    assert set(card.reduct) == {"brand", "device_months", "pages"}
    assert card.reduct["device_months"] == max(card.reduct.values()) > 0


def test_rules_are_sentences_of_the_reduct(trained):
    _, card = trained
    assert len(card.rules) > 3
    named = {condition.name for rule in card.rules for condition in rule.conditions}
    assert named <= set(card.reduct)
    assert [rule.probability for rule in card.rules] == sorted((r.probability for r in card.rules), reverse=True)
    assert "device_months" in str(card.rules[0])


def test_reasons_name_what_speaks_for_a_new_handset(trained):
    model, _ = trained
    two = pa.table({"age": [40, 40], "brand": ["west", "north"], "device_months": [46.0, 2.0], "pages": [4, 0]})
    keen, cool = model.reasons(two)
    assert keen[0][0] == "device_months"
    assert all(part > 0 for _, part in keen + cool)
    assert "device_months" not in dict(cool)
    assert model.reasons(two.slice(0, 0)) == []


def test_a_saved_model_is_the_same_and_plain_text(trained, tmp_path):
    model, card = trained
    table = customers(300, seed=4)
    model.save(tmp_path / "replacement")
    again = ReplacementModel.load(tmp_path / "replacement")
    assert (again.predict(table) == model.predict(table)).all()
    assert (again.calls(table) == model.calls(table)).all()
    assert again.reasons(table.slice(0, 20)) == model.reasons(table.slice(0, 20))
    assert again.card == card
    assert Card.from_dict(json.loads(json.dumps(card.as_dict()))) == card
    assert sorted(file.name for file in (tmp_path / "replacement").iterdir()) == ["card.json", "model.json"]
    with pytest.raises(NotFound, match="no model"):
        ReplacementModel.load(tmp_path)


def test_the_test_rows_choose_nothing():
    """With the newest labels turned round the test figures turn round, and nothing that was chosen changes."""
    table = customers(1200)
    new = np.array(table["new"])
    new[1000:] = ~new[1000:]
    here, there = train(table)[1], train(replaced(table, "new", pa.array(new)))[1]
    for before, after in zip(here.candidates, there.candidates, strict=True):
        assert (before.way, before.validation_cost, before.threshold) == (
            after.way,
            after.validation_cost,
            after.threshold,
        )
        assert before.auc == pytest.approx(1 - after.auc)
    assert (here.used, here.reduct) == (there.used, there.reduct)


def test_rows_teach_only_once_their_outcome_is_known():
    months = np.repeat(np.arange("2026-01", "2026-07", dtype="datetime64[M]"), 100).astype("datetime64[D]")
    rows = Rows(np.zeros((600, 1)), np.tile([0.0, 1.0], 300), times=months)
    for horizon, train_ends, newest_ends in (
        (0, "04", "05"),
        (30, "04", "05"),
        (31, "03", "05"),
        (32, "02", "04"),
        (61, "01", "04"),
    ):
        found = windows(rows, horizon)
        assert str(times_of(found.train)[-1])[5:7] == train_ends, horizon
        assert str(times_of(found.newest)[-1])[5:7] == newest_ends, horizon
        assert str(times_of(found.test)[0]) == "2026-06-01"


@pytest.mark.parametrize("nulls", missing.WAYS)
@pytest.mark.parametrize("learner", ["tree", "boosting"])
def test_every_way_comes_back_from_json(learner, nulls):
    table = customers(900)
    inputs, _ = learn_inputs(table, INPUTS)
    rows = Rows(inputs.matrix(table), np.array(table["new"]).astype(float), tuple(inputs.categorical))
    way = Way(learner, "reduct", "fewer", nulls)
    fitted = fit(way, rows, Reduct((2, 1), (0.2, 0.1), 0.5), COSTS)
    again = Fitted.from_dict(json.loads(json.dumps(fitted.as_dict())))
    assert (again.log_odds(rows.x) == fitted.log_odds(rows.x)).all()
    assert (again.parts(rows.x) == fitted.parts(rows.x)).all()
    assert again.way == way
    assert auc(rows.y, fitted.log_odds(rows.x)) > 0.7
    rest = fitted.log_odds(rows.x) - fitted.parts(rows.x).sum(axis=1)
    assert np.ptp(rest) < 1e-9
    rate = 1 / (1 + np.exp(-fitted.log_odds(rows.x)))
    assert rate.mean() == pytest.approx(rows.y.mean(), abs=0.06)


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("table", "inputs", "horizon", "code"),
    [
        (customers(199), INPUTS, 0, "too_little_data"),
        (customers(0), INPUTS, 0, "too_little_data"),
        (replaced(customers(), "new", pa.array([False] * 600)), INPUTS, 0, "one_class"),
        (replaced(customers(), "new", pa.array([i < 300 for i in range(600)])), INPUTS, 0, "one_class"),
        (replaced(customers(), "new", pa.nulls(600, pa.bool_())), INPUTS, 0, "label"),
        (replaced(customers(), "new", pa.array(["yes"] * 600)), INPUTS, 0, "label"),
        (replaced(customers(), "new", pa.array([2] * 600)), INPUTS, 0, "label"),
        (replaced(customers(), "as_of", pa.array(["May"] * 600)), INPUTS, 0, "time"),
        (replaced(customers(), "as_of", pa.nulls(600, pa.date32())), INPUTS, 0, "time"),
        (customers(days=2), INPUTS, 0, "time"),
        (customers(), INPUTS, 200, "time"),
        (customers(), [*INPUTS, "new"], 0, "column"),
        (customers(), [*INPUTS, "page"], 0, "column"),
        (customers(), [], 0, "no_input"),
        (replaced(customers(), "age", pa.nulls(600)), ["age"], 0, "no_input"),
    ],
)
def test_what_cannot_be_learned_is_refused(table, inputs, horizon, code):
    with pytest.raises(Refused) as refused:
        train(table, inputs, horizon=horizon)
    assert refused.value.code == code
