"""Measure: how right the models of the view are on a simulated operator, of whom the truth is known.

A second operator, whose customers' behaviour has nothing to do with what is true of them, shows what chance gives.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evaluation import rank_correlation
from yuelao.common.clock import FixedClock
from yuelao.common.ids import pseudonym
from yuelao.common.progress import Progress, silent
from yuelao.simulation import catalogue, extracts, habits, oracle, population, world
from yuelao.simulation.outcomes import Truth, load_truth
from yuelao.warehouse.views import read_view
from yuelao.workflows.create_workspace import create
from yuelao.workflows.house import House
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.keep_model import champion_of, current_model
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.train_model import train

UNTIL = date(2026, 11, 1)
FEWEST_TOUCHES = 5
_CENT = 0.01


@dataclass(frozen=True)
class Kind:
    """A figure: what it says, and the values it must lie between."""

    en: str
    least: float | None = None
    most: float | None = None


KINDS: Mapping[str, Kind] = {
    "preferred_channel": Kind(f"Channel preferred is the top one of habit, customers with ≥ {FEWEST_TOUCHES} touches"),
    "oracle": Kind("The same by the oracle, who knows the mechanism and sees the same touches", 0.75, 0.90),
    "preferred_channel_of_oracle": Kind("The first ÷ the second", 0.90),
    "value": Kind("Value score against the margin of the next 12 months, rank correlation"),
    "best_plan": Kind("Cheapest plan of the last 3 months is the one found", 0.99),
    "plan_saving": Kind("Saving found against the true saving, rank correlation"),
    "handset_demand": Kind("Handset demand A–D against the chance to replace it in 90 days, rank correlation"),
    "response": Kind(
        "Response score against the true chance to buy when spoken to, rank correlation, mean of products"
    ),
    "reach": Kind("Chance to answer a call at noon on a Wednesday against the true one, rank correlation"),
    "churn": Kind("Chance to leave as learned against the true chance within a month, rank correlation"),
    "replacement": Kind("Chance of another handset as learned against the true one in 90 days, rank correlation"),
}
LEARNED: Mapping[str, str] = {"reach": "reach", "churn": "hazard", "replacement": "replacement"}
"""Models that are trained, beside the response: what the truth calls what they say."""
_NOON = {"hour": 12, "weekday": 2}
NO_CHANCE = ("preferred_channel_of_oracle", "best_plan", "plan_saving")
"""Figures that chance says nothing of: a quotient of two, and what follows from the bills alone."""


class Figure(BaseModel):
    """One figure over so many customers, beside what chance gives; None where there is nothing to compare."""

    model_config = ConfigDict(frozen=True)

    name: str
    en: str
    value: float
    customers: int
    chance: float | None
    least: float | None
    most: float | None

    @property
    def met(self) -> bool:
        """Whether it lies where it must."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


class Measured(BaseModel):
    """The figures of one simulated operator."""

    model_config = ConfigDict(frozen=True)

    customers: int
    months: int
    seed: int
    figures: list[Figure]
    seconds: float


@dataclass(frozen=True)
class World:
    """A simulated operator: how many customers and months, which seed, and whether behaviour tells anything."""

    customers: int
    seed: int
    months: int = 6
    until: date = UNTIL
    cut_link: bool = False


def measure(folder: Path, customers: int, seed: int, months: int = 6, progress: Progress = silent) -> Measured:
    """Simulate two operators below the empty `folder`, run the whole way to scores on each, and judge these."""
    started = perf_counter()
    found: list[dict[str, tuple[float, int]]] = []
    for place, cut in enumerate((False, True)):
        progress("measure the models", place, 2)
        one = World(customers, seed, months, cut_link=cut)
        with scored(folder / ("cut" if cut else "linked"), one) as house:
            found.append(judge(house, one))
    progress("measure the models", 2, 2)
    linked, by_chance = found
    figures = [
        Figure(
            name=name,
            en=kind.en,
            value=linked[name][0],
            customers=linked[name][1],
            chance=None if name in NO_CHANCE else by_chance[name][0],
            least=kind.least,
            most=kind.most,
        )
        for name, kind in KINDS.items()
    ]
    seconds = round(perf_counter() - started, 1)
    return Measured(customers=customers, months=months, seed=seed, figures=figures, seconds=seconds)


@contextmanager
def scored(path: Path, one: World, learned: Sequence[str] = ("response", *LEARNED)) -> Iterator[House]:
    """A workspace of its own at `path`: the operator's extracts loaded, the view scored, models learned."""
    clock = FixedClock(datetime.combine(one.until + timedelta(days=1), time(10), UTC))
    house = create(path, "telecom", {}, clock)
    with closing(house.database):
        out = house.workspace.extracts
        extracts.simulate(one.customers, one.months, one.seed, out, one.until, cut_link=one.cut_link)
        ingest(house, out / "mapping.yaml")
        refresh(house, one.until)
        for name in learned:
            train(house, name, one.until)
        yield house


def judge(house: House, one: World) -> dict[str, tuple[float, int]]:
    """Each figure with the number of customers it is over, from the scores of `one.until` and the models in use."""
    truth = load_truth(house.workspace.extracts)
    with house.lake.snapshot() as snapshot:
        view = read_view(snapshot, one.until).to_pyarrow()
    row = _rows_of(house, truth)
    here = np.array([row[customer] for customer in view["customer_id"].to_pylist()])
    stayed = ~truth.column("left")[here]
    view, here = view.filter(pa.array(stayed)), here[stayed]
    found = _channels(view, _guesses(one), truth, here) | _plans(view, truth, here)
    found["value"] = _ranked(view, "value_score", truth.column("margin", here))
    order = {"A": 3.0, "B": 2.0, "C": 1.0, "D": 0.0}
    demand = pa.array([order.get(level) for level in view["handset_demand"].to_pylist()], pa.float64())
    view = view.set_column(view.column_names.index("handset_demand"), "handset_demand", demand)
    found["handset_demand"] = _ranked(view, "handset_demand", truth.column("replacement", here))
    in_use = [name for name in ("response", *LEARNED) if champion_of(house, name)]
    return found | {name: _learned(house, name, view, truth, here) for name in in_use}


def _rows_of(house: House, truth: Truth) -> dict[str, int]:
    """The truth's row of each customer of the lake."""
    secret = house.workspace.secret
    numbers = truth.column("number").tolist()
    return {pseudonym(secret, f"KH{number:08d}"): row for row, number in enumerate(numbers)}


def _guesses(one: World) -> oracle.Guess:
    """What the oracle makes of the touches of every customer, in the order of their numbers."""
    span = np.datetime64(one.until, "M") + np.arange(-one.months, 0)
    day = np.datetime64(one.until, "D")
    parts = []
    for block in range(-(-one.customers // population.BLOCK)):
        lived = world.live(one.seed, block, span, cut_link=one.cut_link)
        parts.append(oracle.guess(lived, day, first=one.customers - block * population.BLOCK))
    return oracle.Guess(
        np.concatenate([part.top for part in parts]),
        np.concatenate([part.chance for part in parts]),
        np.concatenate([part.touches for part in parts]),
    )


def _channels(
    view: pa.Table, guessed: oracle.Guess, truth: Truth, here: NDArray[np.int64]
) -> dict[str, tuple[float, int]]:
    enough = guessed.touches[here] >= FEWEST_TOUCHES
    top = truth.column("top_channel", here)[enough]
    preferred = np.array(view["preferred_channel"].to_pylist(), dtype=object)[enough]
    named = np.array(habits.CHANNELS)[guessed.top[here][enough]]
    ours, best, n = float((preferred == top).mean()), float((named == top).mean()), int(enough.sum())
    return {"preferred_channel": (ours, n), "oracle": (best, n), "preferred_channel_of_oracle": (ours / best, n)}


def _plans(view: pa.Table, truth: Truth, here: NDArray[np.int64]) -> dict[str, tuple[float, int]]:
    """A plan that costs the same to the cent is as cheap; who had no bill has no cheapest plan."""
    cheapest = truth.column("cheapest_plan", here)
    billed = cheapest != ""
    found = np.array(view["best_plan"].to_pylist(), dtype=object)
    same = (found == cheapest) | (np.abs(3 * _floats(view, "bill_best") - truth.column("bill_cheapest", here)) < _CENT)
    saving = truth.column("bill_now", here) - truth.column("bill_cheapest", here)
    return {
        "best_plan": (float(same[billed].mean()), int(billed.sum())),
        "plan_saving": _ranked(view.filter(pa.array(billed)), "plan_saving", saving[billed]),
    }


def _learned(house: House, name: str, view: pa.Table, truth: Truth, here: NDArray[np.int64]) -> tuple[float, int]:
    if name == "response":
        return _responses(house, view, truth, here)
    for column, value in _NOON.items():
        view = view.append_column(column, pa.array([value] * view.num_rows))
    said = current_model(house, name).predict(view)
    return rank_correlation(said, truth.column(LEARNED[name], here)), view.num_rows


def _responses(house: House, view: pa.Table, truth: Truth, here: NDArray[np.int64]) -> tuple[float, int]:
    model = current_model(house, "response")
    found = []
    for code in catalogue.PRODUCT_CODES:
        said = model.predict(_offered(view, code))
        anyway, talked = truth.column(f"baseline_{code}", here), truth.column(f"persuasion_{code}", here)
        found.append(rank_correlation(said, 1 - (1 - anyway) * (1 - talked)))
    return float(np.mean(found)), view.num_rows


def _offered(view: pa.Table, code: str) -> pa.Table:
    """Everybody, called about the product."""
    for name, value in {"product": code, "channel": "phone"}.items():
        view = view.append_column(name, pa.array([value] * view.num_rows))
    return view


def _ranked(view: pa.Table, name: str, true: NDArray[Any]) -> tuple[float, int]:
    values = _floats(view, name)
    known = ~np.isnan(values)
    return rank_correlation(values[known], true[known]), int(known.sum())


def _floats(view: pa.Table, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = view[name].cast(pa.float64()).to_numpy()
    return values
