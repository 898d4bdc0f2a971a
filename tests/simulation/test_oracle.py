"""The oracle of habits is right for 75–90 %, knows how sure it may be, and knows nothing once the link is cut."""

import numpy as np
import pytest

from yuelao.simulation import habits, oracle, world
from yuelao.simulation.oracle import Guess

UNTIL = np.datetime64("2026-11-01")
_SPAN = np.datetime64("2026-11", "M") + np.arange(-6, 0)


def _judge(*, cut_link: bool) -> tuple[Guess, np.ndarray]:
    block = world.live(7, 0, _SPAN, cut_link=cut_link)
    true = [habits.CHANNELS.index(name) for name in world.truth(block, UNTIL)["top_channel"]]
    return oracle.guess(block, UNTIL), np.array(true)


@pytest.fixture(scope="module")
def judged() -> tuple[Guess, np.ndarray]:
    return _judge(cut_link=False)


def test_the_oracle_is_right_for_three_in_four_to_nine_in_ten(judged: tuple[Guess, np.ndarray]) -> None:
    guess, true = judged
    touched = guess.touches >= 5
    assert touched.mean() > 0.8
    assert 0.75 < (guess.top == true)[touched].mean() < 0.90


def test_the_oracle_is_as_often_right_as_it_says(judged: tuple[Guess, np.ndarray]) -> None:
    guess, true = judged
    for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        here = (guess.chance >= low) & (guess.chance < high)
        assert (guess.top == true)[here].mean() == pytest.approx(guess.chance[here].mean(), abs=0.04)


def test_more_touches_tell_more(judged: tuple[Guess, np.ndarray]) -> None:
    guess, true = judged
    few, many = (guess.touches >= 5) & (guess.touches < 10), guess.touches >= 20
    assert (guess.top == true)[few].mean() < (guess.top == true)[many].mean()


def test_with_the_link_cut_touches_tell_nothing() -> None:
    guess, true = _judge(cut_link=True)
    named, held = (np.bincount(tops, minlength=4) / len(true) for tops in (guess.top, true))
    assert (guess.top == true).mean() == pytest.approx(float(named @ held), abs=0.02)


def test_the_young_are_online_and_the_old_in_the_hall() -> None:
    rng = np.random.default_rng(1)
    young, old = (habits.four(habits.draw(rng, np.full(4000, age))).mean(axis=0) for age in (25.0, 70.0))
    assert young[habits.ONLINE] > old[habits.ONLINE] + 0.2
    assert old[habits.HALL] > young[habits.HALL] + 0.1
