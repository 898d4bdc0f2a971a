"""The one mechanism of channel choice: habit tilted by business, then the finer channel behind it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from yuelao.simulation import channels, words

_HABIT = some.lists(some.floats(0.01, 1), min_size=5, max_size=5)
_BUSINESS = some.integers(0, len(words.BUSINESSES) - 1)


@given(_HABIT, _BUSINESS)
def test_chances_add_up_and_grow_with_the_habit(shares: list[float], business: int) -> None:
    habit = np.array([shares]) / sum(shares)
    more = habit.copy()
    more[0, words.HALL] *= 2
    kind = np.array([business])
    before, after = channels.chances(habit, kind), channels.chances(more, kind)
    assert before.sum() == 1 or abs(before.sum() - 1) < 1e-12
    assert after[0, words.HALL] > before[0, words.HALL]


def test_channels_are_picked_by_their_chances() -> None:
    habit = np.tile([0.3, 0.1, 0.2, 0.3, 0.1], (40_000, 1))
    for business in range(len(words.BUSINESSES)):
        kind = np.full(len(habit), business)
        picked = channels.pick(habit, kind, np.random.default_rng(business))
        shares = np.bincount(picked, minlength=5) / len(habit)
        assert np.allclose(shares, channels.chances(habit[:1], kind[:1])[0], atol=0.015)


def test_the_finer_channel_has_the_share_its_business_gives_it() -> None:
    rng = np.random.default_rng(5)
    for habit in range(len(words.HABITS)):
        for business in range(len(words.BUSINESSES)):
            used = channels.finer(np.full(20_000, habit), np.full(20_000, business), rng)
            assert set(channels.HABIT_OF[used].tolist()) == {habit}
            for code, shares in channels.FINER.get(habit, ()):
                assert abs(np.mean(used == code) - shares[business]) < 0.02


def test_every_finer_channel_comes_of_one_habit() -> None:
    finer = [code for splits in channels.FINER.values() for code, _ in splits]
    assert len(set(finer)) == len(finer)
    assert set(finer) | {words.OUTBOUND, words.BANK} | set(range(5)) == set(range(len(words.CHANNELS)))
    assert all(len(share) == len(words.BUSINESSES) for splits in channels.FINER.values() for _, share in splits)
