"""The uplift model: it passes the suite, finds whom the treatment changes, refuses where that cannot be told."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from tests.analytics.checks import CHECKS, Subject
from tests.analytics.uplift.trials import INPUTS, drawn
from yuelao.analytics.uplift.gain import average_effect
from yuelao.analytics.uplift.model import AVERAGE, FOUND, NONE_FOUND, UpliftCard, UpliftModel, study
from yuelao.analytics.uplift.trial import read_trial
from yuelao.common.errors import NotFound, Refused

HILLSTROM = Path(__file__).parents[4] / "shared" / "data" / "hillstrom" / "hillstrom.csv"
_REAL = pytest.mark.skipif(not HILLSTROM.exists(), reason="the real data of ../shared/data is not here")


def quick(table, inputs=INPUTS, seed=0):
    return study(table, "treated", "visited", inputs, seed=seed, folds=3, repeats=1).model


SUBJECT = Subject(
    drawn("city", 900, seed=1)[0], INPUTS, fit=quick, predict=lambda model, table: model.predict(table)
)  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return quick(drawn("city", 4000, seed=1)[0])


@pytest.mark.parametrize("check", CHECKS)
def test_the_uplift_model_passes_the_suite(check):
    check(SUBJECT)


def test_the_suite_is_held_by_a_model_that_ranks():
    assert SUBJECT.fitted().card.evident


def test_it_finds_whom_the_treatment_changes(found):
    later, true = drawn("city", 4000, seed=2)
    effect = found.predict(later)
    assert effect[true > 0].mean() == pytest.approx(0.35, abs=0.07)
    assert effect[true == 0].mean() == pytest.approx(0.0, abs=0.07)
    best = np.argsort(-effect, kind="stable")[:1200]
    assert true[best].mean() > 0.95 * 0.35


def test_the_card_says_what_was_found(found):
    card = found.card
    assert (card.evident, card.evidence) == (True, FOUND)
    assert card.chosen in {each.name for each in card.learners}
    assert [each.name for each in card.learners] == ["S", "T", "X", "DR", "mean"]
    assert card.rows == card.treated + card.held_out == 4000
    assert card.interval[0] < card.ate < card.interval[1]
    assert card.ate == pytest.approx(0.35 / 3, abs=0.05)
    assert card.auuc == pytest.approx(card.qini + card.ate / 2, abs=0.001)
    assert card.qini_interval[0] > 0
    assert card.features == sorted(INPUTS)


def test_without_evidence_everybody_is_expected_to_gain_the_average():
    table, _ = drawn("same", 1500, seed=1)
    model = quick(table)
    assert (model.card.evident, model.card.evidence, model.card.chosen) == (False, NONE_FOUND, AVERAGE)
    assert model.card.qini_interval[0] <= 0
    assert set(model.predict(table)) == {model.card.ate}


def test_amounts_are_outcomes_too():
    table, true = drawn("city", 4000, seed=3)
    spent = np.random.default_rng(1).normal(50, 10, 4000) + 100 * true * np.array(table["treated"].to_pylist())
    model = quick(table.set_column(table.column_names.index("visited"), "visited", pa.array(spent)))
    effect = model.predict(table)
    assert model.card.evident
    assert effect[true > 0].mean() == pytest.approx(35, abs=4)


def test_what_was_unknown_and_left_out_is_named():
    table = drawn("city", 1500, seed=1)[0].append_column("lost", pa.nulls(1500, pa.float64()))
    table = table.append_column("kind", pa.array(["call"] * 1500))
    card = quick(table, [*INPUTS, "lost", "kind"]).card
    assert card.missing_inputs == ["lost"]
    assert list(card.left_out) == ["kind"]


def test_its_reasons_say_how_large_the_effect_is_and_what_makes_it_so(found):
    table, true = drawn("city", 500, seed=9)
    parts = found.effect.parts(found.inputs.matrix(table))
    assert parts.shape == (500, len(found.inputs.names))
    assert np.corrcoef(found.predict(table), parts.sum(axis=1))[0, 1] > 0.98
    first = [reasons[0][0] if reasons else "" for reasons in found.reasons(table, 1)]
    assert np.mean([name == "city" for name, effect in zip(first, true, strict=True) if effect > 0]) > 0.95
    assert found.reasons(table.slice(0, 0), 3) == []


def test_it_comes_back_from_its_folder(found, tmp_path):
    found.save(tmp_path / "model")
    again = UpliftModel.load(tmp_path / "model")
    table, _ = drawn("city", 500, seed=9)
    assert (again.predict(table) == found.predict(table)).all()
    assert again.reasons(table, 2) == found.reasons(table, 2)
    assert again.card == found.card
    assert UpliftCard.from_dict(json.loads(json.dumps(found.card.as_dict()))) == found.card
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".json"}
    with pytest.raises(NotFound):
        UpliftModel.load(tmp_path / "nothing")


def test_the_seed_decides_the_draws():
    table, _ = drawn("city", 1500, seed=1)
    assert quick(table, seed=1).card.qini != quick(table, seed=2).card.qini


def test_folds_and_repeats_have_limits():
    table, _ = drawn("city", 600, seed=1)
    for folds, repeats in ((2, 1), (21, 1), (5, 0)):
        with pytest.raises(Refused, match="folds"):
            study(table, "treated", "visited", INPUTS, folds=folds, repeats=repeats)


@pytest.fixture(scope="module")
def womens():
    """Women's e-mail against none, of the real experiment; every column that may be an input."""
    table = pyarrow.csv.read_csv(HILLSTROM)
    table = table.filter(pc.is_in(table["segment"], pa.array(["Womens E-Mail", "No E-Mail"])))
    table = table.append_column("sent", pc.equal(table["segment"], "Womens E-Mail"))
    return table, [name for name in table.column_names if name not in ("sent", "segment", "visit")]


@_REAL
def test_of_a_real_experiment_the_effect_is_that_of_its_readme_and_leaks_are_left_out(womens):
    """4.52 points more visit; conversion and spending come after the visit."""
    table, inputs = womens
    found = read_trial(table, "sent", "visit", inputs, seed=0)
    assert average_effect(found.trial.treated, found.trial.y).value == pytest.approx(0.0452, abs=0.0001)
    assert set(found.left_out) == {"conversion", "spend"}


@_REAL
@pytest.mark.slow
def test_on_a_real_experiment_ranking_beats_random(womens):
    table, inputs = womens
    card = study(table, "sent", "visit", inputs).model.card
    assert card.evident
    assert card.uplift_top_30 > card.ate
