"""The model in use: probabilities, whom to call, reasons; kept as text, without pickle."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.calibration import Calibration
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.model_files import read_model, write_model
from yuelao.analytics.reasons import strongest
from yuelao.analytics.replacement.card import Card
from yuelao.analytics.replacement.comparison import Operating
from yuelao.analytics.replacement.ways import Fitted

Floats = NDArray[np.float64]


class ReplacementModel:
    """A fitted way with its card; it remembers its inputs, so any table that has them can be scored."""

    kind: ClassVar[str] = "by_cost"

    def __init__(self, fitted: Fitted, inputs: Inputs, operating: Operating, card: Card) -> None:
        self.fitted, self.inputs, self.operating, self.card = fitted, inputs, operating, card

    def predict(self, table: pa.Table) -> Floats:
        """Probabilities, shape (rows,). Raises Refused where an input is missing or of another type."""
        return self.operating.probability(self.fitted.log_odds(self.inputs.matrix(table)))

    def calls(self, table: pa.Table) -> NDArray[np.bool_]:
        """Whether a call pays, shape (rows,): the probability reaches the threshold."""
        return np.asarray(self.predict(table) >= self.operating.threshold)

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a new handset, with their part of the log-odds."""
        return strongest(*self.parts(table), k)

    def parts(self, table: pa.Table) -> tuple[list[str], Floats]:
        """The inputs that it looks at, and what each adds to the log-odds of each row, shape (rows, inputs)."""
        names = [self.inputs.names[column] for column in self.fitted.columns]
        return names, self.fitted.parts(self.inputs.matrix(table))

    def save(self, folder: Path) -> None:
        """Write `model.json` (all it needs; boosted trees as LightGBM's text) and `card.json` into the folder."""
        saved = {
            "inputs": self.inputs.as_dict(),
            "fitted": self.fitted.as_dict(),
            "calibration": self.operating.calibration.as_dict(),
            "threshold": self.operating.threshold,
        }
        write_model(folder, self.kind, saved, self.card.as_dict())

    @classmethod
    def load(cls, folder: Path) -> "ReplacementModel":
        """Read what `save` wrote. Raises NotFound where there is no model, Refused where it is of another kind."""

        def make(saved: dict[str, Any], card: dict[str, Any]) -> "ReplacementModel":
            operating = Operating(Calibration.from_dict(saved["calibration"]), saved["threshold"])
            inputs, fitted = Inputs.from_dict(saved["inputs"]), Fitted.from_dict(saved["fitted"])
            return cls(fitted, inputs, operating, Card.from_dict(card))

        return read_model(folder, cls.kind, make)
