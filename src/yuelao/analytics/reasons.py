"""The strongest reasons of each row: the inputs that add most to what a model says of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def strongest(names: Sequence[str], parts: Floats, k: int) -> list[list[tuple[str, float]]]:
    """For each row of `parts` (rows, inputs) up to `k` inputs that add something, the one that adds most first.

    >>> strongest(["age", "bill"], np.array([[0.1, 0.7], [-0.2, 0.0]]), k=2)
    [[('bill', 0.7), ('age', 0.1)], []]
    """
    best = np.argsort(-parts, axis=1, kind="stable")[:, :k]
    return [[(names[i], float(row[i])) for i in places if row[i] > 0] for row, places in zip(parts, best, strict=True)]
