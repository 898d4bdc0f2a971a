"""A response model: probabilities and their reasons for any table that has its inputs; kept as two files of text."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from yuelao.analytics.calibration import Calibration
from yuelao.analytics.family import Floats
from yuelao.analytics.inputs import Inputs
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.card import Card
from yuelao.common.errors import NotFound, Refused


@dataclass(frozen=True, eq=False)
class ResponseModel:
    """A fitted model with its card; it remembers its inputs, so any table that has them can be scored."""

    score: Blend
    inputs: Inputs
    calibration: Calibration
    card: Card

    def predict(self, table: pa.Table) -> Floats:
        """Probabilities, shape (rows,). Raises Refused where an input is missing or of another type."""
        return self.calibration.apply(self.score.log_odds(self.inputs.matrix(table)))

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a yes, with their part of the log-odds."""
        parts = self.score.parts(self.inputs.matrix(table))
        best = np.argsort(-parts, axis=1, kind="stable")[:, :k]
        return [
            [(self.inputs.names[i], float(row[i])) for i in places if row[i] > 0]
            for row, places in zip(parts, best, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write `model.json` (all it needs to score) and `card.json` into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        saved = {
            "inputs": self.inputs.as_dict(),
            "score": self.score.as_dict(),
            "calibration": self.calibration.as_dict(),
        }
        for name, content in {"model.json": saved, "card.json": self.card.as_dict()}.items():
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "ResponseModel":
        """Read what `save` wrote. Raises NotFound where there is no model, Refused where it is of another kind."""
        try:
            saved, card = (
                json.loads((folder / name).read_text(encoding="utf-8")) for name in ("model.json", "card.json")
            )
            score, calibration = Blend.from_dict(saved["score"]), Calibration.from_dict(saved["calibration"])
            return cls(score, Inputs.from_dict(saved["inputs"]), calibration, Card.from_dict(card))
        except FileNotFoundError as error:
            raise NotFound("There is no model here", where=str(folder), hint="Train one first") from error
        except (KeyError, TypeError) as error:
            raise Refused("The model is of another version", where=str(folder), hint="Train it anew") from error
