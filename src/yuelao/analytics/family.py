"""What a model family is: rows in time order go in, a scorer comes out. Whoever chooses between families knows this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows in time order, the oldest first: `x` (rows, inputs; NaN is unknown), `y` 0/1, places of codes, weights.

    times: when each was, where that is asked.
    """

    x: Floats
    y: Floats
    categorical: tuple[int, ...] = ()
    weight: Floats | None = None
    seed: int = 0
    times: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def both(self) -> bool:
        """Whether some rows have the event and some have not."""
        return bool(0 < self.y.sum() < len(self.y))

    def part(self, start: int, end: int) -> "Rows":
        """The rows of these places."""
        return self._of(slice(start, end))

    def thinned(self, most: int) -> "Rows":
        """About `most` of the rows, evenly over time; all when there are fewer."""
        return self._of(slice(None, None, max(1, round(len(self) / most))))

    def weighted(self, half_life: float | None) -> "Rows":
        """Rows that count less with age: half for a row this share of all rows back in time. None: all count one.

        >>> Rows(np.zeros((3, 1)), np.zeros(3)).weighted(1 / 3).weight.tolist()
        [0.25, 0.5, 1.0]
        """
        age = np.arange(len(self) - 1, -1, -1) / max(1, len(self))
        return replace(self, weight=None if half_life is None else 0.5 ** (age / half_life))

    def only(self, columns: Sequence[int]) -> "Rows":
        """The rows with these inputs, in this order."""
        codes = tuple(place for place, column in enumerate(columns) if column in self.categorical)
        return replace(self, x=self.x[:, list(columns)], categorical=codes)

    def _of(self, places: slice) -> "Rows":
        weight, times = (None if each is None else each[places] for each in (self.weight, self.times))
        return replace(self, x=self.x[places], y=self.y[places], weight=weight, times=times)


class Scorer(Protocol):
    """A fitted model: a score in log-odds, and what each input adds to it."""

    def log_odds(self, x: Floats) -> Floats:
        """The score, shape (rows,), for `x` (rows, inputs)."""
        ...

    def parts(self, x: Floats) -> Floats:
        """What each input adds to the score against the average row, shape (rows, inputs)."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        ...


class Family(Protocol):
    """A way to fit, with its settings; `read` is the inverse of its scorers' `as_dict`."""

    name: ClassVar[str]

    def fit(self, rows: Rows) -> Scorer:
        """Fit to rows that have both outcomes."""
        ...

    def read(self, saved: dict[str, Any]) -> Scorer:
        """The scorer that was saved."""
        ...
