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

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.boosting import Recipe, boost
from yuelao.analytics.calibration import Calibration, calibrate
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
    "Tested on the last fifth of the rows in time; its recipe, fit and calibration knew only earlier rows.",
    "The model in use was made by the same steps from all rows: calibrated on rows later than those fitted to, "
    "then fitted to all.",
)
_MORE = "Give more contacts with known outcomes, over a longer time"


@dataclass(frozen=True)
class Card:
    """What a planner must know before trusting the model. Windows are (first, last) days as ISO text.

    Figures and deciles are of the test window. `gains`: share of the model's total gain by input, largest first.
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
        recipe = Recipe(**saved["recipe"] | {"left_out": tuple(saved["recipe"]["left_out"])})
        windows = {name: (saved[name][0], saved[name][1]) for name in ("train_window", "test_window")}
        return cls(**saved | windows | {"recipe": recipe, "deciles": [Decile(**d) for d in saved["deciles"]]})


class ResponseModel:
    """A fitted model with its card; it remembers its inputs, so any table that has them can be scored."""

    def __init__(self, booster: str, inputs: Inputs, calibration: Calibration, card: Card) -> None:
        self.inputs, self.calibration, self.card = inputs, calibration, card
        self._text = booster
        self._booster = lgb.Booster(model_str=booster)

    def predict(self, table: pa.Table) -> Floats:
        """Probabilities, shape (rows,). Raises Refused where an input is missing or of another type."""
        return self.calibration.apply(self._raw(table))

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a yes, with their part of the log-odds (TreeSHAP).

        Lundberg and others 2020, "From local explanations to global understanding with explainable AI for trees".
        """
        if not table.num_rows:
            return []
        parts = np.asarray(self._booster.predict(self.inputs.matrix(table), pred_contrib=True))[:, :-1]
        names = self.inputs.names
        best = np.argsort(-parts, axis=1, kind="stable")[:, :k]
        return [
            [(names[i], float(row[i])) for i in places if row[i] > 0] for row, places in zip(parts, best, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write `model.txt` (LightGBM's text), `model.json` (inputs, calibration) and `card.json` into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.txt").write_text(self._text, encoding="utf-8")
        saved = {"inputs": self.inputs.as_dict(), "calibration": self.calibration.as_dict()}
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
        saved, told = json.loads(model), Card.from_dict(json.loads(card))
        return cls(text, Inputs.from_dict(saved["inputs"]), Calibration.from_dict(saved["calibration"]), told)

    def __reduce__(self) -> tuple[type["ResponseModel"], tuple[str, Inputs, Calibration, Card]]:
        return type(self), (self._text, self.inputs, self.calibration, self.card)

    def _raw(self, table: pa.Table) -> Floats:
        x = self.inputs.matrix(table)
        if not len(x):
            return np.empty(0)
        return np.asarray(self._booster.predict(x, raw_score=True), dtype=np.float64)


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
    made = _make(rows)
    card = _card(rows, made, left_out)
    return ResponseModel(made.booster.model_to_string(), made.inputs, made.calibration, card), card


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class _Made:
    """What the steps of `_make` came to; `keep` are the places of its inputs among all."""

    booster: lgb.Booster
    recipe: Recipe
    inputs: Inputs
    keep: list[int]
    calibration: Calibration


def _make(rows: _Rows) -> _Made:
    """Choose the recipe forward in time, calibrate on rows later than those fitted to, then fit to all."""
    names = rows.inputs.names
    recipe = choose_recipe(rows.x, rows.y, names, rows.inputs.categorical, rows.seed)
    inputs = rows.inputs.without(recipe.left_out)
    keep = [i for i, name in enumerate(names) if name not in recipe.left_out]
    x, edges = rows.x[:, keep], [round(step * len(rows.y)) for step in CALIBRATION_STEPS]
    later: list[Floats] = []
    for start, end in pairwise(edges):
        earlier = boost(x[:start], rows.y[:start], inputs.categorical, recipe, rows.seed)
        later.append(np.asarray(earlier.predict(x[start:end], raw_score=True)))
    calibration = calibrate(np.concatenate(later), rows.y[edges[0] :])
    return _Made(boost(x, rows.y, inputs.categorical, recipe, rows.seed), recipe, inputs, keep, calibration)


def _card(rows: _Rows, made: _Made, left_out: dict[str, str]) -> Card:
    train = rows.earliest(TRAINED)
    cut = len(train.y)
    test = rows.y[cut:]
    if not 0 < test.sum() < len(test):
        raise Refused("The last fifth of the rows has one outcome only", hint=_MORE, code="one_class")
    tried = _make(train)
    raw = np.asarray(tried.booster.predict(rows.x[cut:, tried.keep], raw_score=True))
    probability = tried.calibration.apply(raw)
    moved = dict.fromkeys(made.recipe.left_out, "what it said of earlier rows did not hold for later ones")
    return Card(
        rows=len(rows.y),
        positives=int(rows.y.sum()),
        auc=auc(test, probability),
        lift_top_decile=lift_top(test, probability),
        calibration_error=calibration_error(test, probability),
        train_window=_window(train.times),
        test_window=_window(rows.times[cut:]),
        features=made.inputs.names,
        gains=_gains(made),
        deciles=decile_table(test, probability),
        missing_inputs=[name for name, reason in left_out.items() if reason == NO_VALUE],
        left_out={name: reason for name, reason in left_out.items() if reason != NO_VALUE} | moved,
        recipe=made.recipe,
        calibration=made.calibration.method,
        notes=list(NOTES),
    )


def _gains(made: _Made) -> dict[str, float]:
    gain = made.booster.feature_importance("gain")
    total = float(gain.sum()) or 1.0
    ranked = sorted(zip(made.inputs.names, gain, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {name: float(value) / total for name, value in ranked}


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
