"""On which channel a piece of business is done: the customer's hidden habit, tilted by the kind of business.

    chance of a habit's channel = habit × exp(tilt of the business), normalised

Then the business alone decides which of the finer channels behind it (the machine instead of the counter, the
partner's hall) is used, so the finer channel tells nothing more about the habit. This is the one mechanism of channel
choice: touches, payments and attempts all draw from it.
"""

import numpy as np

from yuelao.simulation import words
from yuelao.simulation.catalogue import Integers, Numbers

# log odds a kind of business adds to each habit; rows by words.BUSINESSES, columns by words.HABITS
TILT: Numbers = np.array(
    [
        # hotline, sms, web, app, hall
        [-1.0, -0.5, 0.1, 0.4, 0.4],  # payment
        [0.2, 0.5, -0.1, 0.4, -0.8],  # query
        [0.2, 0.3, 0.0, 0.4, -0.6],  # data pack
        [0.4, -0.6, 0.0, 0.1, 0.4],  # plan change
        [-0.3, -1.4, 0.5, 0.2, 0.7],  # handset
        [0.3, 0.4, 0.0, 0.2, -0.6],  # value-added
        [0.9, -0.8, -0.5, 0.1, -0.5],  # network
        [0.5, -0.7, -0.3, 0.0, 0.6],  # suspension, cards
        [-0.3, 0.0, 0.4, 0.5, -0.2],  # points
        [1.1, -0.8, -0.2, 0.0, 0.2],  # complaint
        [0.0, 0.0, 0.0, 0.0, 0.0],  # other
    ]
)
_WEIGHT = np.exp(TILT)

# habit: finer channel and its share by words.BUSINESSES; the rest stays with the habit's own channel
FINER: dict[int, tuple[tuple[int, tuple[float, ...]], ...]] = {
    # pay, query, pack, plan, handset, vas, network, suspension, points, complaint, other
    words.HOTLINE: ((words.IVR, (0.6, 0.5, 0.3, 0.1, 0.0, 0.3, 0.05, 0.1, 0.3, 0.0, 0.2)),),
    words.APP: (
        (words.WAP, (0.08, 0.15, 0.12, 0.1, 0.05, 0.1, 0.05, 0.05, 0.1, 0.05, 0.1)),
        (words.PHONE_WALLET, (0.25, 0.0, 0.03, 0.0, 0.05, 0.03, 0.0, 0.0, 0.05, 0.0, 0.0)),
    ),
    words.HALL: (
        (words.KIOSK, (0.12, 0.35, 0.15, 0.0, 0.0, 0.05, 0.0, 0.1, 0.1, 0.0, 0.0)),
        (words.PARTNER_HALL, (0.05, 0.1, 0.2, 0.15, 0.25, 0.2, 0.05, 0.1, 0.1, 0.05, 0.15)),
    ),
}
HABIT_OF = np.array(
    [
        next((habit for habit, splits in FINER.items() if channel in dict(splits)), channel)
        for channel in range(len(words.CHANNELS))
    ]
)
"""The habit behind each of words.CHANNELS; outbound calls and banks, which no habit leads to, stand for themselves."""


def chances(habit: Numbers, business: Integers) -> Numbers:
    """The chance of each habit's channel, row by row (n × words.HABITS), for the kinds of business (n)."""
    weight = habit * _WEIGHT[business]
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def pick(habit: Numbers, business: Integers, rng: np.random.Generator) -> Integers:
    """One habit's channel a row: an index into words.HABITS."""
    reached = np.cumsum(habit * _WEIGHT[business], axis=1)
    above = rng.random(len(habit)) * reached[:, -1]
    return np.asarray((above[:, None] > reached[:, :-1]).sum(axis=1))


def finer(channel: Integers, business: Integers, rng: np.random.Generator) -> Integers:
    """The channel really used, an index into words.CHANNELS, for habits' channels and kinds of business (n each)."""
    place = (rng.random(len(channel))[:, None] >= _STEPS[channel, business]).sum(axis=1)
    return np.asarray(_USED[channel, place])


def _steps() -> Numbers:
    # by habit and business: up to which draw each of at most two finer channels is used
    steps = np.zeros((len(words.HABITS), len(words.BUSINESSES), 2))
    for habit, splits in FINER.items():
        shares = np.cumsum([share for _, share in splits], axis=0).T
        steps[habit] = shares[:, [0, len(splits) - 1]]
    return steps


def _used(habit: int) -> list[int]:
    finer_ones = [code for code, _ in FINER.get(habit, ())]
    return [*finer_ones, *[habit] * 3][:2] + [habit]


_STEPS = _steps()
_USED = np.array([_used(habit) for habit in range(len(words.HABITS))])
