"""How customers' habits of channel lie: their law by age, the four channels they roll up to, and what being new does.

A habit is a share of each channel of words.HABITS; `channels` turns it into the channel of a piece of business. Most
people keep to few channels; the young are more online, the old go more to the hall.
"""

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation.catalogue import Numbers

CHANNELS = ("phone", "sms", "online", "hall")
"""The four channels, in this order everywhere."""
PHONE, SMS, ONLINE, HALL = range(len(CHANNELS))
SHARPNESS = 0.5
"""The lower, the more one channel has most of a habit."""
_LEANING = np.array([1.0, 0.5, 0.6, 1.2, 1.0])  # by words.HABITS
_WITH_AGE = np.array([0.3, 0.1, -0.3, -0.5, 0.5])
NEW_TO_HALL = 0.85
"""Share of their business that the newly joined do in the hall, about card and handset, whatever their habits."""
NEW_DAYS = 90
"""Days from joining for which a customer is new."""


def concentration(age: Numbers) -> Numbers:
    """Parameters of the Dirichlet law of the habits of customers aged `age` years (n × words.HABITS)."""
    return SHARPNESS * _LEANING * np.exp(np.outer((age - 41) / 15, _WITH_AGE))


def draw(rng: np.random.Generator, age: Numbers) -> Numbers:
    """Habits (n × words.HABITS, rows sum to one) of customers aged `age` years."""
    weights = rng.gamma(concentration(age)) + 1e-9
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def four(habit: Numbers) -> Numbers:
    """Shares of the four channels, from shares of words.HABITS (n × 5)."""
    return np.stack([habit[:, 0], habit[:, 1], habit[:, 2] + habit[:, 3], habit[:, 4]], axis=1)


def is_new(joined: NDArray[np.datetime64], month: np.datetime64 | NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Who counts as newly joined in `month`."""
    return np.asarray(month.astype("datetime64[D]") - joined < np.timedelta64(NEW_DAYS, "D"))


def of_month(habit: Numbers, new: NDArray[np.bool_]) -> Numbers:
    """What the habits (n × words.HABITS) come to in a month in which some customers are `new`."""
    hall = np.eye(len(_LEANING))[-1]
    return np.where(new[:, None], (1 - NEW_TO_HALL) * habit + NEW_TO_HALL * hall, habit)
