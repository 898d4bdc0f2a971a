"""Drift: how far a column has moved between two times (population stability index, PSI), and whether two tables differ.

Two tables differ where a classifier tells their rows apart (Lopez-Paz and Oquab 2017, "Revisiting classifier
two-sample tests"); what it goes by is what moved.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.cross_fit import cross_fit, draw
from yuelao.analytics.evaluation import auc
from yuelao.analytics.inputs import check_columns, learn_inputs
from yuelao.analytics.strata import auc_error
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
STEADY = 0.1
DRIFTED = 0.25
"""The usual reading: below STEADY a column has not moved, above DRIFTED it has, between them it is worth watching."""
SLICES = 10
MATTERS = 0.525
"""Tables are said to differ where more than this share of pairs of rows, one of each, are told apart rightly."""
SURE = 0.95
MOST_ROWS, FEWEST_ROWS, CAUSES = 20_000, 50, 5


@dataclass(frozen=True)
class Cause:
    """An input, its PSI, and its share (0…1) in what tells the rows of the two tables apart."""

    input: str
    psi: float
    share: float


@dataclass(frozen=True)
class Drift:
    """How well unseen rows of two tables are told apart: the AUC with its 95 % interval, 0.5 where they are alike.

    probability: that the AUC is above MATTERS, which as a sum of many pairs it is taken to be normal about. differs:
    whether that is at least SURE. causes: then the inputs that say most, at most five.
    """

    auc: float
    interval: tuple[float, float]
    differs: bool
    probability: float
    causes: tuple[Cause, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


def compare(training: pa.Table, scoring: pa.Table, inputs: Sequence[str]) -> Drift:
    """Whether the rows to be scored differ from those learned from, in at most 20,000 of each, and by which inputs.

    Raises Refused (code: column, type, too_little_data, no_input).

    >>> rng = np.random.default_rng(1)
    >>> before = pa.table({"age": rng.normal(40, 9, 2000), "use": rng.normal(size=2000)})
    >>> after = pa.table({"age": rng.normal(45, 9, 2000), "use": rng.normal(size=2000)})
    >>> found = compare(before, after, ["age", "use"])
    >>> found.differs, found.causes[0].input
    (True, 'age')
    """
    both, side = _joined(training, scoring, sorted(set(inputs)))
    chosen = draw(both, side, both.column_names, MOST_ROWS)
    both, side = both.take(pa.array(chosen)), side[chosen]
    usable, left_out = learn_inputs(both, both.column_names)
    if not usable.columns:
        why = next(iter(left_out.values()), "none was named")
        raise Refused("No input can be compared", hint=f"{next(iter(left_out), 'inputs')}: {why}", code="no_input")
    x, fold = usable.matrix(both), np.arange(len(side)) % 2
    told = cross_fit(x, side, fold, usable.categorical)
    area = float(np.mean([auc(side[fold == half], told.score[fold == half]) for half in (0, 1)]))
    chance = NormalDist(area, max(float(auc_error(area, side.sum(), len(side) - side.sum())), 1e-12))
    probability = 1 - chance.cdf(MATTERS)
    moved = [
        Cause(
            column.name, population_stability(x[side == 0, i], x[side == 1, i], i in usable.categorical), float(share)
        )
        for i, (column, share) in enumerate(zip(usable.columns, told.share, strict=True))
    ]
    causes = sorted(moved, key=lambda cause: (-cause.share, -cause.psi, cause.input))[:CAUSES]
    interval = (max(0.0, chance.inv_cdf(0.025)), min(1.0, chance.inv_cdf(0.975)))
    return Drift(area, interval, probability >= SURE, probability, tuple(causes) if probability >= SURE else ())


def _joined(training: pa.Table, scoring: pa.Table, names: Sequence[str]) -> tuple[pa.Table, Floats]:
    """The inputs of both tables, one below the other, and 1 for rows of the second."""
    for table in (training, scoring):
        check_columns(table, names)
        if table.num_rows < FEWEST_ROWS:
            hint = f"Give at least {FEWEST_ROWS} to learn from and to score"
            raise Refused(f"{table.num_rows} rows are too few to compare", hint=hint, code="too_little_data")
    try:
        both = pa.concat_tables([training.select(names), scoring.select(names)], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise Refused("An input is of two types that do not fit", hint=str(error), code="type") from error
    return both, np.repeat([0.0, 1.0], [training.num_rows, scoring.num_rows])


def psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Σ (q − p) ln(q ÷ p) over slices, p and q the shares of the expected and the actual rows in each.

    expected, actual: counts of rows by slice, of the same slices, any totals. Half a row is added to each count, so
    that an empty slice is not infinitely far. Never negative, the same both ways round, 0 for the same counts. It is
    the symmetric divergence of Jeffreys; as a measure of drift, with the bands below, in N. Siddiqi, Credit Risk
    Scorecards (Wiley 2006); on its distribution B. Yurdakul, Statistical Properties of Population Stability Index
    (Western Michigan University 2018). ValueError where the slices are not the same.

    >>> round(psi([50, 50], [100, 100]), 4)
    0.0
    >>> round(psi([10_000, 90_000], [20_000, 80_000]), 4)
    0.0811
    """
    p, q = _shares(expected), _shares(actual)
    if p.shape != q.shape:
        raise ValueError(f"{p.size} slices are expected and {q.size} are given")
    return float(((q - p) * np.log(q / p)).sum())


def band(index: float) -> str:
    """What a PSI means: steady, watch or shifted.

    >>> [band(index) for index in (0.02, 0.1, 0.25, 0.3)]
    ['steady', 'watch', 'watch', 'shifted']
    """
    return "steady" if index < STEADY else "shifted" if index > DRIFTED else "watch"


def deciles(column: Floats) -> Floats:
    """The inner edges of ten slices with as many known values each; fewer where values are repeated. NaN is unknown.

    >>> deciles(np.array([0.0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, np.nan]))
    array([0., 1., 2.])
    """
    known = column[~np.isnan(column)]
    return np.unique(np.quantile(known, np.arange(1, SLICES) / SLICES)) if len(known) else known


def counts(column: Floats, edges: Floats) -> NDArray[np.int64]:
    """How many values lie up to each edge, beyond the last, and, as the last number, how many are NaN.

    >>> counts(np.array([1.0, 2, 3, np.nan]), np.array([2.0]))
    array([2, 1, 1])
    """
    slices = np.where(np.isnan(column), len(edges) + 1, np.searchsorted(edges, column))
    return np.bincount(slices, minlength=len(edges) + 2).astype(np.int64)


def population_stability(earlier: Floats, later: Floats, categorical: bool) -> float:
    """The PSI over ten slices of the earlier values, or over its categories; NaN is a slice of its own.

    Both are number columns of any length.

    >>> population_stability(np.arange(100.0), np.arange(100.0), categorical=False)
    0.0
    >>> round(population_stability(np.zeros(100), np.ones(100), categorical=True), 1)
    10.4
    """
    edges = np.unique(earlier[~np.isnan(earlier)]) if categorical else deciles(earlier)
    return psi(counts(earlier, edges), counts(later, edges))


def _shares(given: ArrayLike) -> Floats:
    rows = np.asarray(given, dtype=np.float64) + 0.5
    return np.asarray(rows / rows.sum(), dtype=np.float64)
