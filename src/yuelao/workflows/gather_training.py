"""Gather what a model learns from: its rows, their time and their label, by the model's name."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.warehouse.dates import add_months
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.targets import LOOK_ALIKE, OFFERED, TARGETS, Target, target_of
from yuelao.warehouse.training import history_begins, reach_set, training_set, windows_set
from yuelao.workflows.gather_trial import BOUGHT, MEASURED_ON, TREATED, gather_trial
from yuelao.workflows.house import House

RESPONSE, REACH, REPLACEMENT, UPLIFT = "response", "reach", "replacement", "uplift"
MODELS: tuple[str, ...] = (RESPONSE, REACH, *TARGETS, LOOK_ALIKE, UPLIFT)
LABEL = "label"
_CONTACTS = {
    UPLIFT: {"en": "Uplift: buys because of the contact", "zh": "增量：因外呼而成交"},
    RESPONSE: {"en": "Response: says yes when called", "zh": "响应：接通后是否成交"},
    REACH: {"en": "Reach: answers the call", "zh": "接通：是否接听"},
}
_NOT_INPUTS = frozenset({"customer_id", "contacted_at", "start", MEASURED_ON, TREATED, OFFERED, LABEL})
_WINDOWS = {REPLACEMENT: 3}
"""How many windows of the future a model is learned from: the ways to foresee a replacement are compared on one of
their own; the others take two, one to learn from and one to test on."""


@dataclass(frozen=True)
class Lesson:
    """Which model is asked for. product: of a look-alike, or of uplift; months: how far a model of the customers looks
    ahead; call_cost, margin: of a replacement, what a call costs and what a handset earns, in the workspace's currency.
    """

    model: str
    product: str | None = None
    months: int | None = None
    call_cost: float | None = None
    margin: float | None = None

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            hint = nearest(self.model, list(MODELS))
            raise NotFound(f"There is no model called {self.model!r}", where="train", hint=hint)
        if self.model != UPLIFT and (self.model == LOOK_ALIKE) != (self.product is not None):
            wanted = "needs a product to resemble the buyers of" if self.model == LOOK_ALIKE else "wants no product"
            raise Refused(
                f"{self.model} {wanted}", where="--product", hint="As in: train look_alike --product data_10gb"
            )
        if self.months is not None and (self.months < 1 or self.model not in (*TARGETS, LOOK_ALIKE)):
            hint = "Whole months, from 1 on, for models of what customers do"
            raise Refused(f"{self.model} cannot look {self.months} months ahead", where="--months", hint=hint)
        if self.model != REPLACEMENT and (self.call_cost, self.margin) != (None, None):
            hint = "Costs decide between the ways to foresee a replacement: train replacement"
            raise Refused(f"{self.model} asks for no costs", where="--call-cost, --margin", hint=hint)

    @property
    def name(self) -> str:
        """The name the model is registered and kept under."""
        return f"{self.model}-{self.product}" if self.product else self.model


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows to learn from: the column of their time, the inputs; months: how far ahead, None for single contacts."""

    table: pa.Table
    time: str
    months: int | None = None

    @property
    def inputs(self) -> list[str]:
        """The columns a model may use."""
        return [name for name in self.table.column_names if name not in _NOT_INPUTS]


def gather_examples(house: House, snapshot: Snapshot, lesson: Lesson, as_of: date) -> Examples:
    """The rows as known before `as_of`; Refused where a table or the history it takes is not there."""
    if lesson.model == UPLIFT:
        trial = gather_trial(house, snapshot, lesson.product, as_of)
        return Examples(trial.rename_columns({BOUGHT: LABEL}), MEASURED_ON)
    if lesson.model == RESPONSE:
        return Examples(training_set(snapshot, as_of), "contacted_at")
    if lesson.model == REACH:
        return Examples(reach_set(snapshot, as_of), "contacted_at")
    target = target_of(lesson.model, lesson.product)
    target = target.within(lesson.months or _ahead(snapshot, target, as_of))
    return Examples(windows_set(snapshot, target, as_of), "start", target.months)


def model_title(name: str) -> dict[str, str]:
    """What a registered model says, in both languages."""
    model, _dash, product = name.partition("-")
    if model in _CONTACTS:
        return {language: f"{title} {product}".strip() for language, title in _CONTACTS[model].items()}
    target = target_of(model, product or None)
    return {"en": target.en, "zh": target.zh}


def _ahead(snapshot: Snapshot, target: Target, as_of: date) -> int:
    """As far as the target looks by itself, or less where the history is too short for the windows it takes."""
    first = history_begins(snapshot)
    longest, windows = target.months, _WINDOWS.get(target.name, 2)
    while longest > 1 and first is not None and add_months(first, 1 + windows * longest) > as_of.replace(day=1):
        longest -= 1
    return longest
