"""Training by name: what is learned from, what is refused, which version is in use, and the way back."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from tests.world import AS_OF
from yuelao.analytics.propensity import train_response
from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.operations import audit
from yuelao.operations.models import ModelState
from yuelao.workflows import train_model
from yuelao.workflows.challenge_champion import challenge, judge_challenger
from yuelao.workflows.gather_training import LABEL, Examples, Lesson
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import current_model, keep, put_into_use, registered, take_back, version_of
from yuelao.workflows.train_model import train


def test_what_customers_do_is_learned_from_one_window_and_tested_on_the_next(trained: House) -> None:
    done = train(trained, Lesson("complaint"), AS_OF)
    assert (done.months, done.in_use, done.why) == (2, True, "first")
    assert (done.train_window, done.test_window) == (("2026-07-01", "2026-07-01"), ("2026-09-01", "2026-09-01"))
    assert done.rows > done.positives > 0
    assert done.auc is not None
    assert done.auc > 0.5
    assert set(done.reasons_example) == {"en", "zh"}
    assert LABEL not in done.reduct
    assert "start" not in current_model(trained, "complaint").inputs.names


def contacts(rows: int = 600, *, leak: bool = False) -> Examples:
    """Contacts, one a day: the older, the more say yes; with a leak: a column that knows the answer."""
    rng = np.random.default_rng(1)
    age = rng.integers(18, 80, rows)
    sold = rng.random(rows) < age / 200
    days = np.datetime64("2025-03-01") + np.arange(rows)
    offer = {"product": ["data_10gb"] * rows, "channel": ["phone"] * rows}
    table = {"age": age, "shoe": rng.integers(35, 47, rows), "contacted_at": days.astype("datetime64[s]"), LABEL: sold}
    return Examples(pa.table(table | offer | ({"ordered": sold} if leak else {})), "contacted_at")


@pytest.fixture
def on_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training learns from `contacts`."""
    monkeypatch.setattr(train_model, "gather_examples", lambda *_asked: contacts())


@pytest.mark.usefixtures("on_contacts")
def test_a_second_training_is_another_version_and_the_way_back_leads_to_the_first(trained: House) -> None:
    [first] = registered(trained)
    done = train(trained, "response", AS_OF, exclude=["shoe"], by="anna")
    assert current_model(trained, "response").card.features == ["age"]
    states = {each.version: each.state for each in registered(trained)}
    assert states == {first.version: ModelState.RETIRED, done.version: ModelState.CHAMPION}
    assert take_back(trained, "response", "complaints", "anna").version == first.version
    assert version_of(trained, "response").version == first.version
    assert put_into_use(trained, "response", done.version, "after all", "anna").state is ModelState.CHAMPION
    with trained.database.transaction(read_only=True) as session:
        said = [(entry.actor, entry.action) for entry in audit.trail(session, limit=3)]
    assert ("anna", "model.roll_back") in said


def test_a_challenger_that_did_worse_on_the_same_later_rows_waits(trained: House) -> None:
    examples = contacts(1_200)
    model, _card, tested = train_response(examples.table, LABEL, "contacted_at", ["age"])
    keep(trained, "age", date(2025, 3, 1), model, {}, {})
    assert judge_challenger(challenge(trained, "age", examples, tested)).reason == "first"
    version = registered(trained)[0].version
    put_into_use(trained, "age", version, "first")
    upside_down = replace(tested, probability=1 - tested.probability)
    assert not judge_challenger(challenge(trained, "age", examples, upside_down)).promoted
    equal = replace(tested, probability=model.predict(examples.table.take(pa.array(tested.rows))))
    assert judge_challenger(challenge(trained, "age", examples, equal)).reason == "as good and newer"


def test_an_input_that_knows_the_outcome_stops_the_training_until_it_is_left_out(
    trained: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_model, "gather_examples", lambda *_asked: contacts(leak=True))
    with pytest.raises(Refused) as refusal:
        train(trained, "response", AS_OF)
    assert refusal.value.code == "leak"
    assert "--exclude ordered" in refusal.value.hint
    assert train(trained, "response", AS_OF, exclude=["ordered"]).leaks == []
    assert [leak["input"] for leak in train(trained, "response", AS_OF, allow=["ordered"]).leaks] == ["ordered"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("chrun",), "churn"),
        (("look_alike",), "--product"),
        (("churn", "data_10gb"), "wants no product"),
        (("response", None, 2), "months ahead"),
        (("churn", None, 0), "months ahead"),
    ],
)
def test_a_lesson_that_makes_no_sense_is_refused(asked: tuple[str, ...], says: str) -> None:
    with pytest.raises(Refused) as refusal:
        Lesson(*asked)  # type: ignore[arg-type]
    assert says in str(refusal.value) + refusal.value.hint


def test_what_cannot_be_learned_yet_says_what_is_lacking(trained: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="months of history"):
        train(trained, Lesson("churn", months=3), AS_OF)
    monkeypatch.setattr(train_model, "gather_examples", lambda *_asked: contacts(100))
    with pytest.raises(Refused, match="no column nonsense"):
        train(trained, "response", AS_OF, exclude=["nonsense"])
    with pytest.raises(Refused, match="100 rows are too few"):
        train(trained, "response", AS_OF)


def test_models_nobody_trained(trained: House) -> None:
    with pytest.raises(NotFound):
        version_of(trained, "churn")
    with pytest.raises(Conflict, match="No other version"):
        take_back(trained, "response", "", "anna")
    assert date.fromisoformat(version_of(trained, "response").version[:10]) == AS_OF
