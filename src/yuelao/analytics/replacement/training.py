"""Training: read the rows, try all ways on earlier ones, compare them out of time, use the one that costs least."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.rules import Rule, rules
from yuelao.analytics.drift import DRIFTED, population_stability
from yuelao.analytics.evaluation import decile_table
from yuelao.analytics.family import Rows
from yuelao.analytics.history import read_history
from yuelao.analytics.inputs import NO_VALUE, Inputs
from yuelao.analytics.propensity.training import Tested
from yuelao.analytics.replacement.card import Card
from yuelao.analytics.replacement.comparison import Tried, cheapest, compare, operate
from yuelao.analytics.replacement.learners import TreeLearner
from yuelao.analytics.replacement.model import ReplacementModel
from yuelao.analytics.replacement.reduction import reduce
from yuelao.analytics.replacement.ways import Fitted, fit
from yuelao.analytics.replacement.windows import Windows, times_of, windows

Floats = NDArray[np.float64]
MOST_RULES = 20
NOTES = (
    "Each way is fitted to the first rows in time; threshold, calibration and the way used are chosen on the next.",
    "The test figures are of rows later than all of these; nothing was chosen by them.",
    "The model in use is the way used, fitted anew to all rows before the test, its threshold chosen on the test rows.",
)
_GAINS_ROWS = 5000


def train_replacement(
    table: pa.Table, label: str, time: str, inputs: Sequence[str], costs: Costs, seed: int = 0, horizon: int = 0
) -> tuple[ReplacementModel, Card, Tested]:
    """Train on customers as they were: a row each and day, `label` boolean or 0/1, `time` a date, timestamp or number.

    `inputs` are the columns the model may use: text is a category, null is allowed; dates, constants and columns
    without a value are left out and named on the card. `horizon`: how many days after its time a label is known (or
    units of a time that is a number); no row teaches before that. At least three times are needed. Rows of one time are
    ordered by a hash of what they hold, so the order of rows and of columns changes nothing.

    Raises Refused (code: column, label, time, too_little_data, one_class, no_input).

    >>> rng = np.random.default_rng(1)
    >>> months, day = rng.integers(0, 48, 3000), np.repeat(np.arange(5), 600)
    >>> data = pa.table({"device_months": months, "day": day, "new": rng.random(3000) < months / 400})
    >>> model, card, tested = train_replacement(data, "new", "day", ["device_months"], Costs(call=6, margin=100))
    >>> model.calls(pa.table({"device_months": [3, 45]})).tolist(), len(card.candidates)
    ([False, True], 12)
    """
    history = read_history(table, label, time, inputs, seed)
    usable, left_out = history.inputs, history.left_out
    rows = Rows(history.x, history.y, tuple(usable.categorical), times=history.times)
    parts = windows(rows, horizon)
    reduct = reduce(parts.train, costs, seed)
    tried = compare(parts, reduct, costs, seed)
    used, first = cheapest(tried), len(rows) - len(parts.test)
    fitted = fit(used.figures.way, parts.newest, reduct, costs, seed)
    operating = operate(fitted.log_odds(parts.test.x), parts.test.y, costs)
    known = {name: reason for name, reason in left_out.items() if reason != NO_VALUE}
    card = Card(
        rows=len(rows),
        positives=int(rows.y.sum()),
        threshold=operating.threshold,
        features=usable.names,
        reduct={usable.names[c]: share for c, share in zip(reduct.columns, reduct.importance, strict=True)},
        tolerance=reduct.tolerance,
        gains=_gains(fitted, usable, parts.test.x[-_GAINS_ROWS:]),
        missing_inputs=[name for name in left_out if name not in known],
        drifted=_drifted(parts, usable),
        left_out=known,
        notes=list(NOTES),
        **_compared(parts, tried, costs, usable),
    )
    tested = Tested(history.places[first:], used.probability(parts.test.x), parts.test.y)
    return ReplacementModel(fitted, usable, operating, card), card, tested


def _compared(parts: Windows, tried: list[Tried], costs: Costs, inputs: Inputs) -> dict[str, Any]:
    """The part of the card that tells how the ways did, window by window."""
    used, test = cheapest(tried), parts.test
    figures = used.figures
    return {
        "family": figures.way.learner,
        "auc": figures.auc,
        "lift_top_decile": figures.lift_top_decile,
        "calibration_error": figures.calibration_error,
        "train_window": _window(parts.train),
        "validation_window": _window(parts.validation),
        "test_window": _window(test),
        "costs": costs,
        "cost_of_none": 1000 * costs.margin * float(test.y.mean()),
        "cost_of_all": 1000 * costs.call,
        "candidates": [each.figures for each in tried],
        "used": figures.way,
        "rules": _rules(tried, inputs),
        "deciles": decile_table(test.y, used.probability(test.x)),
    }


def _rules(tried: list[Tried], inputs: Inputs) -> list[Rule]:
    """Of the tree that costs least, the leaves with the highest probabilities."""
    fitted = cheapest([each for each in tried if each.figures.way.learner == "tree"]).fitted
    learner = fitted.learner
    if not isinstance(learner, TreeLearner):
        return []
    own = [inputs.columns[column] for column in fitted.columns]
    names, categories = [column.name for column in own], [column.categories for column in own]
    return rules(learner.tree, learner.bins, names, categories)[:MOST_RULES]


def _gains(fitted: Fitted, inputs: Inputs, x: Floats) -> dict[str, float]:
    """The share of each input in the mean absolute part of these rows, largest first."""
    said = np.abs(fitted.parts(x)).mean(axis=0)
    total = float(said.sum()) or 1.0
    shares = {inputs.names[c]: float(part) / total for c, part in zip(fitted.columns, said, strict=True)}
    return dict(sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])))


def _drifted(parts: Windows, inputs: Inputs) -> dict[str, float]:
    """Inputs that moved between the rows fitted to and the test, the most first."""
    moved = {
        column.name: population_stability(parts.train.x[:, i], parts.test.x[:, i], column.categories is not None)
        for i, column in enumerate(inputs.columns)
    }
    return {name: psi for name, psi in sorted(moved.items(), key=lambda pair: -pair[1]) if psi > DRIFTED}


def _window(rows: Rows) -> tuple[str, str]:
    first, last = (_day(times_of(rows)[place]) for place in (0, -1))
    return first, last


def _day(moment: np.generic) -> str:
    """The day of a date or timestamp as ISO text; a row number as it is."""
    told: Any = moment.astype("datetime64[us]").item() if isinstance(moment, np.datetime64) else moment.item()
    return str(told.date() if isinstance(told, datetime) else told)
