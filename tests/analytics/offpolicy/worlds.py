"""A world of four offers and two places on a screen, where every policy's true worth is known."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

ACTIONS = ["data", "roaming", "handset", "music"]
WORTH = np.array([[0.05, 0.10, 0.20, 0.02], [0.04, 0.02, 0.05, 0.15]])
"""The chance of a click by place and offer."""
LOGGED = np.array([[0.4, 0.3, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25]])
TARGET = np.array([[0.1, 0.1, 0.7, 0.1], [0.1, 0.1, 0.1, 0.7]])


@dataclass(frozen=True)
class Drawn:
    table: pa.Table
    place: np.ndarray
    action: np.ndarray
    reward: np.ndarray


def worth(policy):
    """What the policy earns, both places being as frequent."""
    return float((policy * WORTH).sum(axis=1).mean())


def drawn(policy, rows, seed):
    """A log of the policy, with a column that says nothing."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 2, rows)
    action = (rng.random(rows)[:, None] > policy[place].cumsum(axis=1)).sum(axis=1).clip(max=3)
    reward = rng.random(rows) < WORTH[place, action]
    table = pa.table(
        {
            "offer": pa.array([ACTIONS[code] for code in action]),
            "click": pa.array(reward),
            "chance": pa.array(policy[place, action]),
            "place": pa.array(np.array(["top", "side"])[place]),
            "weather": pa.array(rng.normal(size=rows)),
        }
    )
    return Drawn(table, place, action, reward.astype(float))
