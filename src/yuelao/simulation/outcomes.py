"""Plays the customers: what each would answer to a call made after the extracts, and would buy without one.

Answers are drawn by hashing (seed, customer, product, day), so the same question always gets the same answer, in
whatever order and company it is asked. Potential outcomes are coupled: who would have bought within 30 days anyway
buys when spoken to about it, so that over a call list `effect × reach` is exactly what the calls add.

Limits: a played purchase or refusal changes neither the extracts nor the truth (the caller's ledger must keep
refusals and buyers out); demand stays as of the day after the extracts; "anyway" is drawn by calendar month, so a
campaign and its hold-out should lie in one month to share it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet
from numpy.typing import NDArray

from yuelao.common.errors import NotFound, nearest
from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, response
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.extracts import TRUTH
from yuelao.simulation.population import Integers

Hashes = NDArray[np.uint64]
_ANYWAY, _DAY_OF_ORDER = 100, 101
_HORIZON = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call."""

    outcome: Outcome
    talk_seconds: int


class Truth:
    """The hidden truth about every customer of one simulated operator."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        self._columns = columns

    def answer(
        self,
        source_ids: Sequence[str],
        products: Sequence[str],
        moments: Sequence[datetime],
        recent_contacts: Sequence[int],
        seed: int,
    ) -> list[Answer]:
        """Answers to calls: one product and local moment each, after so many contacts in the last 30 days.

        Raises NotFound for a customer or a product that is not of this world.
        """
        rows, chosen = self._rows(source_ids), self._products(products)
        days = np.array([moment.toordinal() for moment in moments], dtype=np.int64)
        draws = _uniforms(seed, rows, chosen, days, range(response.DRAWS))
        draws[:, 2] = self._anyway_draw(seed, rows, chosen, moments)
        called = response.Called(
            reach=self._columns["reach"][rows],
            rhythm=self._columns["rhythm"][rows],
            tolerance=self._columns["tolerance"][rows],
            number_state=self._columns["number_state"][rows],
            baseline=self._of("baseline", rows, chosen),
            persuasion=self._of("persuasion", rows, chosen),
            hour=np.array([moment.hour for moment in moments], dtype=np.int64),
            recent=np.array(recent_contacts, dtype=np.int64),
        )
        outcome, talk = response.answer(called, draws)
        pairs = zip(outcome.tolist(), talk.tolist(), strict=True)
        return [Answer(response.CODES[code], seconds) for code, seconds in pairs]

    def buys_anyway(
        self, source_ids: Sequence[str], products: Sequence[str], since: date, seed: int
    ) -> list[datetime | None]:
        """When, within 30 days from `since`, each customer orders the product unprompted; None: does not."""
        rows, chosen = self._rows(source_ids), self._products(products)
        start = datetime(since.year, since.month, since.day)
        starts = [start] * len(rows)
        buys = self._anyway_draw(seed, rows, chosen, starts) < self._of("baseline", rows, chosen)
        months = np.full(len(rows), _month(start))
        when = _uniforms(seed, rows, chosen, months, [_DAY_OF_ORDER])[:, 0] * _HORIZON
        return [
            start + timedelta(days=days) if bought else None
            for bought, days in zip(buys.tolist(), when.tolist(), strict=True)
        ]

    def effect(self, source_ids: Sequence[str], product: str) -> Numbers:
        """What a conversation adds to each customer's chance to buy within 30 days, with no recent contacts."""
        rows, chosen = self._rows(source_ids), self._products([product] * len(source_ids))
        return (1 - self._of("baseline", rows, chosen)) * self._of("persuasion", rows, chosen)

    def baseline(self, source_ids: Sequence[str], product: str) -> Numbers:
        """Each customer's chance to order the product within 30 days without any contact."""
        return self._of("baseline", self._rows(source_ids), self._products([product] * len(source_ids)))

    def need(self, source_ids: Sequence[str], product: str) -> Numbers:
        """Each customer's hidden need of the product."""
        return self._of("need", self._rows(source_ids), self._products([product] * len(source_ids)))

    def _rows(self, source_ids: Sequence[str]) -> Integers:
        total = len(self._columns["number"])
        rows = np.array([int(name[2:]) - 1 if _is_id(name) else -1 for name in source_ids], dtype=np.int64)
        strange = np.flatnonzero((rows < 0) | (rows >= total))
        if len(strange):
            raise NotFound(f"the simulated operator has no customer {source_ids[strange[0]]}")
        return rows

    def _products(self, products: Sequence[str]) -> Integers:
        known = {code: index for index, code in enumerate(catalogue.PRODUCT_CODES)}
        for product in set(products) - known.keys():
            hint = nearest(product, list(known))
            raise NotFound(f"the simulated operator sells no product {product}", hint=hint)
        return np.array([known[product] for product in products], dtype=np.int64)

    def _of(self, name: str, rows: Integers, chosen: Integers) -> Numbers:
        values = np.zeros(len(rows))
        for index, code in enumerate(catalogue.PRODUCT_CODES):
            here = chosen == index
            values[here] = self._columns[f"{name}_{code}"][rows[here]]
        return values

    def _anyway_draw(self, seed: int, rows: Integers, chosen: Integers, moments: Sequence[datetime]) -> Numbers:
        months = np.array([_month(moment) for moment in moments], dtype=np.int64)
        return _uniforms(seed, rows, chosen, months, [_ANYWAY])[:, 0]


def load_truth(directory: Path) -> Truth:
    """The truth of the extracts in `directory`. Raises NotFound where nothing was simulated."""
    path = directory / TRUTH
    if not path.is_file():
        raise NotFound("there is no simulated truth", where=str(path), hint="Run yuelao simulate first")
    table = pyarrow.parquet.read_table(path)
    return Truth({name: table.column(name).to_numpy() for name in table.column_names})


def _is_id(name: str) -> bool:
    return name.startswith("KH") and name[2:].isdecimal()


def _month(moment: datetime) -> int:
    return moment.year * 12 + moment.month


def _uniforms(seed: int, rows: Integers, chosen: Integers, days: Integers, streams: Sequence[int]) -> Numbers:
    """Uniforms in [0, 1) of shape n × streams, a pure function of the arguments' values."""
    base = np.full(len(rows), seed, dtype=np.uint64)
    for part in (rows, chosen, days):
        base = _mixed(base ^ _mixed(part.astype(np.uint64)))
    columns = [_mixed(base ^ _mixed(np.full(len(rows), stream, dtype=np.uint64))) for stream in streams]
    hashes = np.stack(columns, axis=1)
    return np.asarray((hashes >> np.uint64(11)) * 2.0**-53)


def _mixed(values: Hashes) -> Hashes:
    # splitmix64 (Steele, Lea and Flood 2014): each input bit reaches every output bit
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
