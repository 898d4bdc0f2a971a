"""What decisions cost in yuan: a call to one who does not want, a sale lost on one who does, and the best threshold."""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


_NOBODY = float(np.nextafter(1.0, 2.0))


@dataclass(frozen=True)
class Costs:
    """The cost matrix. `call`: yuan a call costs, whoever answers; `margin`: yuan lost on a wish nobody called about.

    Whoever is called costs `call`, whoever is not and wished costs `margin`; to leave alone who wishes nothing is free.
    Raises Refused (code: costs) unless 0 < call < margin: otherwise the best decision would not depend on the customer.

    >>> Costs(call=6.0, margin=180.0).threshold
    0.03333333333333333
    """

    call: float
    margin: float

    def __post_init__(self) -> None:
        if not (isfinite(self.call) and isfinite(self.margin) and 0 < self.call < self.margin):
            raise Refused(
                f"A call of {self.call:g} yuan and a margin of {self.margin:g} decide nothing",
                where="costs",
                hint="Give a call that costs something, and less than the margin",
                code="costs",
            )

    @property
    def threshold(self) -> float:
        """The probability from which a call pays, where probabilities are true (Elkan 2001, equation 2)."""
        return self.call / self.margin

    def of(self, happened: Floats, called: Flags) -> Floats:
        """Yuan by row, shape (n,), of calling the rows marked; `happened` 0/1.

        >>> Costs(6, 180).of(np.array([1.0, 1.0, 0.0, 0.0]), np.array([True, False, True, False])).tolist()
        [6.0, 180.0, 6.0, 0.0]
        """
        return np.where(called, self.call, self.margin * happened)

    def gain(self, happened: Floats, probability: Floats, others: Floats) -> tuple[float, float]:
        """Yuan per 1,000 rows saved by calling where a probability says a call pays rather than where another says so,
        and the standard error of that; all of shape (n,).

        >>> Costs(6, 180).gain(np.array([1.0, 0.0]), np.array([0.5, 0.0]), np.array([0.0, 0.0]))
        (87000.0, 87000.0)
        """
        saved = self.of(happened, others >= self.threshold) - self.of(happened, probability >= self.threshold)
        return 1000 * float(saved.mean()), 1000 * float(saved.std(ddof=1) / np.sqrt(len(saved)))

    def constant(self, rows: float, positives: float) -> float:
        """Yuan of the better of calling all and calling nobody."""
        return min(self.call * rows, self.margin * positives)

    def best_threshold(self, happened: Floats, probability: Floats) -> float:
        """The threshold (rows at it and above are called) that costs least on these rows; of several the highest.

        Just above 1 where calling nobody costs least. Else it lies half-way between two probabilities that occur.

        >>> Costs(6, 180).best_threshold(np.array([0.0, 0.0, 1.0]), np.array([0.01, 0.02, 0.06]))
        0.04
        """
        order = np.argsort(-probability, kind="stable")
        p, saved = probability[order], self.margin * happened[order] - self.call
        ends = np.append(np.flatnonzero(np.diff(p)), len(p) - 1)  # rows of one probability are decided alike
        gained = np.cumsum(saved)[ends] if len(p) else np.zeros(0)
        if not len(gained) or gained.max() <= 0:
            return _NOBODY
        end = int(ends[int(gained.argmax())])
        return float((p[end] + p[end + 1]) / 2) if end + 1 < len(p) else float(p[end])

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return asdict(self)
