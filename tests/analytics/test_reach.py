"""When to call: the quick way says what the model says of every hour, and the best hours are where it is likeliest."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelao.analytics.additive import AdditiveFamily
from yuelao.analytics.boosting import CorrectedFamily, TreesFamily
from yuelao.analytics.calibration import AS_IT_IS
from yuelao.analytics.family import Family, Rows
from yuelao.analytics.inputs import learn_inputs
from yuelao.analytics.linear import LinearFamily
from yuelao.analytics.propensity import ResponseModel
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.reach import LEAST_GAIN, NEAR_BEST, Reach, best_times
from yuelao.common.errors import Refused

SLOTS = tuple((day, hour) for day in range(6) for hour in (9, 10, 11, 14, 15, 16, 17, 18, 19))
EVERY = (AdditiveFamily(), LinearFamily(), TreesFamily(rounds=12), CorrectedFamily(rounds=12))


def calls(rows: int = 3_000) -> pa.Table:
    """Calls at any hour: the young answer in the evening, the old in the morning, nobody minds the weekday."""
    rng = np.random.default_rng(3)
    age, hour = rng.integers(20, 80, rows), rng.choice([9, 10, 11, 14, 15, 16, 17, 18, 19], rows)
    likes = np.where(age < 50, hour >= 18, hour < 12)
    table = {
        "age": age,
        "city": rng.choice(["north", "south"], rows),
        "hour": hour,
        "weekday": rng.integers(0, 7, rows),
    }
    return pa.table(table | {"answered": rng.random(rows) < 0.3 + 0.5 * likes})


def model_of(*families: Family, names: tuple[str, ...] = ("age", "city", "hour", "weekday")) -> ResponseModel:
    """Who answers, by these families together; the card is of no use here."""
    table = calls()
    inputs, _ = learn_inputs(table, names)
    rows = Rows(
        inputs.matrix(table), np.asarray(table["answered"], dtype=np.float64), tuple(inputs.categorical), seed=1
    )
    fitted = Blend(tuple((family.name, family.fit(rows)) for family in families))
    return ResponseModel(fitted, inputs, AS_IT_IS, card=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "families", [*((family,) for family in EVERY), EVERY], ids=lambda f: "+".join(e.name for e in f)
)
def test_the_quick_way_says_what_the_model_says(families: tuple[Family, ...]) -> None:
    model, people = model_of(*families), calls(40).select(["city", "age"])
    said = Reach(model, SLOTS).chances(people)
    for place, (day, hour) in enumerate(SLOTS):
        asked = people.append_column("weekday", pa.array([day] * 40)).append_column("hour", pa.array([hour] * 40))
        np.testing.assert_allclose(said[:, place], model.predict(asked), rtol=1e-9)
    np.testing.assert_allclose(Reach(model, SLOTS).mean(people), said.mean(axis=1))


def test_a_model_that_knows_no_hour_has_no_best_one() -> None:
    people = calls(5).select(["city", "age"])
    reach = Reach(model_of(AdditiveFamily(), names=("age", "city")), SLOTS)
    assert reach.chances(people).shape == (5, len(SLOTS))
    assert reach.best(people) == [None] * 5


def test_everybody_is_called_at_their_own_hours() -> None:
    people = pa.table({"age": [30, 70], "city": ["north", "north"]})
    young, old = Reach(model_of(TreesFamily(leaves=8)), SLOTS).best(people)
    assert young is not None
    assert old is not None
    assert (young.hours, old.hours) == ((18, 20), (9, 12))
    assert young.probability - young.mean > 0.2


def test_nobody_and_a_missing_column() -> None:
    reach, people = Reach(model_of(*EVERY), SLOTS), calls(3).select(["city", "age"])
    assert reach.mean(people.slice(0, 0)).shape == (0,)
    assert reach.best(people.slice(0, 0)) == []
    with pytest.raises(Refused, match="no column age"):
        reach.mean(people.drop_columns(["age"]))


@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 1.0), min_size=len(SLOTS), max_size=len(SLOTS)))
def test_every_slot_of_a_best_time_is_good(chances: list[float]) -> None:
    said = np.array([chances])
    [best] = best_times(said, SLOTS)
    gain = said.max() - said.mean()
    if best is None:
        assert gain < LEAST_GAIN
        return
    first, last = best.weekdays
    here = [SLOTS.index((day, hour)) for day in range(first, last + 1) for hour in range(*best.hours)]
    assert said[0, here].min() >= said.max() - NEAR_BEST * gain - 1e-9
    assert best.probability == pytest.approx(said[0, here].mean())
    assert best.probability > best.mean == pytest.approx(said.mean())


def test_a_time_does_not_stretch_over_a_break() -> None:
    [best] = best_times(np.array([[0.3, 0.7, 0.7, 0.7, 0.3]]), ((0, 10), (0, 11), (0, 14), (0, 15), (0, 16)))
    assert best is not None
    assert best.hours == (14, 16)
