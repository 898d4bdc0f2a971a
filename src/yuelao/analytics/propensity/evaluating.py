"""How well the product's own recipe does on anybody's table: by a forward, a rolling or a k-fold protocol.

The recipe is chosen anew before every fit, on the rows before the test and no others, as who trains a model does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.choosing import Choice, choose
from yuelao.analytics.evaluation import alift, auc, auc_interval, calibration_error, lift_top, reached
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.forward import HORIZON
from yuelao.analytics.history import read_history
from yuelao.analytics.propensity.card import candidates, family_of, half_lives
from yuelao.analytics.propensity.fitting import fit_choice
from yuelao.analytics.propensity.recipes import OFFER
from yuelao.analytics.propensity.training import rows_of
from yuelao.common.errors import Refused

Places = NDArray[np.int64]
_FEWEST = 100  # rows of a training part


@dataclass(frozen=True)
class Protocol:
    """How rows are divided. `test`: the share tested, the newest; `steps` of it: rolling; `folds`, `repeats`: kfold."""

    kind: Literal["forward", "rolling", "kfold"] = "forward"
    test: float = 1 / 3
    steps: int = 10
    folds: int = 5
    repeats: int = 1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to learn from and rows to be tested on; `horizon`: these reach so far beyond those, as a share of them."""

    train: Places
    test: Places
    horizon: float


@dataclass(frozen=True)
class Evaluation:
    """Figures of the rows tested; `interval`: 95 % of the AUC by DeLong; with repeats the means of each.

    `reached_at_half`: the share of events among the half ranked first; `alift`: the area under that share against the
    share called; `chosen`: the newest fit's families, their half-lives, inputs left out, and all that was tried.
    """

    rows: int
    positives: int
    tested: int
    auc: float
    interval: tuple[float, float]
    alift: float
    reached_at_half: float
    lift_top_decile: float
    calibration_error: float
    chosen: dict[str, Any]


def evaluate(data: pa.Table, label: str, time: str, inputs: Sequence[str], protocol: Protocol) -> Evaluation:
    """Choose, fit and test on `data` as the protocol says; columns as for `train_response`, which refuses the same.

    >>> rng = np.random.default_rng(1)
    >>> age, day = rng.integers(18, 80, 1000), np.arange(1000)
    >>> data = pa.table({"age": age, "day": day, "sold": rng.random(1000) < age / 200})
    >>> found = evaluate(data, "sold", "day", ["age"], Protocol("kfold", folds=3))
    >>> found.tested, bool(found.interval[0] < found.auc < found.interval[1])
    (1000, True)
    """
    history = read_history(data, label, time, inputs, protocol.seed)
    rows, usable, left_out = rows_of(history, protocol.seed), history.inputs, history.left_out
    runs = [_run(rows, splits) for splits in divide(rows, protocol)]
    choice, names = runs[-1][1], usable.names
    chosen = {
        "family": family_of(choice),
        "half_life": half_lives(choice),
        "inputs": [names[place] for place in choice.inputs],
        "does_not_carry_over": [name for place, name in enumerate(names) if place not in choice.inputs],
        "left_out": left_out,
        "candidates": [vars(candidate) for candidate in candidates(choice)],
    }
    means = np.mean([_figures(labels, scores) for (labels, scores), _ in runs], axis=0)
    area, low, high, lifted, half, top, error = (float(value) for value in means)
    tested = len(runs[0][0][0])
    return Evaluation(len(rows), int(rows.y.sum()), tested, area, (low, high), lifted, half, top, error, chosen)


def _run(rows: Rows, splits: Sequence[Split]) -> tuple[tuple[Floats, Floats], Choice]:
    """Labels and probabilities of the rows tested, all splits together, and the last choice."""
    labels, scores = [], []
    for split in splits:
        known = replace(rows, x=rows.x[split.train], y=rows.y[split.train])
        _need_both(known)
        choice = choose(known, OFFER, split.horizon)
        scores.append(fit_choice(known, choice, split.horizon).predict(rows.x[split.test]))
        labels.append(rows.y[split.test])
    return (np.concatenate(labels), np.concatenate(scores)), choice


def _figures(labels: Floats, scores: Floats) -> tuple[float, ...]:
    area, (low, high) = auc(labels, scores), auc_interval(labels, scores)
    ranked = alift(labels, scores), reached(labels, scores), lift_top(labels, scores)
    return area, low, high, *ranked, calibration_error(labels, scores)


def divide(rows: Rows, protocol: Protocol) -> Iterator[list[Split]]:
    """The splits of each run: one run, or as many as repeats."""
    if protocol.kind == "kfold":
        for repeat in range(protocol.repeats):
            yield _folds(rows.y, protocol.folds, protocol.seed + repeat)
        return
    count, steps = len(rows), protocol.steps if protocol.kind == "rolling" else 1
    first = count - round(protocol.test * count)
    edges = [first + round((count - first) * step / steps) for step in range(steps + 1)]
    yield [Split(np.arange(a), np.arange(a, b), (b - a) / a) for a, b in pairwise(edges)]


def _folds(y: Floats, folds: int, seed: int) -> list[Split]:
    """Every row is tested once; outcomes are spread evenly; the rows learned from stay in their order."""
    from sklearn.model_selection import StratifiedKFold  # slow to import, and most who import us never fit

    shuffled = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return [Split(train, test, HORIZON) for train, test in shuffled.split(y, y)]


def _need_both(known: Rows) -> None:
    if len(known) < _FEWEST or not known.both:
        hint = "Give more rows, or test a smaller share"
        raise Refused("There is too little to learn from before the test", hint=hint, code="too_little_data")
