"""Attributes put into blocks by importance: what a tree may ask about at its first level, at its second, and so on."""

from collections.abc import Sequence

import numpy as np

_WITHIN = 0.5


def blocks(importance: Sequence[float]) -> list[list[int]]:
    """Attributes by place, the most important block first; a block ends at half the importance of its first.

    importance: of each attribute, not negative; only its proportions matter. Those of no importance are one block.

    >>> blocks([0.01, 0.9, 0.5, 0.04, 0.03])
    [[1, 2], [3, 4], [0]]
    """
    found: list[list[int]] = []
    for place in np.argsort(-np.asarray(importance, dtype=np.float64), kind="stable"):
        if found and importance[place] >= _WITHIN * importance[found[-1][0]]:
            found[-1].append(int(place))
        else:
            found.append([int(place)])
    return found
