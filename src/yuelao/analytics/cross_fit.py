"""Small trees fitted to each half of the rows and asked about the other: how well inputs together tell a label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.inputs import Input, Inputs
from yuelao.analytics.ranks import row_hash
from yuelao.analytics.trees import fit_trees, parts, scores

Floats = NDArray[np.float64]
ROUNDS = 60
EXPLAINED_ROWS = 4_000
_HASHED = 8
_SETTINGS: dict[str, Any] = {"objective": "binary", "num_leaves": 6, "max_bin": 63}


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """score: of each row the log-odds by the trees of the other half. share: of each input in what they say, sum 1."""

    score: Floats
    share: Floats


def draw(data: pa.Table, y: Floats, names: Sequence[str], most: int, also: Sequence[Floats] = ()) -> NDArray[np.int64]:
    """The places of at most `most` rows of each outcome, in random order: what is in the rows decides, not where.

    The first eight number columns of `names` and the arrays `also` decide; rows that are equal there keep their order.

    >>> draw(pa.table({"age": [30, 41, 52]}), np.array([0.0, 0.0, 1.0]), ["age"], most=1).tolist()
    [1, 2]
    """
    numeric = [name for name in names if pa.types.is_integer(data[name].type) or pa.types.is_floating(data[name].type)]
    held = Inputs(tuple(Input(name) for name in numeric[:_HASHED])).matrix(data)
    order = np.argsort(row_hash([*held.T, y, *also]), kind="stable")
    places = np.concatenate([np.flatnonzero(y[order] == label)[:most] for label in (0, 1)])
    return np.asarray(order[np.sort(places)], dtype=np.int64)


def cross_fit(x: Floats, y: Floats, fold: NDArray[np.int64], categorical: Sequence[int] = ()) -> CrossFitted:
    """Fit to `x` (rows, inputs; NaN is unknown), `y` 0/1 and `fold` 0/1, rows in random order.

    A half whose other half has one outcome only, or inputs that say nothing, score 0; shares are then 0 too.

    >>> x = np.random.default_rng(1).normal(size=(2000, 2))
    >>> found = cross_fit(x, (x[:, 1] > 0).astype(float), np.arange(2000) % 2)
    >>> bool((found.score[x[:, 1] > 0.2] > 0).all()), found.share.round(1).tolist()
    (True, [0.0, 1.0])
    """
    score, said = np.zeros(len(y)), np.zeros(x.shape[1])
    for half in (0, 1):
        learnt, held = fold != half, np.flatnonzero(fold == half)
        if len(held) and x.shape[1] and 0 < y[learnt].sum() < learnt.sum():
            trees = fit_trees(x[learnt], y[learnt], ROUNDS, categorical, **_SETTINGS)
            score[held] = scores(trees, x[held])
            said += np.abs(parts(trees, x[held[:EXPLAINED_ROWS]])).mean(axis=0)
    return CrossFitted(score, said / (said.sum() or 1.0))
