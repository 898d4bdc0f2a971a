"""The kinds of trained models: how each is fitted, by what two of its versions are told apart, what its answer adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.family import Floats
from yuelao.analytics.propensity import Card, Tested, train_offers, train_response
from yuelao.analytics.replacement import Card as CardByCost
from yuelao.analytics.replacement import train_replacement
from yuelao.analytics.replacement.reduction import reduct_of
from yuelao.analytics.uplift.gain import qini_gain
from yuelao.analytics.uplift.model import study
from yuelao.analytics.uplift.trial import FEWEST_OF_AN_ARM
from yuelao.common.errors import Refused
from yuelao.operations import products
from yuelao.warehouse.targets import LOOK_ALIKE
from yuelao.workflows.challenge_champion import BY_AUC, Gauge
from yuelao.workflows.describe_likeness import describe_likeness
from yuelao.workflows.gather_training import LABEL, REPLACEMENT, RESPONSE, UPLIFT, Examples, Lesson
from yuelao.workflows.gather_trial import TREATED
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import Model
from yuelao.workflows.product_attributes import product_attributes
from yuelao.workflows.training_answer import Trained, TrainedByCost, TrainedLikeness, TrainedOffers, TrainedUplift

_HARDLY = 0.55
_HARDLY_RANKS = "On later contacts it ranks hardly better than chance: begin with a trial, or rank without a model"
_NOBODY_PAYS = "At these costs no call pays, whoever is called"
_HANDSETS = "handset"


@dataclass(frozen=True, eq=False)
class Learned:
    """A fitted model, the rows it was tested on, and the few inputs that say nearly what all do.

    told: what the answer tells of its card. warnings: what a planner must hear. refused: why it must not be put into
    use; empty where nothing is against it.
    """

    model: Model
    tested: Tested
    reduct: list[str]
    told: Mapping[str, Any]
    warnings: list[str] = field(default_factory=list)
    refused: str = ""


class Kind(Protocol):
    """A kind of model."""

    @property
    def gauge(self) -> Gauge:
        """By what two versions are told apart."""

    @property
    def answer(self) -> type[Trained]:
        """The form of what a training tells."""

    @property
    def chosen(self) -> Mapping[str, Any]:
        """What the recipe must keep to train alike once more."""

    def fit(self, examples: Examples, inputs: Sequence[str], seed: int) -> Learned:
        """Fit to earlier rows and test on later ones; Refused where there is too little to learn from."""


@dataclass(frozen=True)
class ByRecipe:
    """The probability of an event, by the recipe that did best forward in time; versions are told apart by AUC."""

    gauge: Gauge = BY_AUC
    answer: type[Trained] = Trained
    chosen: Mapping[str, Any] = field(default_factory=dict)

    def train(self, examples: Examples, inputs: Sequence[str], seed: int) -> tuple[Model, Card, Tested]:
        return train_response(examples.table, LABEL, examples.time, inputs, seed)

    def fit(self, examples: Examples, inputs: Sequence[str], seed: int) -> Learned:
        model, card, tested = self.train(examples, inputs, seed)
        reduct = reduct_of(examples.table, LABEL, examples.time, inputs, seed)
        tried = [{"family": each.family, "metric": each.metric} for each in card.candidates]
        told = {name: value for name, value in card.as_dict().items() if name in self.answer.model_fields}
        return Learned(model, tested, reduct, told | {"candidates": tried}, _warnings(card))


@dataclass(frozen=True)
class ByOffer(ByRecipe):
    """By recipe, with a level for each product on each channel. products: their attributes."""

    products: pa.Table | None = None
    answer: type[Trained] = TrainedOffers

    def train(self, examples: Examples, inputs: Sequence[str], seed: int) -> tuple[Model, Card, Tested]:
        return train_offers(examples.table, LABEL, examples.time, inputs, self.products, seed)


@dataclass(frozen=True)
class ByLikeness(ByRecipe):
    """By recipe; the card tells how many resemble the buyers, and what offers did to who bought."""

    answer: type[Trained] = TrainedLikeness

    def train(self, examples: Examples, inputs: Sequence[str], seed: int) -> tuple[Model, Card, Tested]:
        model, card, tested = train_response(examples.table, LABEL, examples.time, inputs, seed)
        card = replace(card, likeness=describe_likeness(examples.table, tested))
        return replace(model, card=card), card, tested


@dataclass(frozen=True)
class ByCost:
    """The probability of an event, the way that costs least; versions are told apart by what their calls cost."""

    costs: Costs
    answer: type[Trained] = TrainedByCost

    @property
    def gauge(self) -> Gauge:
        return Gauge("cost", lambda _rows, *said: self.costs.gain(*said))

    @property
    def chosen(self) -> Mapping[str, Any]:
        return {"costs": self.costs.as_dict()}

    def fit(self, examples: Examples, inputs: Sequence[str], seed: int) -> Learned:
        model, card, tested = train_replacement(examples.table, LABEL, examples.time, inputs, self.costs, seed)
        told = {name: getattr(card, name) for name in ("cost_of_none", "cost_of_all", "threshold")}
        tried = [{"family": str(each.way), "metric": each.validation_cost} for each in card.candidates]
        ways = [asdict(each) for each in card.candidates]
        own = {"candidates": tried, "ways": ways, "used": asdict(card.used), "cost": card.figures.cost}
        told = {**_figures(card), **told, **own, **self.chosen}
        nobody = [_NOBODY_PAYS] if card.threshold > 1 else []
        return Learned(model, tested, list(card.reduct), told, [*_warnings(card), *nobody])


@dataclass(frozen=True)
class ByTrial:
    """What a contact adds, from a draw of hold-outs; a model whose ranking beats chance nowhere is not put into use.

    Versions are told apart by Qini, on customers whose outcome the one in use could not know.
    """

    answer: type[Trained] = TrainedUplift
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gauge(self) -> Gauge:
        return Gauge("qini", _qini_gain)

    def fit(self, examples: Examples, inputs: Sequence[str], seed: int) -> Learned:
        found = study(examples.table, TREATED, LABEL, inputs, seed=seed)
        card, happened = found.model.card, np.asarray(examples.table[LABEL].cast(pa.float64()))
        days = [str(day) for day in pc.min_max(examples.table[examples.time]).as_py().values()]
        tried = [{"family": each.name, "metric": each.qini} for each in card.learners]
        told = {name: value for name, value in card.as_dict().items() if name in TrainedUplift.model_fields}
        own = {"positives": int(happened.sum()), "family": card.chosen, "candidates": tried}
        tested = Tested(np.arange(len(happened)), -found.place, happened)
        refused = "" if card.evident else card.evidence
        return Learned(found.model, tested, [], told | own | {"train_window": days, "test_window": days}, [], refused)


_KINDS: Mapping[str, Callable[[House, Lesson], Kind]] = {
    REPLACEMENT: lambda house, lesson: ByCost(costs_of(house, lesson)),
    UPLIFT: lambda _house, _lesson: ByTrial(),
    RESPONSE: lambda house, _lesson: ByOffer(products=product_attributes(house)),
    LOOK_ALIKE: lambda _house, _lesson: ByLikeness(),
}
"""Kinds of their own, by model; every other model is made by recipe."""


def kind_of(house: House, lesson: Lesson) -> Kind:
    """The kind of model that a lesson asks for."""
    make = _KINDS.get(lesson.model)
    return make(house, lesson) if make else ByRecipe()


def costs_of(house: House, lesson: Lesson) -> Costs:
    """What a call costs and a handset earns: as asked, else by the settings and the mean of the handsets on offer.

    Refused where no product of the group says what a handset earns, or the two decide nothing.
    """
    call = house.workspace.settings.call_cost if lesson.call_cost is None else lesson.call_cost
    return Costs(call, _handset_margin(house) if lesson.margin is None else lesson.margin)


def _handset_margin(house: House) -> float:
    with house.database.transaction(read_only=True) as session:
        earned = [each.margin - each.cost for each in products.list_all(session) if each.group == _HANDSETS]
    if not earned:
        hint = f"Say it with --margin, or define products of the group {_HANDSETS!r}"
        raise Refused("No product says what a handset earns", where="--margin", hint=hint)
    return float(np.mean(earned))


def _figures(card: Card | CardByCost) -> dict[str, Any]:
    return {name: getattr(card, name) for name in _OF_THE_CARD}


_OF_THE_CARD = (
    "rows", "positives", "auc", "lift_top_decile", "calibration_error", "train_window", "test_window", "family",
)  # fmt: skip


def _warnings(card: Card | CardByCost) -> list[str]:
    return [_HARDLY_RANKS] if card.auc < _HARDLY else []


def _qini_gain(rows: pa.Table, happened: Floats, scores: Floats, others: Floats) -> tuple[float, float]:
    """Nothing is gained, and nothing sure, where an arm has too few rows to tell."""
    treated = np.asarray(rows[TREATED].cast(pa.float64()))
    if min(treated.sum(), len(treated) - treated.sum()) < FEWEST_OF_AN_ARM:
        return 0.0, float("inf")
    found = qini_gain(scores, others, treated, happened)
    return found.value, found.error
