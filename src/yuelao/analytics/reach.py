"""When to call: from a model of who answers, the chance to be reached at every hour one may call, and the best hours.

Between the slots of a week only hour and weekday differ, so only what hangs on them is asked anew: two terms of a sum
of single inputs, and of the trees those that split by either, once for all slots that such a tree cannot tell apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.boosting import Boosted
from yuelao.analytics.family import Floats, Scorer
from yuelao.analytics.propensity import ResponseModel

if TYPE_CHECKING:
    import lightgbm as lgb

Slot = tuple[int, int]
"""A weekday (0 is Monday) and an hour of the day, 0–23."""
Slots = tuple[Slot, ...]

WHEN = ("weekday", "hour")
"""The inputs that tell a slot, in its order."""
NEAR_BEST = 0.25
"""A good hour lacks at most so much of what the best one is better than the mean."""
LEAST_GAIN = 0.02
"""Where the best hour is better than the mean by less, no hour is worth waiting for."""
_CHUNK = 20_000


@dataclass(frozen=True)
class BestTime:
    """Hours of the day on days of the week: `weekdays` first and last, `hours` from and to, the second not included.

    probability: to be reached then, the mean over its slots; mean: that over all slots.
    """

    weekdays: tuple[int, int]
    hours: tuple[int, int]
    probability: float
    mean: float


@dataclass(frozen=True, eq=False)
class Reach:
    """A model of who answers, and the slots of the week in which one may call, at least one."""

    model: ResponseModel
    slots: Slots

    def chances(self, table: pa.Table) -> Floats:
        """The probability to be reached in each slot, shape (rows, slots); the table needs no hour and no weekday.

        Raises Refused where another input is missing or of another type.
        """
        x = self.model.inputs.matrix(self.at_first(table))
        if not len(x):
            return np.empty((0, len(self.slots)))
        each = [_over(scorer, x, self._varied, len(self.slots)) for _, scorer in self.model.score.members]
        return self.model.calibration.apply(np.mean(each, axis=0))

    def mean(self, table: pa.Table) -> Floats:
        """The probability to be reached at any of the slots, shape (rows,)."""
        parts = (self.chances(table.slice(start, _CHUNK)) for start in range(0, table.num_rows, _CHUNK))
        return np.concatenate([np.empty(0), *(part.mean(axis=1) for part in parts)])

    def best(self, table: pa.Table) -> list[BestTime | None]:
        """For each row when to call; see `best_times`."""
        return best_times(self.chances(table), self.slots)

    def at_first(self, table: pa.Table) -> pa.Table:
        """The table as if all were called in the first slot."""
        for name, place in zip(WHEN, self.slots[0], strict=True):
            if name in self.model.inputs.names:
                table = table.append_column(name, pa.array(np.full(table.num_rows, place)))
        return table

    @cached_property
    def _varied(self) -> Mapping[int, Floats]:
        """Column of the model's matrix → its value in each slot."""
        names, values = self.model.inputs.names, np.array(self.slots, dtype=np.float64).T
        return {names.index(name): column for name, column in zip(WHEN, values, strict=True) if name in names}


def _over(scorer: Scorer, x: Floats, varied: Mapping[int, Floats], slots: int) -> Floats:
    """The log-odds in each slot, shape (rows, slots), of rows that stand in the first."""
    sums = scorer.start if isinstance(scorer, Boosted) else scorer
    one = np.repeat(x[:1], slots, axis=0)
    one[:, list(varied)] = np.array(list(varied.values())).T.reshape(slots, -1)
    terms = sums.parts(one)[:, list(varied)].sum(axis=1)
    odds: Floats = scorer.log_odds(x)[:, None] + (terms - terms[0])
    if isinstance(scorer, Boosted):
        _add_trees(odds, scorer.trees, x, varied)
    return odds


def _add_trees(odds: Floats, trees: "lgb.Booster", x: Floats, varied: Mapping[int, Floats]) -> None:
    """Add to the odds in the first slot what each tree says otherwise in the others."""
    for place, tree in enumerate(trees.dump_model()["tree_info"]):
        cuts = set(_cuts(tree["tree_structure"], varied))
        if not cuts:
            continue
        sides = np.stack([varied[column] <= cut for column, cut in cuts], axis=1)
        _, firsts, kinds = np.unique(sides, axis=0, return_index=True, return_inverse=True)
        said = np.stack([_one_tree(trees, place, _moved(x, varied, slot)) for slot in firsts], axis=1)
        odds += said[:, kinds.ravel()] - said[:, kinds.ravel()[:1]]


def _cuts(node: Mapping[str, Any], columns: Mapping[int, Floats]) -> Iterator[tuple[int, float]]:
    """Where a tree splits by one of the columns."""
    if "split_feature" not in node:
        return
    if node["split_feature"] in columns:
        yield node["split_feature"], node["threshold"]
    for child in ("left_child", "right_child"):
        yield from _cuts(node[child], columns)


def _one_tree(trees: "lgb.Booster", place: int, x: Floats) -> Floats:
    return np.asarray(trees.predict(x, raw_score=True, start_iteration=place, num_iteration=1, num_threads=1))


def _moved(x: Floats, varied: Mapping[int, Floats], slot: int) -> Floats:
    """The rows in another slot."""
    moved = x.copy()
    for column, values in varied.items():
        moved[:, column] = values[slot]
    return moved


def best_times(chances: Floats, slots: Slots) -> list[BestTime | None]:
    """For each row of `chances` (rows, slots) the longest time of which every slot is good; of two the likelier one.

    A time is so many hours in a row on so many weekdays in a row. None where no hour is worth waiting for.

    >>> week = tuple((day, hour) for day in range(7) for hour in (9, 10, 18, 19))
    >>> evenings = np.array([[0.6 if hour > 12 and day < 5 else 0.4 for day, hour in week]])
    >>> [best] = best_times(evenings, week)
    >>> best.weekdays, best.hours, round(best.probability, 2), round(best.mean, 2)
    ((0, 4), (18, 20), 0.6, 0.47)
    """
    mean, most = chances.mean(axis=1), chances.max(axis=1, initial=0.0)
    good = chances >= (most - NEAR_BEST * (most - mean))[:, None]
    worth = most - mean >= LEAST_GAIN
    best = np.full(len(chances), -1)
    size, likely = np.zeros(len(chances)), np.zeros(len(chances))
    stretches = _stretches(slots)
    for place, (_days, _hours, places) in enumerate(stretches):
        here = chances[:, places].mean(axis=1)
        better = (len(places) > size) | ((len(places) == size) & (here > likely))
        taken = worth & good[:, places].all(axis=1) & better
        best[taken], size[taken], likely[taken] = place, len(places), here[taken]
    return [
        None if place < 0 else BestTime(stretches[place][0], stretches[place][1], float(chance), float(usual))
        for place, chance, usual in zip(best, likely, mean, strict=True)
    ]


@cache
def _stretches(slots: Slots) -> Sequence[tuple[tuple[int, int], tuple[int, int], NDArray[np.int64]]]:
    """Weekdays in a row and hours in a row, and the places of their slots, where one may call in all of them."""
    found = []
    places = {slot: place for place, slot in enumerate(slots)}
    for first, last in _runs({day for day, _hour in slots}):
        for start, end in _runs({hour for _day, hour in slots}):
            here = [(day, hour) for day in range(first, last + 1) for hour in range(start, end + 1)]
            if all(slot in places for slot in here):
                found.append(((first, last), (start, end + 1), np.array([places[slot] for slot in here])))
    return found


def _runs(values: set[int]) -> Iterator[tuple[int, int]]:
    """First and last of every row of neighbours among the values."""
    for first in sorted(values):
        last = first
        while last in values:
            yield first, last
            last += 1
