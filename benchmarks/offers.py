"""Thin and new products: partial pooling beside none, complete pooling, and the product as a LightGBM category.

make bench runs it on 20,000 simulated customers over 8 months; .venv/bin/python benchmarks/offers.py --customers 50000

Of each product in turn all contacts are taken away but so many calls, drawn anew in each repeat: 0 (a new product, of
which only its attributes are known), 20, 100, 500; of a product on a channel at most about 1,000 contacts are kept.
Every way learns from what is left, with the recipe chosen on all contacts, and is asked how likely each customer of the
newest view buys the product when spoken to by phone. The truth is known to the simulation: so the log loss is the
expected one, over all customers and without the luck of a test; what is left of chance is which contacts were drawn.
Beside it: how far the mean is from the true one (factor), and whether the seven means are in the right order when each
product in turn is the thin one (rank correlation).

ours       train_offers: levels of products on channels, partially pooled
none       a model of the customer (channel known, product not), and the product's own rate upon it
complete   the same model for every product
category   the recipe with product and channel as categories: what the product had before
lightgbm   LightGBM alone with product and channel as categories, calibrated as all the others
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yuelao.analytics.boosting import TreesFamily
from yuelao.analytics.calibration import logistic
from yuelao.analytics.choosing import Choice, choose
from yuelao.analytics.evaluation import rank_correlation
from yuelao.analytics.forward import Recipe
from yuelao.analytics.history import History, read_history
from yuelao.analytics.propensity.catalogue import Catalogue
from yuelao.analytics.propensity.fitting import fit_choice
from yuelao.analytics.propensity.offer_fitting import fit_offers
from yuelao.analytics.propensity.offers import Grid
from yuelao.analytics.propensity.recipes import OFFER
from yuelao.analytics.propensity.training import rows_of
from yuelao.common.ids import pseudonym
from yuelao.common.memory import peak_memory_mb
from yuelao.simulation import habits, load_truth, response, simulate
from yuelao.warehouse.features import build_view
from yuelao.warehouse.ingest import stage
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.training import training_set

Floats = NDArray[np.float64]
UNTIL, MONTHS = date(2026, 11, 1), 8
PRODUCTS = pa.table(
    {
        "product": [
            "data_10gb",
            "data_30gb",
            "plan_5g_129",
            "handset_mid",
            "handset_flagship",
            "ringtone_vas",
            "handset_value",
        ],
        "product_group": ["data", "data", "plan", "handset", "handset", "vas", "handset"],
        "product_price": [20.0, 40, 129, 1499, 5299, 5, 999],
        "product_margin": [90.0, 170, 260, 180, 420, 25, 120],
        "product_minutes": [5.0, 6, 8, 9, 10, 3, 9],
    }
)
"""As in the telecom pack; the last as the pack would have it."""
CODES = PRODUCTS["product"].to_pylist()
SIZES = (0, 20, 100, 500)
MOST_OF_A_CELL = 1_000
WAYS = ("ours", "none", "complete", "category", "lightgbm")
NOT_INPUTS = {"contacted_at", "label", "product", "channel"}
LIGHTGBM = Recipe(TreesFamily(leaves=8, rounds=60))


@dataclass(frozen=True, eq=False)
class World:
    """Contacts, and the newest view with everybody's true chance to buy each product when spoken to by phone."""

    contacts: pa.Table
    view: pa.Table
    truth: dict[str, Floats]


def live(home: Path, customers: int, seed: int) -> World:
    """Simulate, load, and read what a model may learn from."""
    simulate(customers, MONTHS, seed, home / "extracts", UNTIL)
    lake = Lake(home / "lake")
    lake.root.mkdir()
    with stage(home / "extracts" / "mapping.yaml", lake, secret="benchmark", today=UNTIL) as load:
        load.publish()
    truth = load_truth(home / "extracts")
    row = {pseudonym("benchmark", f"KH{number:08d}"): place for place, number in enumerate(truth.column("number"))}
    with lake.snapshot() as snapshot:
        contacts = training_set(snapshot, UNTIL, most_of_a_cell=MOST_OF_A_CELL)
        view = build_view(snapshot, UNTIL).to_pyarrow()
    here = np.array([row[customer] for customer in view[KEY].to_pylist()])
    stayed = ~truth.column("left")[here]
    here = here[stayed]
    lean = response.leaning(truth.column("habit_phone", here))
    phone, tired = np.full(len(here), habits.PHONE), 0.85 ** truth.column("recent", here)
    chances = {}
    for code in CODES:
        talked = response.by_channel(truth.column(f"persuasion_{code}", here), phone, lean) * tired
        chances[code] = np.asarray(1 - (1 - truth.column(f"baseline_{code}", here)) * (1 - talked), dtype=np.float64)
    return World(contacts, view.filter(pa.array(stayed)), chances)


def thinned(contacts: pa.Table, code: str, calls: int, rng: np.random.Generator) -> pa.Table:
    """The contacts with so many of the calls about a product, and none about it by other channels."""
    own = np.asarray(pc.equal(contacts["product"], code))
    phone = np.flatnonzero(own & np.asarray(pc.equal(contacts["channel"], "phone")))
    kept = rng.choice(phone, min(calls, len(phone)), replace=False)
    return contacts.take(pa.array(np.sort(np.r_[np.flatnonzero(~own), kept])))


def asked(view: pa.Table, code: str) -> pa.Table:
    """The customers, each offered the product by phone."""
    told = {"product": code, "channel": "phone"}
    for name, value in told.items():
        view = view.append_column(name, pa.array([value] * view.num_rows))
    return view


def names_of(contacts: pa.Table) -> list[str]:
    """The inputs that are about the customer."""
    return [name for name in contacts.column_names if name not in NOT_INPUTS]


Ways = dict[str, Floats]


def ours(contacts: pa.Table, view: pa.Table, code: str, recipes: Sequence[Recipe]) -> Ways:
    """As `train_offers` does, with recipes chosen before."""
    grid = Grid(Catalogue.read(PRODUCTS), tuple(sorted(set(contacts["channel"].to_pylist()))))
    table = grid.catalogue.complete(contacts)
    history = read_history(table, "label", "contacted_at", [*names_of(contacts), *grid.columns])
    rows = rows_of(history)
    rows = replace(rows, x=np.column_stack([rows.x, grid.cells(table)[history.places]]))
    fitted = fit_offers(rows, with_all(recipes, history), history.inputs, grid)
    told = grid.catalogue.complete(asked(view, code))
    return {"ours": fitted.predict(np.column_stack([history.inputs.matrix(told), grid.cells(told)]))}


def category(contacts: pa.Table, view: pa.Table, code: str, recipes: Sequence[Recipe]) -> Ways:
    """The product and the channel as categories beside the customer's inputs."""
    history = read_history(contacts, "label", "contacted_at", [*names_of(contacts), "product", "channel"])
    told, rows = history.inputs.matrix(asked(view, code)), rows_of(history)
    ways = {"category": recipes, "lightgbm": [LIGHTGBM]}
    return {name: fit_choice(rows, with_all(each, history)).predict(told) for name, each in ways.items()}


def customer(contacts: pa.Table, view: pa.Table, code: str, recipes: Sequence[Recipe]) -> Ways:
    """A model of the customer, for every product alike; and with the product's own rate upon it."""
    history = read_history(contacts, "label", "contacted_at", [*names_of(contacts), "channel"])
    rows = rows_of(history)
    fitted = fit_choice(rows, with_all(recipes, history))
    found = fitted.predict(history.inputs.matrix(asked(view, code)))
    own = np.asarray(pc.equal(contacts["product"], code))[history.places]
    level = own_level(fitted.predict(rows.x[own]), rows.y[own]) if own.any() else 0.0
    return {"complete": found, "none": logistic(odds(found) + level)}


def own_level(said: Floats, happened: Floats) -> float:
    """What must be added to the log-odds for the mean to be the rate; half a sale and half a refusal are added."""
    wanted = (happened.sum() + 0.5) / (len(happened) + 1.0)
    level = 0.0
    for _ in range(100):
        chance = logistic(odds(said) + level)
        level += float((wanted - chance.mean()) / (chance * (1 - chance)).mean())
    return level


def with_all(recipes: Sequence[Recipe], history: History) -> Choice:
    """These recipes with every input."""
    return Choice(tuple(recipes), tuple(range(len(history.inputs.columns))))


def odds(chance: Floats) -> Floats:
    """The log-odds of probabilities, kept finite."""
    held = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(held / (1 - held)))


def expected_loss(true: Floats, said: Floats) -> float:
    """The log loss to be expected, per 1,000 customers, beyond that of who says the truth."""
    held = np.clip(said, 1e-9, 1 - 1e-9)
    known = np.clip(true, 1e-12, 1 - 1e-12)
    return float(1000 * (true * np.log(known / held) + (1 - true) * np.log((1 - known) / (1 - held))).mean())


@dataclass(frozen=True)
class Answer:
    """One way asked about one product that was thinned: loss, mean said and true, rank correlation of customers."""

    way: str
    calls: int
    code: str
    repeat: int
    loss: float
    said: float
    true: float
    ranked: float


def ask(world: World, recipes: Sequence[Recipe], repeats: int, seed: int) -> list[Answer]:
    """Every way about every product at every size."""
    answers = []
    for calls in SIZES:
        for place, code in enumerate(CODES):
            for repeat in range(repeats if calls else 1):
                rng = np.random.default_rng([seed, calls, place, repeat])
                left, true = thinned(world.contacts, code, calls, rng), world.truth[code]
                for way in (ours, category, customer):
                    for name, said in way(left, world.view, code, recipes).items():
                        figures = expected_loss(true, said), float(said.mean()), float(true.mean())
                        answers.append(Answer(name, calls, code, repeat, *figures, rank_correlation(true, said)))
    return answers


def show(answers: Sequence[Answer]) -> None:
    """A line for each size and way; ours against the best other way with the standard error over products and draws."""
    print("calls  way       loss  factor off the mean  order of means  order of customers")
    for calls in SIZES:
        of_size = [each for each in answers if each.calls == calls]
        ways = {name: [each for each in of_size if each.way == name] for name in WAYS}
        losses = {name: np.array([each.loss for each in found]) for name, found in ways.items()}
        for name, found in ways.items():
            off = np.exp(np.mean([abs(np.log(each.said / each.true)) for each in found]))
            order = np.mean(
                [
                    rank_correlation([e.true for e in found if e.repeat == r], [e.said for e in found if e.repeat == r])
                    for r in {each.repeat for each in found}
                ]
            )
            ranked = np.mean([each.ranked for each in found])
            print(f"{calls:5}  {name:8} {losses[name].mean():6.2f} {off:20.2f} {order:15.2f} {ranked:19.3f}")
        best = min((name for name in WAYS if name != "ours"), key=lambda name: losses[name].mean())
        gain = losses[best] - losses["ours"]
        by_product = np.array([gain[[e.code == code for e in ways["ours"]]].mean() for code in CODES])
        error = by_product.std(ddof=1) / np.sqrt(len(by_product))
        told = f"{gain.mean():+.2f} ± {error:.2f} (standard error over products)"
        print(f"{calls:5}  ours against the best other ({best}): {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.process_time()
    with tempfile.TemporaryDirectory() as home:
        world = live(Path(home), given.customers, given.seed)
    history = read_history(world.contacts, "label", "contacted_at", [*names_of(world.contacts), "product", "channel"])
    recipes = choose(rows_of(history), OFFER).recipes
    families = "+".join(recipe.family.name for recipe in recipes)
    print(f"{world.contacts.num_rows:,} contacts, {world.view.num_rows:,} customers asked about, recipe {families}")
    show(ask(world, recipes, given.repeats, given.seed))
    print(f"{time.process_time() - began:.0f} CPU s, peak memory {peak_memory_mb():,.0f} MB")


if __name__ == "__main__":
    main()
