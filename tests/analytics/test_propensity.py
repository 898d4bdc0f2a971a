"""Response models: they rank and calibrate later rows, refuse what cannot be learned, and say what they are."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from tests.analytics.checks import CHECKS, Subject
from yuelao.analytics.evaluation import auc, calibration_error, lift_top
from yuelao.analytics.propensity import Card, ResponseModel, train_response
from yuelao.common.errors import NotFound, Refused

BANK = Path(__file__).parents[3] / "shared" / "data" / "bank" / "bank-full.csv"
INPUTS = ["use", "city", "is_staff", "age"]


def contacts(rows=600, seed=1, first=datetime(2026, 1, 1)):
    """Sales follow use and the city; age and staff say nothing; a tenth of the uses is unknown."""
    rng = np.random.default_rng(seed)
    use, city = rng.normal(size=rows), rng.choice(["north", "south", "west"], rows)
    odds = -1.5 + 1.2 * use + 0.8 * (city == "north")
    return pa.table(
        {
            "use": pa.array(use, mask=rng.random(rows) < 0.1),
            "city": pa.array(city),
            "is_staff": pa.array(rng.random(rows) < 0.05),
            "age": pa.array(rng.integers(18, 80, rows)),
            "contacted_at": pa.array([first + timedelta(hours=int(i) // 5) for i in range(rows)]),
            "sold": pa.array(rng.random(rows) < 1 / (1 + np.exp(-odds))),
        }
    )


def train(table, inputs=INPUTS, seed=0):
    model, card, _tested = train_response(table, "sold", "contacted_at", inputs, seed)
    return model, card


SUBJECT = Subject(
    contacts(), INPUTS, fit=lambda table: train(table)[0], predict=lambda model, table: model.predict(table)
)


@pytest.mark.parametrize("check", CHECKS)
def test_the_response_model_passes_the_suite(check):
    check(SUBJECT)


def test_later_rows_are_ranked_and_their_probabilities_mean_what_they_say():
    model, card = train(contacts(6000))
    later = contacts(6000, seed=2, first=datetime(2026, 9, 1))
    sold, probability = np.array(later["sold"]), model.predict(later)
    assert auc(sold, probability) > 0.74
    assert lift_top(sold, probability) > 2
    assert calibration_error(sold, probability) < 0.03
    assert card.auc == pytest.approx(auc(sold, probability), abs=0.04)
    assert card.calibration_error < 0.05


def test_the_card_says_what_was_done():
    table = contacts(1000)
    table = table.append_column("lost", pa.nulls(1000, pa.float64()))
    table = table.append_column("kind", pa.array(["call"] * 1000)).append_column("since", table["contacted_at"])
    model, card = train(table, [*INPUTS, "lost", "kind", "since"])
    assert (card.rows, card.positives) == (1000, sum(table["sold"].to_pylist()))
    assert card.features == sorted(INPUTS) == model.inputs.names
    assert card.missing_inputs == ["lost"]
    assert set(card.left_out) == {"kind", "since"}
    assert card.train_window == ("2026-01-01", "2026-01-07")
    assert card.test_window == ("2026-01-07", "2026-01-09")
    assert sum(decile.rows for decile in card.deciles) == 200
    assert next(iter(card.gains)) == "use"
    assert sum(card.gains.values()) == pytest.approx(1.0)
    assert card.drifted == {}


def test_an_input_that_moved_is_named():
    table = contacts(1000)
    table = table.append_column("serial", pa.array(np.arange(1000)))
    assert list(train(table, [*INPUTS, "serial"])[1].drifted) == ["serial"]


def test_the_test_rows_are_not_trained_on():
    """With the newest labels turned round, what the card reports turns round as well."""
    table = contacts(1000)
    sold = np.array(table["sold"])
    sold[800:] = ~sold[800:]
    turned = table.set_column(table.column_names.index("sold"), "sold", pa.array(sold))
    assert train(table)[1].auc == pytest.approx(1 - train(turned)[1].auc)


@pytest.fixture(scope="module")
def trained():
    return train(contacts(2500))


def test_reasons_name_what_speaks_for_a_yes(trained):
    model, _ = trained
    keen = pa.table({"use": [2.5, -2.5], "city": ["north", "south"], "is_staff": [False, False], "age": [40, 40]})
    for_keen, for_cool = model.reasons(keen)
    assert [name for name, _ in for_keen][:2] == ["use", "city"]
    assert all(part > 0 for _, part in for_keen + for_cool)
    assert "use" not in dict(for_cool)
    assert len(model.reasons(keen, k=1)[0]) == 1
    assert model.reasons(keen.slice(0, 0)) == []


def test_the_parts_add_up_to_the_score(trained):
    model, _ = trained
    x = model.inputs.matrix(contacts(50, seed=3))
    rest = model.score.log_odds(x) - model.score.parts(x).sum(axis=1)
    assert np.ptp(rest) < 1e-9


def test_a_saved_model_is_the_same_and_plain_text(trained, tmp_path):
    table, (model, card) = contacts(500, seed=4), trained
    model.save(tmp_path / "response")
    again = ResponseModel.load(tmp_path / "response")
    assert (again.predict(table) == model.predict(table)).all()
    assert again.reasons(table.slice(0, 20)) == model.reasons(table.slice(0, 20))
    assert again.card == card
    assert Card.from_dict(json.loads(json.dumps(card.as_dict()))) == card
    assert sorted(file.name for file in (tmp_path / "response").iterdir()) == ["card.json", "model.json"]
    for file in (tmp_path / "response").iterdir():
        file.read_text(encoding="utf-8")


def test_no_model_is_named(tmp_path):
    with pytest.raises(NotFound, match="no model"):
        ResponseModel.load(tmp_path)


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("table", "inputs", "code"),
    [
        (contacts(199), INPUTS, "too_little_data"),
        (contacts(0), INPUTS, "too_little_data"),
        (replaced(contacts(), "sold", pa.array([False] * 600)), INPUTS, "one_class"),
        (replaced(contacts(), "sold", pa.array([i < 300 for i in range(600)])), INPUTS, "one_class"),
        (replaced(contacts(), "sold", pa.nulls(600, pa.bool_())), INPUTS, "label"),
        (replaced(contacts(), "sold", pa.array([2] * 600)), INPUTS, "label"),
        (replaced(contacts(), "sold", pa.array(["yes"] * 600)), INPUTS, "label"),
        (replaced(contacts(), "contacted_at", pa.array(["May"] * 600)), INPUTS, "time"),
        (replaced(contacts(), "contacted_at", pa.nulls(600, pa.timestamp("us"))), INPUTS, "time"),
        (contacts(), [*INPUTS, "sold"], "column"),
        (contacts(), [*INPUTS, "uses"], "column"),
        (contacts(), [], "no_input"),
        (replaced(contacts(), "use", pa.nulls(600)), ["use"], "no_input"),
    ],
)
def test_what_cannot_be_learned_is_refused(table, inputs, code):
    with pytest.raises(Refused) as refused:
        train(table, inputs)
    assert refused.value.code == code


@pytest.mark.skipif(not BANK.exists(), reason="the real data of ../shared/data is not here")
def test_on_real_telemarketing_it_ranks_a_world_that_moved():
    """Trained on the first two thirds in time; the bank's campaign changed much in the last (5 % → 25 % buy)."""
    data = pa.csv.read_csv(BANK)
    data = data.append_column("place", pa.array(np.arange(data.num_rows)))
    data = data.append_column("sold", pa.compute.equal(data["y"], "yes"))
    inputs = [name for name in data.column_names if name not in ("y", "sold", "place", "duration")]
    model, card, _tested = train_response(data.slice(0, 30_140), "sold", "place", inputs)
    later = data.slice(30_140)
    sold, probability = np.array(later["sold"]), model.predict(later)
    assert auc(sold, probability) > 0.65  # LightGBM's defaults reach 0.613
    best = np.argsort(-probability, kind="stable")[:2000]
    assert sold[best].mean() > 1.5 * sold.mean()
    assert {"month", "contact"} <= set(card.drifted)
