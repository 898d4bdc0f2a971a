"""Response models: who says yes, as a calibrated probability with its reasons, and a card that says how good it is.

Trained as the world runs: rows in time order, fitted on the earliest, calibrated on the next, tested on the last.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.additive import Additive
from yuelao.analytics.boosting import Boosted, Recipe, boost, read_trees
from yuelao.analytics.calibration import Calibration, calibrate
from yuelao.analytics.drift import DRIFTED, population_stability
from yuelao.analytics.evaluation import Decile, auc, calibration_error, decile_table, lift_top
from yuelao.analytics.forward import choose_recipe
from yuelao.analytics.inputs import NO_VALUE, Inputs, check_columns, learn_inputs
from yuelao.analytics.ranks import row_hash
from yuelao.common.errors import NotFound, Refused

Floats = NDArray[np.float64]
TRAINED = 0.8  # share of the rows, in time order; the rest is the test
CALIBRATION_STEPS = (0.6, 0.8, 1.0)  # fitted on the rows before each step, calibrated on those up to the next
FEWEST_ROWS, FEWEST_OF_A_CLASS = 200, 10
NOTES = (
    "Recipe chosen forward in time on the first four fifths of the rows; tested, never tuned, on the last fifth.",
    "The model in use has the same recipe, fitted to all rows and calibrated on scores given by fits to earlier rows.",
)
GAINS_ROWS = 5000
_MORE = "Give more contacts with known outcomes, over a longer time"


@dataclass(frozen=True)
class Card:
    """What a planner must know before trusting the model. Windows are (first, last) days as ISO text.

    Figures and deciles are of the test window. `gains`: share of each input in what the model says, largest first.
    `drifted`: the stability index (PSI) of inputs that moved between the two windows. `left_out`: input → reason.
    """

    rows: int
    positives: int
    auc: float
    lift_top_decile: float
    calibration_error: float
    train_window: tuple[str, str]
    test_window: tuple[str, str]
    features: list[str]
    gains: dict[str, float]
    deciles: list[Decile]
    missing_inputs: list[str]
    drifted: dict[str, float]
    left_out: dict[str, str]
    recipe: Recipe
    calibration: str
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The card as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Card":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        windows = {name: (saved[name][0], saved[name][1]) for name in ("train_window", "test_window")}
        deciles = [Decile(**decile) for decile in saved["deciles"]]
        return cls(**saved | windows | {"recipe": Recipe(**saved["recipe"]), "deciles": deciles})


class ResponseModel:
    """A fitted model with its card; it remembers its inputs, so any table that has them can be scored."""

    def __init__(self, score: Boosted, inputs: Inputs, calibration: Calibration, card: Card) -> None:
        self.score, self.inputs, self.calibration, self.card = score, inputs, calibration, card

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
        """Write `model.txt` (LightGBM's text), `model.json` (all else it needs) and `card.json` into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.txt").write_text(self.score.trees.model_to_string(), encoding="utf-8")
        saved = {
            "inputs": self.inputs.as_dict(),
            "start": self.score.start.as_dict(),
            "calibration": self.calibration.as_dict(),
        }
        for name, content in {"model.json": saved, "card.json": self.card.as_dict()}.items():
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "ResponseModel":
        """Read what `save` wrote. Raises NotFound where there is no model."""
        try:
            text, model, card = (
                (folder / name).read_text(encoding="utf-8") for name in ("model.txt", "model.json", "card.json")
            )
        except FileNotFoundError as error:
            raise NotFound("There is no model here", where=str(folder), hint="Train one first") from error
        saved = json.loads(model)
        score = Boosted(Additive.from_dict(saved["start"]), read_trees(text))
        calibration = Calibration.from_dict(saved["calibration"])
        return cls(score, Inputs.from_dict(saved["inputs"]), calibration, Card.from_dict(json.loads(card)))


def train_response(
    data: pa.Table, label: str, time: str, inputs: Sequence[str], seed: int = 0
) -> tuple[ResponseModel, Card]:
    """Train on earlier contacts: one row each, `label` boolean or 0/1, `time` a date, timestamp or number.

    `inputs` are the columns the model may use; what is known only after the contact must not be among them. Text is a
    category, null is allowed; dates, constants and columns without a value are left out and named on the card. Rows
    of one time are ordered by a hash of what they hold, so the order of rows and of columns changes nothing.

    Raises Refused (code: column, label, time, too_little_data, one_class, no_input).

    >>> rng = np.random.default_rng(1)
    >>> age, day = rng.integers(18, 80, 3000), np.arange(3000)
    >>> data = pa.table({"age": age, "day": day, "sold": rng.random(3000) < age / 200})
    >>> model, card = train_response(data, "sold", "day", ["age"])
    >>> bool(card.auc > 0.6), model.predict(pa.table({"age": [20, 70]})).round(1).tolist()
    (True, [0.1, 0.3])
    """
    check_columns(data, [label, time, *inputs])
    if {label, time} & set(inputs):
        raise Refused("The label and the time cannot be inputs", hint=f"Take {label} and {time} out", code="column")
    y, when = _labels(data, label), _times(data, time)
    usable, left_out = learn_inputs(data, inputs)
    if not usable.columns:
        raise Refused(
            "None of the inputs can be used",
            hint=f"{next(iter(left_out), '')}: {next(iter(left_out.values()), 'none was named')}",
            code="no_input",
        )
    x = usable.matrix(data)
    order = np.lexsort((row_hash([*x.T, y], seed), when))
    rows = _Rows(x[order], y[order], data[time].take(pa.array(order)), usable, seed)
    train = rows.earliest(TRAINED)
    test = rows.y[len(train.y) :]
    if not 0 < test.sum() < len(test):
        raise Refused("The last fifth of the rows has one outcome only", hint=_MORE, code="one_class")
    recipe = choose_recipe(train.x, train.y, usable.categorical, seed)
    tested, used = _fit(train, recipe), _fit(rows, recipe)
    card = _card(rows, len(train.y), tested, used, recipe, left_out)
    return ResponseModel(used.score, usable, used.calibration, card), card


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows in time order, with what is needed to fit them."""

    x: Floats
    y: Floats
    times: Any
    inputs: Inputs
    seed: int

    def earliest(self, share: float) -> "_Rows":
        end = round(share * len(self.y))
        return replace(self, x=self.x[:end], y=self.y[:end], times=self.times[:end])


@dataclass(frozen=True, eq=False)
class _Fit:
    score: Boosted
    calibration: Calibration

    def predict(self, x: Floats) -> Floats:
        return self.calibration.apply(self.score.log_odds(x))


def _fit(rows: _Rows, recipe: Recipe) -> _Fit:
    """Fit to all rows; calibrate on the scores of rows by fits that knew only earlier ones."""
    x, y, codes = rows.x, rows.y, rows.inputs.categorical
    edges = [round(step * len(y)) for step in CALIBRATION_STEPS]
    later = [
        boost(x[:start], y[:start], codes, recipe, rows.seed).log_odds(x[start:end]) for start, end in pairwise(edges)
    ]
    return _Fit(boost(x, y, codes, recipe, rows.seed), calibrate(np.concatenate(later), y[edges[0] :]))


def _card(rows: _Rows, cut: int, tested: _Fit, used: _Fit, recipe: Recipe, left_out: dict[str, str]) -> Card:
    """What the recipe, chosen and fitted on the rows before `cut`, did on the later ones; and what is now in use."""
    test, probability = rows.y[cut:], tested.predict(rows.x[cut:])
    return Card(
        rows=len(rows.y),
        positives=int(rows.y.sum()),
        auc=auc(test, probability),
        lift_top_decile=lift_top(test, probability),
        calibration_error=calibration_error(test, probability),
        train_window=_window(rows.times[:cut]),
        test_window=_window(rows.times[cut:]),
        features=rows.inputs.names,
        gains=_gains(rows, used.score),
        deciles=decile_table(test, probability),
        missing_inputs=[name for name, reason in left_out.items() if reason == NO_VALUE],
        drifted=_drifted(rows, cut),
        left_out={name: reason for name, reason in left_out.items() if reason != NO_VALUE},
        recipe=recipe,
        calibration=used.calibration.method,
        notes=list(NOTES),
    )


def _gains(rows: _Rows, score: Boosted) -> dict[str, float]:
    """The share of each input in the mean absolute part of the newest rows."""
    said = np.abs(score.parts(rows.x[-GAINS_ROWS:])).mean(axis=0)
    total = float(said.sum()) or 1.0
    ranked = sorted(zip(rows.inputs.names, said, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {name: float(value) / total for name, value in ranked}


def _drifted(rows: _Rows, cut: int) -> dict[str, float]:
    moved = {
        column.name: population_stability(rows.x[:cut, i], rows.x[cut:, i], column.categories is not None)
        for i, column in enumerate(rows.inputs.columns)
    }
    return {name: psi for name, psi in sorted(moved.items(), key=lambda pair: -pair[1]) if psi > DRIFTED}


def _window(times: Any) -> tuple[str, str]:
    first, last = (moment.as_py() for moment in (times[0], times[-1]))
    return _day(first), _day(last)


def _day(moment: object) -> str:
    """The day of a date or timestamp as ISO text; a row number as it is."""
    return str(moment.date() if isinstance(moment, datetime) else moment)


def _labels(data: pa.Table, label: str) -> Floats:
    column = data[label]
    if column.null_count:
        raise Refused(
            f"The label {label} is null in {column.null_count} rows", hint="Give known outcomes", code="label"
        )
    try:
        y: Floats = np.array(column.cast(pa.int8()).to_numpy(), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise Refused(f"The label {label} is neither boolean nor 0/1", hint="As in sold: true", code="label") from error
    if not np.isin(y, (0.0, 1.0)).all():
        raise Refused(f"The label {label} is neither boolean nor 0/1", hint="As in sold: true", code="label")
    if len(y) < FEWEST_ROWS:
        raise Refused(f"{len(y)} rows are too few to learn from", hint=_MORE, code="too_little_data")
    fewer = int(min(y.sum(), len(y) - y.sum()))
    if fewer < FEWEST_OF_A_CLASS:
        raise Refused(f"Only {fewer} rows have the rarer outcome of {label}", hint=_MORE, code="one_class")
    return y


def _times(data: pa.Table, time: str) -> NDArray[np.generic]:
    column = data[time]
    kind = column.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_integer(kind)):
        raise Refused(f"{time} is no time: {kind}", hint="Give a date, a timestamp or a row number", code="time")
    if column.null_count:
        raise Refused(f"The time {time} is null in {column.null_count} rows", hint="Leave those rows out", code="time")
    times: NDArray[np.generic] = column.to_numpy()
    return times
