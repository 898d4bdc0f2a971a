"""A rare outcome made common enough to learn: by class weights, fewer of the others, or the rare ones repeated.

Whatever is drawn, `Drawn` remembers what a row stands for, so that probabilities are brought back to the base as it is
and costs can be compared (Elkan 2001, "The foundations of cost-sensitive learning", theorem 2; Dal Pozzolo and others
2015, equation 4, for fewer of the others).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.tree import Weights

Floats = NDArray[np.float64]
WAYS = ("as_is", "weights", "fewer", "repeated")
"""as_is: nothing is done; weights: both outcomes weigh the same in all; fewer: as many others as rare ones are drawn;
repeated: rare ones are drawn again until there are as many as others."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """The rows to learn from, by place and ascending, and what a negative and a positive one of them count."""

    rows: NDArray[np.int64]
    weights: Weights

    @property
    def shift(self) -> float:
        """What must be added to the log-odds learned from these rows so that they hold for all rows."""
        (learned_0, learned_1), (true_0, true_1) = self.weights.learned, self.weights.true
        return float(np.log(true_1 / true_0) - np.log(learned_1 / learned_0))

    def row_weights(self, happened: Floats) -> Floats:
        """What each drawn row weighs in learning, shape (drawn,), for the outcomes of all rows."""
        return np.where(happened[self.rows] > 0, self.weights.learned[1], self.weights.learned[0])


def draw(happened: Floats, way: str, seed: int = 0) -> Drawn:
    """Balance the outcomes, `happened` 0/1 with both present, in one of `WAYS`.

    >>> drawn = draw(np.array([0.0] * 98 + [1.0] * 2), "fewer")
    >>> len(drawn.rows), drawn.weights.true
    (4, (49.0, 1.0))
    """
    rows, positives = len(happened), float(happened.sum())
    if way == "weights":
        learned = rows / (2 * (rows - positives)), rows / (2 * positives)
        return Drawn(np.arange(rows), Weights(learned=learned))
    chosen = np.arange(rows) if way == "as_is" else _sampled(happened, way, seed)
    drawn = float(happened[chosen].sum())
    return Drawn(chosen, Weights(true=((rows - positives) / (len(chosen) - drawn), positives / drawn)))


def _sampled(happened: Floats, way: str, seed: int) -> NDArray[np.int64]:
    from imblearn.over_sampling import RandomOverSampler  # slow to import, and most who import us never draw
    from imblearn.under_sampling import RandomUnderSampler

    sampler = {"fewer": RandomUnderSampler, "repeated": RandomOverSampler}[way](random_state=seed % 2**32)
    sampler.fit_resample(np.zeros((len(happened), 1)), happened)
    return np.sort(np.asarray(sampler.sample_indices_, dtype=np.int64))
