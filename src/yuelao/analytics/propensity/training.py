"""Training a response model as the world runs: the earliest rows choose and fit the recipe, the last ones test it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.choosing import Choice, choose
from yuelao.analytics.drift import DRIFTED, population_stability
from yuelao.analytics.evaluation import auc, calibration_error, decile_table, lift_top
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.history import MORE, History, read_history
from yuelao.analytics.inputs import NO_VALUE, Inputs
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.card import Card, candidates, family_of, half_lives, window
from yuelao.analytics.propensity.fitting import Fitted, fit_choice
from yuelao.analytics.propensity.model import ResponseModel
from yuelao.analytics.propensity.recipes import OFFER
from yuelao.common.errors import Refused

TRAINED = 0.8  # share of the rows, in time order; the rest is the test
NOTES = (
    "Recipe chosen forward in time on the first four fifths of the rows; tested, never tuned, on the last fifth.",
    "The model in use has the same recipe, fitted to all rows and calibrated on scores given by fits to earlier rows.",
)
DOES_NOT_CARRY_OVER = "its values change from one time to the next, and what is learned of it does not hold"
GAINS_ROWS = 5000


@dataclass(frozen=True, eq=False)
class Tested:
    """The rows tested: their places in the table, what a fit that knew none of them said, what happened."""

    rows: NDArray[np.int64]
    probability: Floats
    happened: Floats


def train_response(
    data: pa.Table, label: str, time: str, inputs: Sequence[str], seed: int = 0
) -> tuple[ResponseModel, Card, Tested]:
    """Train on earlier contacts: one row each, `label` boolean or 0/1, `time` a date, timestamp or number.

    `inputs` are the columns the model may use; what is known only after the contact must not be among them. Text is a
    category, null is allowed; dates, constants and columns without a value are left out and named on the card. Rows
    of one time are ordered by a hash of what they hold, so the order of rows and of columns changes nothing; all of
    them are tested, or none.

    Raises Refused (code: column, label, time, too_little_data, one_class, no_input).

    >>> rng = np.random.default_rng(1)
    >>> age, day = rng.integers(18, 80, 3000), np.arange(3000)
    >>> data = pa.table({"age": age, "day": day, "sold": rng.random(3000) < age / 200})
    >>> model, card, tested = train_response(data, "sold", "day", ["age"])
    >>> bool(card.auc > 0.6), model.predict(pa.table({"age": [20, 60]})).round(1).tolist()
    (True, [0.1, 0.3])
    """
    history = read_history(data, label, time, inputs, seed)
    used, card, tested = learn(rows_of(history, seed), history, data[time], fit_choice)
    return ResponseModel(used.score, history.inputs.only(used.choice.inputs), used.calibration, card), card, tested


Kind = TypeVar("Kind", bound=Fitted)


def learn(rows: Rows, history: History, time: Any, fit: Callable[[Rows, Choice], Kind]) -> tuple[Kind, Card, Tested]:
    """Choose the recipe and fit it to the earlier rows, test it on the last, and fit it to all.

    rows: those of `history`; columns beyond its inputs are no inputs, and `fit` may know what to do with them. time:
    the column of the table that `history` was read from.
    """
    times = time.take(pa.array(history.places))
    cut = _cut(times)
    train = rows.part(0, cut)
    if not rows.part(cut, len(rows)).both:
        raise Refused("The last fifth of the rows has one outcome only", hint=MORE, code="one_class")
    if not train.both:
        raise Refused("The first four fifths of the rows have one outcome only", hint=MORE, code="one_class")
    choice = choose(replace(train, x=train.x[:, : len(history.inputs.columns)]), OFFER)
    tested, used = fit(train, choice), fit(rows, choice)
    card = _card(rows, times, cut, tested, used, history.inputs, history.left_out)
    return used, card, Tested(history.places[cut:], tested.predict(rows.x[cut:]), rows.y[cut:])


def _cut(times: Any) -> int:
    """The place of the first row tested: rows of one time are all tested or none, where there are earlier ones."""
    when = times.to_numpy()
    wanted = round(TRAINED * len(when))
    return int(np.searchsorted(when, when[wanted])) or wanted


def rows_of(history: History, seed: int = 0) -> Rows:
    """The rows as families are fitted to them."""
    return Rows(history.x, history.y, tuple(history.inputs.categorical), seed=seed)


def _card(
    rows: Rows, times: Any, cut: int, tested: Fitted, used: Fitted, inputs: Inputs, left_out: dict[str, str]
) -> Card:
    """What the recipe, chosen and fitted on the rows before `cut`, did on the later ones; and what is now in use."""
    test, probability = rows.y[cut:], tested.predict(rows.x[cut:])
    kept = inputs.only(used.choice.inputs)
    changing = {name: DOES_NOT_CARRY_OVER for name in inputs.names if name not in kept.names}
    return Card(
        rows=len(rows),
        positives=int(rows.y.sum()),
        auc=auc(test, probability),
        lift_top_decile=lift_top(test, probability),
        calibration_error=calibration_error(test, probability),
        train_window=window(times[:cut]),
        test_window=window(times[cut:]),
        features=kept.names,
        gains=_gains(rows.only(used.choice.inputs), kept, used.score),
        deciles=decile_table(test, probability),
        missing_inputs=[name for name, reason in left_out.items() if reason == NO_VALUE],
        drifted=_drifted(rows, cut, inputs),
        left_out={name: reason for name, reason in left_out.items() if reason != NO_VALUE} | changing,
        family=family_of(used.choice),
        half_life=half_lives(used.choice),
        candidates=candidates(used.choice),
        calibration=used.calibration.method,
        notes=list(NOTES),
    )


def _gains(rows: Rows, inputs: Inputs, score: Blend) -> dict[str, float]:
    """The share of each input in the mean absolute part of the newest rows."""
    said = np.abs(score.parts(rows.x[-GAINS_ROWS:])).mean(axis=0)
    total = float(said.sum()) or 1.0
    ranked = sorted(zip(inputs.names, said, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {name: float(value) / total for name, value in ranked}


def _drifted(rows: Rows, cut: int, inputs: Inputs) -> dict[str, float]:
    moved = {
        column.name: population_stability(rows.x[:cut, i], rows.x[cut:, i], column.categories is not None)
        for i, column in enumerate(inputs.columns)
    }
    return {name: psi for name, psi in sorted(moved.items(), key=lambda pair: -pair[1]) if psi > DRIFTED}
