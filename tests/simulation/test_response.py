"""The law of an answer, for any customer: chances stay chances, and contacts wear them down."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, habits, response
from yuelao.simulation.response import Called

_TRAIT = some.floats(-4, 4)
_CHANCE = some.floats(0, 1)


@some.composite
def calls(draw: some.DrawFn) -> Called:
    """One call to one customer."""
    return Called(
        reach=np.array([draw(_TRAIT)]),
        rhythm=np.array([draw(some.integers(0, 2))]),
        tolerance=np.array([draw(_TRAIT)]),
        number_state=np.array([draw(some.integers(0, 2))]),
        baseline=np.array([draw(_CHANCE)]),
        persuasion=np.array([draw(_CHANCE)]),
        hour=np.array([draw(some.integers(0, 23))]),
        recent=np.array([draw(some.floats(0, 30))]),
        channel=np.array([draw(some.integers(0, 3))]),
        lean=np.array([draw(some.floats(-2, 1.2))]),
    )


_UNIFORMS = some.lists(some.floats(0, 1, exclude_max=True), min_size=response.DRAWS, max_size=response.DRAWS)


@given(calls(), _UNIFORMS)
def test_every_call_has_an_outcome_that_fits_the_number(called: Called, draws: list[float]) -> None:
    codes, talk = response.answer(called, np.array([draws]))
    outcome = response.CODES[int(codes[0])]
    dead = {1: Outcome.EMPTY_NUMBER, 2: Outcome.WRONG_NUMBER} if called.channel[0] == habits.PHONE else {}
    gone = dead.get(int(called.number_state[0]))
    assert (outcome is gone) if gone else outcome not in (Outcome.EMPTY_NUMBER, Outcome.WRONG_NUMBER)
    assert not (called.number_state[0] and outcome.reached)
    assert talk[0] >= 0
    assert outcome.reached or outcome is Outcome.WRONG_NUMBER or talk[0] == 0
    assert called.channel[0] == habits.SMS or not response.replied(called.channel, codes)[0]


@given(calls())
def test_another_recent_contact_never_helps_to_reach(called: Called) -> None:
    more = Called(**{**{name: getattr(called, name) for name in called.__slots__}, "recent": called.recent + 1})
    assert 0 <= response.chance_of_reach(more)[0] <= response.chance_of_reach(called)[0] <= 1


@given(some.lists(some.floats(-6, 6), min_size=7, max_size=7), _TRAIT)
def test_more_need_is_more_demand_and_more_persuasion(need: list[float], persuadable: float) -> None:
    low, high = np.array([need]), np.array([need]) + 0.5
    trait = np.array([persuadable])
    assert np.all(response.intent(low) < response.intent(high))
    assert np.all(response.persuasion(low, trait) < response.persuasion(high, trait))
    assert np.all(response.persuasion(high, trait) < 1)


@given(some.floats(0.001, 0.999), some.integers(0, 3), some.floats(0, 0.9))
def test_a_channel_sells_more_to_those_whose_habit_it_is(chance: float, channel: int, share: float) -> None:
    talked, on = np.array([chance]), np.array([channel])
    less, more = (response.leaning(np.array([habit])) for habit in (share, share + 0.1))
    assert 0 < response.by_channel(talked, on, less)[0] < response.by_channel(talked, on, more)[0] < 1


@given(some.floats(0, 200), some.floats(0.1, 100))
def test_a_failed_order_is_the_less_wanted_the_later_the_call(hours: float, more: float) -> None:
    assert 0 <= response.still_wants(np.array(hours + more)) < response.still_wants(np.array(hours)) < 1


@given(some.lists(_CHANCE, min_size=5, max_size=5).filter(lambda shares: sum(shares) > 0.1))
def test_most_intents_are_completed_whatever_the_habit(shares: list[float]) -> None:
    habit = np.array([shares]) / sum(shares)
    assert 0.7 < response.completion(habit)[0] <= 1 + 1e-9


def test_a_law_for_every_product() -> None:
    assert response.intent(np.zeros((1, len(catalogue.PRODUCTS)))).shape == (1, len(catalogue.PRODUCT_CODES))
