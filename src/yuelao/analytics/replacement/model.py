"""The model in use: probabilities, whom to call, reasons; kept as text, without pickle."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.calibration import Calibration
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.replacement.card import Card
from yuelao.analytics.replacement.comparison import Operating
from yuelao.analytics.replacement.ways import Fitted
from yuelao.common.errors import NotFound

Floats = NDArray[np.float64]


class ReplacementModel:
    """A fitted way with its card; it remembers its inputs, so any table that has them can be scored."""

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
        parts = self.fitted.parts(self.inputs.matrix(table))
        names = [self.inputs.names[column] for column in self.fitted.columns]
        best = np.argsort(-parts, axis=1, kind="stable")[:, :k]
        return [
            [(names[i], float(row[i])) for i in places if row[i] > 0] for row, places in zip(parts, best, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write `model.json` (all it needs; boosted trees as LightGBM's text) and `card.json` into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        saved = {
            "inputs": self.inputs.as_dict(),
            "fitted": self.fitted.as_dict(),
            "calibration": self.operating.calibration.as_dict(),
            "threshold": self.operating.threshold,
        }
        for name, content in {"model.json": saved, "card.json": self.card.as_dict()}.items():
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "ReplacementModel":
        """Read what `save` wrote. Raises NotFound where there is no model."""
        try:
            model, card = ((folder / name).read_text(encoding="utf-8") for name in ("model.json", "card.json"))
        except FileNotFoundError as error:
            raise NotFound("There is no model here", where=str(folder), hint="Train one first") from error
        saved = json.loads(model)
        operating = Operating(Calibration.from_dict(saved["calibration"]), saved["threshold"])
        inputs, fitted = Inputs.from_dict(saved["inputs"]), Fitted.from_dict(saved["fitted"])
        return cls(fitted, inputs, operating, Card.from_dict(json.loads(card)))
