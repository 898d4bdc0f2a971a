"""A blend: families that validation cannot tell apart share the vote; the score is the mean of their log-odds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from yuelao.analytics.family import Floats, Scorer
from yuelao.analytics.propensity.recipes import FAMILIES


@dataclass(frozen=True, eq=False)
class Blend:
    """Fitted scorers with the names of their families; one is enough."""

    members: tuple[tuple[str, Scorer], ...]

    def log_odds(self, x: Floats) -> Floats:
        """The mean score, shape (rows,), for `x` (rows, inputs)."""
        mean: Floats = np.mean([scorer.log_odds(x) for _, scorer in self.members], axis=0)
        return mean

    def parts(self, x: Floats) -> Floats:
        """The mean of what each input adds, shape (rows, inputs)."""
        mean: Floats = np.mean([scorer.parts(x) for _, scorer in self.members], axis=0)
        return mean

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return {"members": [{"family": name} | scorer.as_dict() for name, scorer in self.members]}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Blend":
        """The inverse of `as_dict`."""
        return cls(tuple((each["family"], FAMILIES[each["family"]].read(each)) for each in saved["members"]))
