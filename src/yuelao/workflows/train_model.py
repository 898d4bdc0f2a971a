"""Train: fit a model on mature outcomes, test it on later ones, and keep it with its card in the workspace.

models/<model>/<version>/   the model, its card.json
models/<model>/current      the version in use; replaced by an atomic rename
"""

import hashlib
import os
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.propensity import Card, ResponseModel, train_response
from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.common.progress import Progress, silent
from yuelao.warehouse.training import training_set
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers

MODELS = ("response",)
_HARDLY = 0.55
_HARDLY_RANKS = "On later contacts it ranks hardly better than chance: begin with a trial, or rank without a model"
_NOT_INPUTS = frozenset({"customer_id", "contacted_at", "label"})


class Trained(BaseModel):
    """The model's card, in short; windows are [first day, last day]."""

    model_config = ConfigDict(frozen=True)

    model: str
    version: str
    rows: int
    positives: int
    auc: float
    lift_top_decile: float
    calibration_error: float
    train_window: tuple[str, str]
    test_window: tuple[str, str]
    warnings: list[str]
    """What a planner must hear before using it."""


def train(house: House, model: str, as_of: date | None = None, progress: Progress = silent) -> Trained:
    """Fit `model` on what was known before `as_of` (the newest date the data supports when not given)."""
    if model not in MODELS:
        raise NotFound(f"There is no model called {model!r}", where="train", hint=nearest(model, list(MODELS)))
    progress("gather outcomes", 0, 2)
    publish_ledgers(house)
    with house.lake.snapshot() as snapshot:
        as_of = as_of or min(snapshot.newest_as_of(), house.today())
        rows = training_set(snapshot, as_of)
    progress("fit and test", 1, 2)
    inputs = [name for name in rows.column_names if name not in _NOT_INPUTS]
    fitted, card = train_response(rows, label="label", time="contacted_at", inputs=inputs)
    version = _keep(house.workspace.models / model, as_of, fitted)
    progress("fit and test", 2, 2)
    return _short(model, version, card)


def current_model(house: House, model: str) -> ResponseModel:
    """The version in use; refused where none was trained."""
    return ResponseModel.load(_current(house, model))


def model_cards(house: House) -> dict[str, tuple[str, Card]]:
    """(version, card) of each trained model."""
    trained = [name for name in MODELS if (house.workspace.models / name / "current").exists()]
    return {name: (_current(house, name).name, ResponseModel.load(_current(house, name)).card) for name in trained}


def _current(house: House, model: str) -> Path:
    home = house.workspace.models / model
    if not (home / "current").is_file():
        raise Refused(
            f"No {model} model has been trained", where="models", hint=f"Train it with `yuelao train {model}`"
        )
    return home / (home / "current").read_text(encoding="utf-8").strip()


def _keep(home: Path, as_of: date, fitted: ResponseModel) -> str:
    """Save under a version that names the date and the content, and make it the one in use."""
    home.mkdir(parents=True, exist_ok=True)
    staged = home / f".new-{os.getpid()}"
    fitted.save(staged)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(staged.iterdir()))).hexdigest()[:8]
    version = f"{as_of}-{digest}"
    if (home / version).exists():
        for file in staged.iterdir():
            file.unlink()
        staged.rmdir()
    else:
        staged.rename(home / version)
    pointer = home / f".current-{os.getpid()}"
    pointer.write_text(version + "\n", encoding="utf-8")
    pointer.replace(home / "current")
    return version


def _short(model: str, version: str, card: Card) -> Trained:
    return Trained(
        model=model,
        version=version,
        rows=card.rows,
        positives=card.positives,
        auc=card.auc,
        lift_top_decile=card.lift_top_decile,
        calibration_error=card.calibration_error,
        train_window=card.train_window,
        test_window=card.test_window,
        warnings=[_HARDLY_RANKS] if card.auc < _HARDLY else [],
    )
