"""A world in memory for the reported cases: what its operator could see, and the truth the policies are played on."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import world
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.outcomes import Truth
from yuelao.simulation.population import Flags, Integers

Rows = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Observed:
    """The rows of some blocks, by table; customers are counted from 0, in the order of their numbers."""

    tables: dict[str, Rows]
    truth: Truth
    until: np.datetime64  # the day after the last row

    @cached_property
    def customers(self) -> int:
        """How many there are."""
        return len(self.truth.column("number"))

    @cached_property
    def ids(self) -> NDArray[np.str_]:
        """Their ids in the extracts."""
        return np.array([f"KH{number:08d}" for number in self.truth.column("number")])

    def back(self, days: int) -> np.datetime64:
        """The day so many days before the end."""
        return np.datetime64(self.until - np.timedelta64(days, "D"))

    def count(self, table: str, which: Flags, weight: Numbers | None = None) -> Numbers:
        """How many of the rows `which` each customer has, or the sum of their weights."""
        number = self.tables[table]["number"][which] - 1
        weights = None if weight is None else weight[which]
        return np.bincount(number, weights, minlength=self.customers).astype(float)

    def since(self, table: str, days: int) -> Flags:
        """Which rows are of the last `days` days."""
        return np.asarray(self.tables[table]["moment"] >= self.back(days))

    def last(self, table: str, column: str, which: Flags | None = None) -> NDArray[Any]:
        """The value of each customer's latest row, by `day` or else by order of writing."""
        rows = self.tables[table]
        here = np.arange(len(rows["number"])) if which is None else np.flatnonzero(which)
        when = rows["day"][here] if "day" in rows else here
        order = here[np.argsort(when, kind="stable")]
        found = np.zeros(self.customers, dtype=rows[column].dtype)
        found[rows["number"][order] - 1] = rows[column][order]
        return found

    def present(self) -> Flags:
        """Who is a customer still, and may be called."""
        register = self.tables["customers"]
        here = register["observed"] == self.until - 1
        allowed = here & (register["do_not_call"] == 0) & (register["staff"] == 0)
        return np.bincount(register["number"][allowed] - 1, minlength=self.customers) > 0

    def mean_use(self, column: str, months: int) -> Numbers:
        """Mean of a column of the monthly use over the last months, 0 for who had none."""
        recent = self._recent_use(months)
        values = self.tables["usage_monthly"][column].astype(float)
        return np.asarray(self.count("usage_monthly", recent, values) / self._had(recent))

    def months_with(self, column: str, least: float, most: float, months: int) -> Numbers:
        """In how many of the last months a column of the monthly use lay between two values."""
        values = self.tables["usage_monthly"][column]
        return self.count("usage_monthly", self._recent_use(months) & (values >= least) & (values < most))

    def _recent_use(self, months: int) -> Flags:
        return np.asarray(self.tables["usage_monthly"]["month"] >= self.until.astype("datetime64[M]") - months)

    def _had(self, recent: Flags) -> Numbers:
        return np.maximum(self.count("usage_monthly", recent), 1)


def observe(seed: int, blocks: int, until: date, months: int = 6, *, cut_link: bool = False) -> Observed:
    """Live the first `blocks` blocks of a world up to the first of month `until`."""
    day = np.datetime64(until, "D")
    span = np.datetime64(until, "M") + np.arange(-months, 0)
    lived = [world.live(seed, block, span, cut_link=cut_link) for block in range(blocks)]
    hidden = [world.truth(block, day) for block in lived]
    truth = Truth({name: np.concatenate([columns[name] for columns in hidden]) for name in hidden[0]})
    names = set.intersection(*(set(block.log.pieces) for block in lived))
    tables = {name: _joined([block.log.table(name) for block in lived]) for name in names}
    return Observed(tables, truth, day)


def _joined(pieces: list[Rows]) -> Rows:
    return {column: np.concatenate([piece[column] for piece in pieces]) for column in pieces[0]}


def pick(which: Flags, at_most: int, rng: np.random.Generator) -> Integers:
    """Some of those marked, in random order."""
    return np.asarray(rng.permutation(np.flatnonzero(which))[:at_most])
