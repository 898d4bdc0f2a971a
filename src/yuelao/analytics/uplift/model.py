"""Uplift models: whom a contact changes, learned from a randomised trial, with a card that says whether it can be told.

Where no learner ranks better than chance on customers it never saw, the model says so and expects the average effect
of everybody: a refusal is a result.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics.inputs import NO_VALUE, Inputs
from yuelao.analytics.model_files import read_model, write_model
from yuelao.analytics.reasons import strongest
from yuelao.analytics.uplift.effect import Effect
from yuelao.analytics.uplift.gain import average_effect
from yuelao.analytics.uplift.trial import Reading, read_trial
from yuelao.analytics.uplift.validation import Progress, Validated, Validation, fit_chosen, validate, widening
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
Interval = tuple[float, float]
FOLDS, REPEATS, MOST_FOLDS = 5, 2, 20
AVERAGE = "average"
FOUND = "Ranking by uplift beats random here"
NONE_FOUND = "No evidence that ranking by uplift beats random here"
NOTES = (
    "Every customer is ranked by fits that never saw them; each fold's learner is chosen inside its training rows.",
    "Intervals of a ranking are widened, since the folds' fits share training rows (Nadeau and Bengio 2003).",
    "In use is the mean of the learners or one clearly ahead of it, fitted to all rows; without evidence, the average.",
)


@dataclass(frozen=True)
class LearnerCard:
    """One learner in cross-validation; intervals at 95 %."""

    name: str
    qini: float
    qini_interval: Interval
    uplift_top_30: float
    uplift_top_30_interval: Interval


@dataclass(frozen=True)
class UpliftCard:
    """What a planner must know before ranking by uplift. Effects are in units of the outcome per customer.

    `ate`: what treating everybody changes. `qini`, `auuc`, `uplift_top_30`: of the ranking that the recipe (learner
    chosen inside the training rows) gives to customers it never saw. `chosen`: the learner in use, or `average` where
    there is no evidence, and then those figures say why. `left_out`: input → reason.
    """

    rows: int
    treated: int
    held_out: int
    share: float
    ate: float
    interval: Interval
    qini: float
    qini_interval: Interval
    auuc: float
    auuc_interval: Interval
    uplift_top_30: float
    uplift_top_30_interval: Interval
    evident: bool
    evidence: str
    chosen: str
    learners: list[LearnerCard]
    features: list[str]
    missing_inputs: list[str]
    left_out: dict[str, str]
    folds: int
    repeats: int
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The card as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "UpliftCard":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        return cls(
            **_with_intervals(saved)
            | {"learners": [LearnerCard(**_with_intervals(each)) for each in saved["learners"]]}
        )


class UpliftModel:
    """A fitted effect with its card; it remembers its inputs, so any table that has them can be scored."""

    kind: ClassVar[str] = "uplift"

    def __init__(self, effect: Effect, inputs: Inputs, card: UpliftCard) -> None:
        self.effect, self.inputs, self.card = effect, inputs, card

    def predict(self, table: pa.Table) -> Floats:
        """What treating each customer changes, shape (rows,). Raises Refused for a missing input or another type."""
        return self.effect.predict(self.inputs.matrix(table))

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a large effect, with their part of it."""
        return strongest(*self.parts(table), k)

    def parts(self, table: pa.Table) -> tuple[list[str], Floats]:
        """The inputs, and what each adds to the effect on each row, shape (rows, inputs)."""
        return self.inputs.names, self.effect.parts(self.inputs.matrix(table))

    def save(self, folder: Path) -> None:
        """Write `model.json` and `card.json` into the folder."""
        saved = {"inputs": self.inputs.as_dict(), "effect": self.effect.as_dict()}
        write_model(folder, self.kind, saved, self.card.as_dict())

    @classmethod
    def load(cls, folder: Path) -> "UpliftModel":
        """Read what `save` wrote. Raises NotFound where there is no model, Refused where it is of another kind."""

        def make(saved: dict[str, Any], card: dict[str, Any]) -> "UpliftModel":
            effect, inputs = Effect.from_dict(saved["effect"]), Inputs.from_dict(saved["inputs"])
            return cls(effect, inputs, UpliftCard.from_dict(card))

        return read_model(folder, cls.kind, make)


@dataclass(frozen=True, eq=False)
class Study:
    """A model and, for each row it was learned from, its mean place among customers its fits never saw: 0 is best."""

    model: UpliftModel
    place: Floats


def fit_uplift(
    table: pa.Table, treatment: str, outcome: str, inputs: Sequence[str], seed: int = 0
) -> tuple[UpliftModel, UpliftCard]:
    """Learn from a randomised trial: one row a customer, `treatment` boolean or 0/1, `outcome` boolean or a number.

    `inputs` are the columns the model may use: what was known before the treatment. Text is a category, null is
    allowed. The order of rows and of columns changes nothing. Raises Refused (code: column, treatment, label,
    too_little_data, no_variation, no_input).

    >>> rng = np.random.default_rng(1)
    >>> sent, young = rng.random(4000) < 0.5, rng.random(4000) < 0.5
    >>> data = pa.table({"sent": sent, "young": young, "bought": rng.random(4000) < 0.1 + 0.2 * (sent & young)})
    >>> model, card = fit_uplift(data, "sent", "bought", ["young"])
    >>> card.evident, model.predict(pa.table({"young": [True, False]})).round(2).tolist()
    (True, [0.2, -0.01])
    """
    model = study(table, treatment, outcome, inputs, seed=seed).model
    return model, model.card


def study(
    table: pa.Table, treatment: str, outcome: str, inputs: Sequence[str], *, seed: int = 0, share: float | None = None,
    folds: int = FOLDS, repeats: int = REPEATS, progress: Progress | None = None,
) -> Study:  # fmt: skip
    """As `fit_uplift`; `share`: P(treated) where the draw is known, else it is estimated (also code: folds, share)."""
    if not (2 < folds <= MOST_FOLDS and repeats > 0):
        raise Refused(f"{folds} folds, {repeats} times", hint=f"3 … {MOST_FOLDS} folds, once or more", code="folds")
    read = read_trial(table, treatment, outcome, inputs, seed, share)
    validation = validate(read.trial, folds, repeats, progress=progress)
    card = _card(read, validation, folds, repeats)
    effect = fit_chosen(read.trial, card.chosen) if card.evident else Effect(constant=card.ate)
    place = np.empty(table.num_rows)
    place[read.order] = validation.recipe.place
    return Study(UpliftModel(effect, read.inputs, card), place)


def _card(read: Reading, validation: Validation, folds: int, repeats: int) -> UpliftCard:
    trial, recipe, wide = read.trial, validation.recipe, widening(folds)
    ate = average_effect(trial.treated, trial.y)
    evident = recipe.qini.interval(wide)[0] > 0
    return UpliftCard(
        rows=len(trial.y),
        treated=int(trial.treated.sum()),
        held_out=int((1 - trial.treated).sum()),
        share=trial.share,
        ate=ate.value,
        interval=ate.interval(),
        qini=recipe.qini.value,
        qini_interval=recipe.qini.interval(wide),
        auuc=recipe.auuc.value,
        auuc_interval=recipe.auuc.interval(wide),
        uplift_top_30=recipe.top.value,
        uplift_top_30_interval=recipe.top.interval(wide),
        evident=evident,
        evidence=FOUND if evident else NONE_FOUND,
        chosen=validation.chosen if evident else AVERAGE,
        learners=[_learner_card(name, found, wide) for name, found in validation.learners.items()],
        features=read.inputs.names,
        missing_inputs=[name for name, reason in read.left_out.items() if reason == NO_VALUE],
        left_out={name: reason for name, reason in read.left_out.items() if reason != NO_VALUE},
        folds=folds,
        repeats=repeats,
        notes=list(NOTES),
    )


def _learner_card(name: str, found: Validated, wide: float) -> LearnerCard:
    return LearnerCard(name, found.qini.value, found.qini.interval(wide), found.top.value, found.top.interval(wide))


def _with_intervals(saved: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if name.endswith("interval") else value for name, value in saved.items()}
