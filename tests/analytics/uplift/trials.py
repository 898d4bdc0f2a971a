"""Trials whose effect is known: visits of customers, half of them treated by lot."""

import numpy as np
import pyarrow as pa

from yuelao.analytics.uplift.trial import Trial

INPUTS = ["use", "city", "age", "is_staff"]


def effect(kind, use, north):
    """What the treatment adds to the chance of a visit: nothing, the same for all, more where use and city say so."""
    return {
        "none": np.zeros(len(use)),
        "same": np.full(len(use), 0.15),
        "city": np.where(north, 0.35, 0.0),
        "both": np.where(north & (use > 0), 0.45, 0.0),
    }[kind]


def drawn(kind, rows, seed, share=0.5):
    """The trial as a table, and the true effect of each row."""
    rng = np.random.default_rng(seed)
    use, city = rng.normal(size=rows), rng.choice(["north", "south", "west"], rows)
    treated = rng.random(rows) < share
    true = effect(kind, use, city == "north")
    chance = 0.15 + 0.1 / (1 + np.exp(-2 * use)) + treated * true
    table = pa.table(
        {
            "use": pa.array(use, mask=rng.random(rows) < 0.05),
            "city": pa.array(city),
            "age": pa.array(rng.integers(18, 80, rows)),
            "is_staff": pa.array(rng.random(rows) < 0.05),
            "treated": pa.array(treated),
            "visited": pa.array(rng.random(rows) < chance),
        }
    )
    return table, true


def arrays(kind, rows, seed, share=0.5):
    """The trial as arrays with two inputs, use and city, and the true effects."""
    table, true = drawn(kind, rows, seed, share)
    city = np.array([["north", "south", "west"].index(name) for name in table["city"].to_pylist()], dtype=float)
    x = np.column_stack([table["use"].to_numpy(), city])
    treated, y = (np.array(table[name].to_pylist(), dtype=float) for name in ("treated", "visited"))
    return Trial(x, treated, y, share, codes=(1,), seed=seed), true
