"""Levels: a score cut into named levels, by lowest scores or by shares of the base; equal scores get equal levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import ibis
import ibis.expr.types as ir

from yuelao.analytics import reading
from yuelao.analytics.segmentation.scaling import distribution
from yuelao.common.errors import nearest

VALUE_LEVELS = ("D", "C", "B2", "B1", "A2", "A1")  # from the lowest to the highest
_HAIR = 1e-12  # so that 0.05 + 0.10 is not a hair above 0.15


@dataclass(frozen=True)
class Limits:
    """The lowest score of each level from the top; None where a level is reached by nobody. The last has no limit."""

    names: tuple[str, ...]
    lowest: tuple[float | None, ...]

    def level(self, score: ir.NumericValue) -> ir.StringValue:
        """The level of each score; null where there is none."""
        reached = [
            (score >= limit, ibis.literal(name)) for name, limit in zip(self.names, self.lowest, strict=False)
            if limit is not None
        ]  # fmt: skip
        last: tuple[ir.BooleanValue, ir.StringValue] = (score.notnull(), ibis.literal(self.names[-1]))
        return ibis.cases(*reached, last, else_=ibis.null("string"))


@dataclass(frozen=True)
class Cutoffs:
    """How a score is cut; `numbers` are shares of all levels from the top, or lowest scores of all but the last.

    >>> import pyarrow as pa
    >>> cutoffs = read_cutoffs({"by": "score", "A1": 85, "A2": 75, "B1": 65, "B2": 40, "C": 20}, VALUE_LEVELS)
    >>> table = ibis.memtable(pa.table({"score": [10.0, 90.0, 50.0, 70.0]}))
    >>> cutoffs.fit(table).level(table.score).to_pyarrow().to_pylist()
    ['D', 'A1', 'B2', 'B1']
    """

    names: tuple[str, ...]
    by: str
    numbers: tuple[float, ...]

    def fit(self, scores: ir.Table) -> Limits:
        """The limits for a base with the column `score` (one row per customer).

        By share, a group of equal scores belongs where its middle lies, so that shares are met as near as may be.
        """
        if self.by == "score":
            return Limits(self.names, self.numbers)
        groups = distribution(scores.select(value=scores.score.cast("float64")))
        everybody = float(max(scores.count().to_pyarrow().as_py(), 1))
        place = (everybody - (groups.upto.cast("float64") - groups.rows.cast("float64") / 2.0)) / everybody
        edges = [edge - _HAIR for edge in accumulate(self.numbers)][:-1]
        found = groups.mutate(place=place)
        row = found.aggregate(
            **{f"limit_{i}": found.value.min(where=found.place < edge) for i, edge in enumerate(edges)}
        )
        limits = row.to_pyarrow().to_pylist()[0]
        return Limits(self.names, tuple(limits[f"limit_{i}"] for i in range(len(edges))))


def read_cutoffs(raw: object, levels: Sequence[str], place: str = "cutoffs") -> Cutoffs:
    """Read `{by: share, A1: 0.05, …, D: 0.25}`, from the top and summing to 1, or `{by: score, A1: 85, …, C: 30}`.

    `levels` go from the lowest to the highest. Refused, its `where` the path of the place.
    """
    content = reading.mapping(raw, place)
    by = reading.choice(content, "by", place, ["share", "score"])
    from_top = tuple(levels)[::-1]
    names = from_top if by == "share" else from_top[:-1]
    for key in content:
        if key not in (*names, "by"):
            raise reading.wrong(f"There is no level {key}", place, nearest(key, list(names)))
    hint = f"Give every level of {', '.join(names)} its own"
    numbers = tuple(_limit(content, name, place, hint) for name in names)
    if by == "share" and (min(numbers) < 0 or abs(sum(numbers) - 1) > 1e-6):
        raise reading.wrong(f"The shares of the levels must sum to 1, not to {sum(numbers):g}", place, hint)
    if by == "score" and any(upper < lower for upper, lower in pairwise(numbers)):
        raise reading.wrong(f"The scores of the levels must fall from {names[0]} to {names[-1]}", place, hint)
    return Cutoffs(from_top, by, numbers)


def _limit(content: Mapping[str, object], name: str, place: str, hint: str) -> float:
    if name not in content or content[name] is None:
        raise reading.wrong(f"The cut-off of level {name} is missing", place, hint)
    return reading.as_number(content[name], f"{place}.{name}")
