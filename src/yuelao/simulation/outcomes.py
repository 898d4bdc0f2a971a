"""Plays the customers: what each would answer to a contact made after the extracts, and would buy without one.

Answers are drawn by hashing (seed, customer, product, day), so the same question always gets the same answer, in
whatever order and company it is asked. Potential outcomes are coupled: who would have bought within 30 days anyway
buys when spoken to about it, so that over a call list `effect × reach` is exactly what the calls add.

Limits: a single `answer` changes nothing (the caller's ledger must keep refusals and buyers out; `play` remembers
within its contacts); demand stays as of the day after the extracts; "anyway" is drawn by calendar month, so a
campaign and its hold-out should lie in one month to share it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
from numpy.typing import NDArray

from yuelao.common.errors import NotFound, nearest
from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, habits, response
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.draws import uniforms
from yuelao.simulation.extracts import TRUTH
from yuelao.simulation.population import Integers

Columns = Mapping[str, NDArray[Any]]
_ANYWAY, _DAY_OF_ORDER, _BY_CHANNEL = 100, 101, 1000
_HORIZON = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one contact."""

    outcome: Outcome
    talk_seconds: int


class Truth:
    """The hidden truth about every customer of one simulated operator; `columns` as `truth` lists them."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def column(self, name: str, rows: Integers | None = None) -> NDArray[Any]:
        """A column of the truth, of all customers in order or of some rows."""
        values = self._columns[name]
        return values if rows is None else values[rows]

    def answer(
        self,
        source_ids: Sequence[str],
        products: Sequence[str],
        moments: Sequence[datetime],
        recent_contacts: Sequence[float],
        seed: int,
        channels: Sequence[str] | None = None,
    ) -> list[Answer]:
        """Answers to contacts: one product and local moment each, after so many contacts in the last 30 days.

        `channels`: phone, sms, online or hall for each; all by phone when left out. Raises NotFound for a customer,
        product or channel that is not of this world.
        """
        rows, chosen = self.rows(source_ids), self.products(products)
        on = self.channels(["phone"] * len(rows) if channels is None else channels)
        called = self.called(rows, chosen, on, moments, np.array(recent_contacts, dtype=float))
        outcome, talk = response.answer(called, self.draws(seed, rows, chosen, on, moments))
        pairs = zip(outcome.tolist(), talk.tolist(), strict=True)
        return [Answer(response.CODES[code], seconds) for code, seconds in pairs]

    def buys_anyway(
        self, source_ids: Sequence[str], products: Sequence[str], since: date, seed: int
    ) -> list[datetime | None]:
        """When, within 30 days from `since`, each customer orders the product unprompted; None: does not."""
        rows, chosen = self.rows(source_ids), self.products(products)
        start = datetime(since.year, since.month, since.day)
        starts = [start] * len(rows)
        buys = self._anyway_draw(seed, rows, chosen, starts) < self._of("baseline", rows, chosen)
        months = np.full(len(rows), _month(start))
        when = uniforms(seed, (rows, chosen, months), [_DAY_OF_ORDER])[:, 0] * _HORIZON
        return [
            start + timedelta(days=days) if bought else None
            for bought, days in zip(buys.tolist(), when.tolist(), strict=True)
        ]

    def effect(self, source_ids: Sequence[str], product: str) -> Numbers:
        """What a conversation by phone adds to each customer's chance to buy in 30 days, with no recent contacts."""
        rows, chosen = self.rows(source_ids), self.products([product] * len(source_ids))
        phone = np.full(len(rows), habits.PHONE)
        persuaded = response.by_channel(self._of("persuasion", rows, chosen), phone, self.lean(rows, phone))
        return np.asarray((1 - self._of("baseline", rows, chosen)) * persuaded)

    def baseline(self, source_ids: Sequence[str], product: str) -> Numbers:
        """Each customer's chance to order the product within 30 days without any contact."""
        return self._of("baseline", self.rows(source_ids), self.products([product] * len(source_ids)))

    def need(self, source_ids: Sequence[str], product: str) -> Numbers:
        """Each customer's hidden need of the product."""
        return self._of("need", self.rows(source_ids), self.products([product] * len(source_ids)))

    def called(
        self, rows: Integers, chosen: Integers, on: Integers, moments: Sequence[datetime], recent: Numbers
    ) -> response.Called:
        """What `response` asks about contacts; a product of −1 is none and sells nothing."""
        return response.Called(
            reach=self._columns["reach"][rows],
            rhythm=self._columns["rhythm"][rows],
            tolerance=self._columns["tolerance"][rows],
            number_state=self._columns["number_state"][rows],
            baseline=self._of("baseline", rows, chosen),
            persuasion=self._of("persuasion", rows, chosen),
            hour=np.array([moment.hour for moment in moments], dtype=np.int64),
            recent=recent,
            channel=on,
            lean=self.lean(rows, on),
        )

    def draws(self, seed: int, rows: Integers, chosen: Integers, on: Integers, moments: Sequence[datetime]) -> Numbers:
        """The uniforms behind the answers; buying anyway is the same by whatever channel and on whatever day."""
        days = np.array([moment.toordinal() for moment in moments], dtype=np.int64)
        found = np.zeros((len(rows), response.DRAWS))
        for channel in range(len(habits.CHANNELS)):
            here = on == channel
            first = 0 if channel == habits.PHONE else _BY_CHANNEL * channel
            keys = rows[here], chosen[here], days[here]
            found[here] = uniforms(seed, keys, range(first, first + response.DRAWS))
        found[:, 2] = self._anyway_draw(seed, rows, chosen, moments)
        return found

    def lean(self, rows: Integers, on: Integers) -> Numbers:
        """How much each customer leans to the channel named for it."""
        shares = np.stack([self._columns[f"habit_{name}"] for name in habits.CHANNELS])
        return response.leaning(shares[on, rows])

    def rows(self, source_ids: Sequence[str]) -> Integers:
        """The places of customers. Raises NotFound for a stranger."""
        total = len(self._columns["number"])
        rows = np.array([int(name[2:]) - 1 if _is_id(name) else -1 for name in source_ids], dtype=np.int64)
        strange = np.flatnonzero((rows < 0) | (rows >= total))
        if len(strange):
            raise NotFound(f"the simulated operator has no customer {source_ids[strange[0]]}")
        return rows

    def products(self, products: Sequence[str]) -> Integers:
        """The places of products. Raises NotFound for one that is not sold."""
        return _places(products, catalogue.PRODUCT_CODES, "sells no product")

    def channels(self, channels: Sequence[str]) -> Integers:
        """The places of channels. Raises NotFound for another than phone, sms, online, hall."""
        return _places(channels, habits.CHANNELS, "has no channel")

    def _of(self, name: str, rows: Integers, chosen: Integers) -> Numbers:
        values = np.zeros(len(rows))
        for index, code in enumerate(catalogue.PRODUCT_CODES):
            here = chosen == index
            values[here] = self._columns[f"{name}_{code}"][rows[here]]
        return values

    def _anyway_draw(self, seed: int, rows: Integers, chosen: Integers, moments: Sequence[datetime]) -> Numbers:
        months = np.array([_month(moment) for moment in moments], dtype=np.int64)
        return uniforms(seed, (rows, chosen, months), [_ANYWAY])[:, 0]


class _Stored(Mapping[str, NDArray[Any]]):
    """The columns of a truth on disk, each read when first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = pyarrow.parquet.read_schema(path).names
        self._read: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._read:
            if name not in self._names:
                raise KeyError(name)
            column = pyarrow.parquet.read_table(self._path, columns=[name]).column(name)
            self._read[name] = column.to_numpy()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def load_truth(directory: Path) -> Truth:
    """The truth of the extracts in `directory`. Raises NotFound where nothing was simulated."""
    path = directory / TRUTH
    if not path.is_file():
        raise NotFound("there is no simulated truth", where=str(path), hint="Run yuelao simulate first")
    return Truth(_Stored(path))


def _is_id(name: str) -> bool:
    return name.startswith("KH") and name[2:].isdecimal()


def _month(moment: datetime) -> int:
    return moment.year * 12 + moment.month


def _places(names: Sequence[str], known: Sequence[str], complaint: str) -> Integers:
    places = {name: index for index, name in enumerate(known)}
    for name in set(names) - places.keys():
        raise NotFound(f"the simulated operator {complaint} {name}", hint=nearest(name, list(known)))
    return np.array([places[name] for name in names], dtype=np.int64)
