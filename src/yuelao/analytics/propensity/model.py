"""A response model: probabilities and their reasons for any table that has its inputs; kept as two files of text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from yuelao.analytics.calibration import Calibration
from yuelao.analytics.family import Floats
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.model_files import read_model, write_model
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.card import Card
from yuelao.analytics.reasons import strongest


@dataclass(frozen=True, eq=False)
class ResponseModel:
    """A fitted model with its card; it remembers its inputs, so any table that has them can be scored."""

    kind: ClassVar[str] = "recipe"
    score: Blend
    inputs: Inputs
    calibration: Calibration
    card: Card

    def predict(self, table: pa.Table) -> Floats:
        """Probabilities, shape (rows,). Raises Refused where an input is missing or of another type."""
        return self.calibration.apply(self.score.log_odds(self.inputs.matrix(table)))

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a yes, with their part of the log-odds."""
        return strongest(*self.parts(table), k)

    def parts(self, table: pa.Table) -> tuple[list[str], Floats]:
        """The inputs, and what each adds to the log-odds of each row, shape (rows, inputs)."""
        return self.inputs.names, self.score.parts(self.inputs.matrix(table))

    def save(self, folder: Path) -> None:
        """Write `model.json` (all it needs to score) and `card.json` into the folder."""
        saved = {
            "inputs": self.inputs.as_dict(),
            "score": self.score.as_dict(),
            "calibration": self.calibration.as_dict(),
        }
        write_model(folder, self.kind, saved, self.card.as_dict())

    @classmethod
    def load(cls, folder: Path) -> "ResponseModel":
        """Read what `save` wrote. Raises NotFound where there is no model, Refused where it is of another kind."""

        def make(saved: dict[str, Any], card: dict[str, Any]) -> "ResponseModel":
            score, calibration = Blend.from_dict(saved["score"]), Calibration.from_dict(saved["calibration"])
            return cls(score, Inputs.from_dict(saved["inputs"]), calibration, Card.from_dict(card))

        return read_model(folder, cls.kind, make)
