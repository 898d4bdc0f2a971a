"""Fairness: whether probabilities serve every group of customers as well as the others, beyond chance.

A group is told from the others by two differences: of the AUC (are its customers ranked as well?) and of what happened
less what was predicted (are they promised too much, or too little?). A group is said to be served otherwise where the
interval of a difference leaves out zero at 95 % for all differences together (Bonferroni: the level of each is divided
by how many there are). The share among the tenth with the highest probabilities is told, not judged: groups may differ
in what they want.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from yuelao.analytics.evaluation import auc, auc_and_error, auc_interval, part_at_top
from yuelao.analytics.experiments import wilson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Value = str | int | float | bool | None
FEWEST_OF_AN_OUTCOME, MOST_GROUPS, TOP, LEVEL = 10, 20, 0.1, 0.05


@dataclass(frozen=True)
class Grouping:
    """A column whose values are groups; bands: the inner limits of a number's groups, each from a limit on."""

    column: str
    bands: tuple[float, ...] = ()


@dataclass(frozen=True)
class Difference:
    """The group less the others; the interval is that of all differences of the assessment together."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """One group of the rows tested. value: of its column, None where unknown; low, high: the limits of its band.

    auc with its 95 % interval, and ranking: less that of the others; None where an outcome has too few rows.
    observed_interval: 95 % (Wilson). promised: predicted − observed, less the same of the others. selected: share among
    the tenth with the highest probabilities. verdicts: `worse ranked`, and `promised too much` or `promised too
    little`; else `alike`, or `too few` to judge.
    """

    column: str
    value: Value
    low: float | None
    high: float | None
    rows: int
    positives: int
    auc: float | None
    auc_interval: tuple[float, float] | None
    predicted: float
    observed: float
    observed_interval: tuple[float, float]
    selected: float
    ranking: Difference | None
    promised: Difference | None
    verdicts: list[str]

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Rows:
    """A group's place among the rows tested, and its two differences with their standard errors."""

    column: str
    value: Value
    low: float | None
    high: float | None
    among: Bools
    ranking: tuple[float, float] | None
    promised: tuple[float, float] | None


def compare_groups(
    table: pa.Table, groupings: Sequence[Grouping], happened: ArrayLike, probability: ArrayLike
) -> list[Group]:
    """Every group of every grouping that the table has; rows as those of `happened` (0/1) and `probability`.

    A column of one value has no groups. Beyond 20 codes the rarest are not told.

    >>> rng = np.random.default_rng(1)
    >>> city, p = rng.choice(["north", "south"], 4000), rng.random(4000)
    >>> sold = rng.random(4000) < np.where(city == "south", p / 2, p)
    >>> found = compare_groups(pa.table({"city": city}), [Grouping("city"), Grouping("age")], sold, p)
    >>> [(group.value, group.verdicts) for group in found]
    [('north', ['promised too little']), ('south', ['worse ranked', 'promised too much'])]
    """
    y, p = np.asarray(happened, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    known = [each for each in groupings if each.column in table.column_names]
    found = [group for each in known for group in _groups(table[each.column], each, y, p)]
    tests = sum((group.ranking is not None) + (group.promised is not None) for group in found)
    z = NormalDist().inv_cdf(1 - LEVEL / 2 / max(tests, 1))
    top = part_at_top(p, TOP)
    return [_judged(group, y, p, top, z) for group in found]


def _groups(column: Any, grouping: Grouping, y: Floats, p: Floats) -> Iterator[_Rows]:
    told = list(_told(column, grouping.bands))
    if len(told) < 2:
        return
    for value, low, high, among in told:
        yield _Rows(grouping.column, value, low, high, among, _ranking(y, p, among), _promised(y, p, among))


def _told(column: Any, bands: Sequence[float]) -> Iterator[tuple[Value, float | None, float | None, Bools]]:
    """(code, limits of the band, which rows) of each group that has rows; the unknown last."""
    known = np.asarray(pc.is_valid(column))
    if bands and _is_number(column.type):
        numbers = np.array(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
        for low, high in zip([None, *bands], [*bands, None], strict=True):
            among = (
                known & (numbers >= (-np.inf if low is None else low)) & (numbers < (np.inf if high is None else high))
            )
            if among.any():
                yield None, low, high, among
    else:
        counts = sorted(
            pc.value_counts(column.drop_null()).to_pylist(), key=lambda each: (-each["counts"], each["values"])
        )
        for value in sorted(each["values"] for each in counts[:MOST_GROUPS]):
            yield value, None, None, known & np.asarray(pc.fill_null(pc.equal(column, pa.scalar(value)), False))
    if not known.all() and known.any():
        yield None, None, None, ~known


def _is_number(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal))


def _enough(y: Floats) -> bool:
    return bool(min(y.sum(), len(y) - y.sum()) >= FEWEST_OF_AN_OUTCOME)


def _ranking(y: Floats, p: Floats, among: Bools) -> tuple[float, float] | None:
    """The AUC within the group less that within the others: of rows apart, so their variances add up."""
    if not (_enough(y[among]) and _enough(y[~among])):
        return None
    (own, error), (other, its_error) = (auc_and_error(y[rows], p[rows]) for rows in (among, ~among))
    return own - other, float(np.hypot(error, its_error))


def _promised(y: Floats, p: Floats, among: Bools) -> tuple[float, float] | None:
    if not (_enough(y[among]) and _enough(y[~among])):
        return None
    own, other = (p - y)[among], (p - y)[~among]
    error = np.sqrt(own.var(ddof=1) / len(own) + other.var(ddof=1) / len(other))
    return float(own.mean() - other.mean()), float(error)


def _judged(group: _Rows, y: Floats, p: Floats, top: Floats, z: float) -> Group:
    own, said = y[group.among], p[group.among]
    ranking, promised = (_difference(each, z) for each in (group.ranking, group.promised))
    ranked = ranking is not None
    return Group(
        column=group.column,
        value=group.value,
        low=group.low,
        high=group.high,
        rows=len(own),
        positives=int(own.sum()),
        auc=auc(own, said) if ranked else None,
        auc_interval=auc_interval(own, said) if ranked else None,
        predicted=float(said.mean()),
        observed=float(own.mean()),
        observed_interval=wilson(int(own.sum()), len(own)),
        selected=float(top[group.among].mean()),
        ranking=ranking,
        promised=promised,
        verdicts=_verdicts(ranking, promised),
    )


def _difference(found: tuple[float, float] | None, z: float) -> Difference | None:
    return None if found is None else Difference(found[0], found[0] - z * found[1], found[0] + z * found[1])


def _verdicts(ranking: Difference | None, promised: Difference | None) -> list[str]:
    if ranking is None or promised is None:
        return ["too few"]
    found = ["worse ranked"] if ranking.high < 0 else []
    if promised.low > 0 or promised.high < 0:
        found.append("promised too much" if promised.value > 0 else "promised too little")
    return found or ["alike"]
