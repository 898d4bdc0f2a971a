"""Inspect a model in use: what came since it learned, how it does on that, and whether the one before would do better.

Nothing is changed here: `retrain_models` acts on what is found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.drift import FEWEST_ROWS, compare
from yuelao.analytics.evaluation import auc
from yuelao.analytics.family import Floats
from yuelao.analytics.propensity import Card
from yuelao.analytics.replacement import Card as CardByCost
from yuelao.analytics.strata import auc_error
from yuelao.analytics.uplift.model import UpliftCard
from yuelao.common.errors import Refused
from yuelao.common.settings import Settings
from yuelao.operations import models
from yuelao.operations.models import Answer, Bounds, Fall, ModelVersion, Moved, Promotion, Reason, Standing
from yuelao.operations.models.rules import SURELY, one_before
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import DATASET, drawn_view
from yuelao.workflows.explain_drift import comparable
from yuelao.workflows.gather_training import LABEL, Lesson, gather_examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import Model, load_model, version_of
from yuelao.workflows.model_kinds import kind_of

_FEWEST = 200
_MATTER = 0.9
_COMPARED_ROWS = 20_000
EventCard = Card | CardByCost


@dataclass(frozen=True)
class Inspected:
    """The version in use, the rules it is due by, and what to do about it beside the one before, with the figures."""

    version: ModelVersion
    why: tuple[Reason, ...] = ()
    answer: Answer = Answer.KEEP
    compared: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Later:
    """Rows whose outcome came after a model had learned: their inputs, their day, what happened."""

    table: pa.Table
    day: pa.ChunkedArray
    happened: Floats

    def since(self, day: date) -> "Later":
        """Those from a day on."""
        kept = pc.greater_equal(self.day, pa.scalar(day))
        return Later(self.table.filter(kept), self.day.filter(kept), self.happened[np.asarray(kept)])

    @property
    def rarer(self) -> int:
        """Rows of the rarer outcome."""
        return int(min(self.happened.sum(), len(self.happened) - self.happened.sum()))

    @property
    def tells(self) -> bool:
        """Whether there are enough of them, of both outcomes."""
        return len(self.happened) >= _FEWEST and self.rarer > 0


def bounds_of(settings: Settings) -> Bounds:
    """The workspace's settings `retrain_…`."""
    return Bounds(**{bound.name: getattr(settings, f"retrain_{bound.name}") for bound in fields(Bounds)})


def lesson_of(version: ModelVersion) -> Lesson:
    """What a version was asked for, as its recipe keeps it."""
    asked: dict[str, Any] = {part.name: version.recipe.get(part.name) for part in fields(Lesson)}
    return Lesson(**asked)


def data_day(house: House) -> date:
    """The day up to which there is data, as far as today."""
    with house.lake.snapshot() as snapshot:
        return min(snapshot.newest_as_of(), house.today())


def inspect(house: House, name: str, day: date) -> Inspected:
    """What there is to do about the version of a model in use, with the data up to `day`.

    NotFound where none is in use; Refused where its rows cannot be gathered, or its files not be read.
    """
    version = version_of(house, name)
    with house.database.transaction(read_only=True) as session:
        said, last = models.promotions(session, name), models.last_upkeep(session, name)
    since = max(version.as_of, last.day) if last else version.as_of
    bounds = bounds_of(house.workspace.settings)
    asked, compared = models.rested((day - since).days, bounds), models.may_answer(said)
    if day <= since or not (asked or compared):
        return Inspected(version)
    model = load_model(house, version)
    with house.lake.snapshot() as snapshot:
        later = _later(house, snapshot, version, day)
        drift = _drift(snapshot, model, since) if asked else None
    why = models.why_due(_standing(model, later.since(since), since, day, drift), bounds) if asked else ()
    answer, figures = _beside(house, version, model, said, later) if compared else (Answer.KEEP, {})
    return Inspected(version, why, answer, figures)


def _later(house: House, snapshot: Snapshot, version: ModelVersion, day: date) -> Later:
    """The rows that a version could not know, as far as their outcome is known by `day`."""
    examples = gather_examples(house, snapshot, lesson_of(version), day)
    when = examples.table[examples.time].cast(pa.date32())
    happened = np.asarray(examples.table[LABEL].cast(pa.float64()))
    return Later(examples.table, when, happened).since(version.as_of)


def _standing(model: Model, new: Later, since: date, day: date, drift: Moved | None) -> Standing:
    card = model.card
    if isinstance(card, UpliftCard):  # what a contact changes shows in no single customer: its rows count, and its age
        return Standing(since, day, learned=card.rows, new=len(new.happened), drift=drift)
    standing = Standing(since, day, learned=min(card.positives, card.rows - card.positives), new=new.rarer, drift=drift)
    if not new.tells:
        return standing
    outcomes = (card, new.happened, model.predict(new.table))
    return replace(standing, auc=auc_fall(*outcomes), calibration=calibration_fall(*outcomes))


def auc_fall(card: EventCard, happened: Floats, probability: Floats) -> Fall:
    """What of the AUC on the card was lost; both are of finite samples, and the errors of both count."""
    tested = sum(each.rows for each in card.deciles)
    events = sum(each.rows * each.observed for each in card.deciles)
    now, new = auc(happened, probability), float(happened.sum())
    error = np.hypot(auc_error(card.auc, events, tested - events), auc_error(now, new, len(happened) - new))
    return Fall(card.auc, now, len(happened), float(card.auc - now - SURELY * error))


def calibration_fall(card: EventCard, happened: Floats, probability: Floats) -> Fall:
    """By how much the rate that happened was missed, beyond the calibration error on the card, as a share of it.

    Of the mean only, which no number of slices makes larger by chance; its error is that of right probabilities.
    """
    rate, rows = float(happened.mean()), len(happened)
    missed = abs(float(probability.mean()) - rate)
    error = float(np.sqrt((probability * (1 - probability)).sum())) / rows
    return Fall(card.calibration_error, missed, rows, (missed - SURELY * error - card.calibration_error) / rate)


def _drift(snapshot: Snapshot, model: Model, since: date) -> Moved | None:
    """Whether the customers of the newest view are told apart from those of `since`, by the inputs that matter.

    Inputs of which more or less is known on one of the days do not count. None without two views to compare.
    """
    days = sorted(date.fromisoformat(each) for each in snapshot.partitions(DATASET))
    then = [each for each in days if each <= since]
    if not then or days[-1] == then[-1]:
        return None
    card = model.card
    names = model.inputs.names if isinstance(card, UpliftCard) else that_matter(card.gains)
    before, today = (drawn_view(snapshot, each, names, _COMPARED_ROWS) for each in (then[-1], days[-1]))
    both = [name for name in before.column_names if name in today.column_names]
    both = comparable(snapshot, both, then[-1], days[-1])
    if min(before.num_rows, today.num_rows) < FEWEST_ROWS or not both:
        return None
    found = compare(before, today, both)
    return Moved(found.auc, found.interval[0], tuple(cause.input for cause in found.causes))


def that_matter(gains: Mapping[str, float]) -> list[str]:
    """The fewest inputs that make nine tenths of what a model says. gains: share of each, largest first.

    >>> that_matter({"age": 0.6, "arpu_3m": 0.35, "city": 0.05})
    ['age', 'arpu_3m']
    """
    before = accumulate(gains.values(), initial=0.0)
    return [name for name, told in zip(gains, before, strict=False) if told < _MATTER]


def _beside(
    house: House, version: ModelVersion, model: Model, said: Sequence[Promotion], later: Later
) -> tuple[Answer, dict[str, Any]]:
    """The version in use beside the one before, on the rows that neither of them could know."""
    other = version_of(house, version.name, one_before(said))
    both = later.since(other.as_of)
    if not both.tells:
        return Answer.KEEP, {}
    try:
        others = load_model(house, other).predict(both.table)
    except Refused:  # its files or its inputs are of another time: it could not be used again
        return Answer.KEEP, {}
    gauge = kind_of(house, lesson_of(version)).gauge
    gain, error = gauge.gain(both.table, both.happened, model.predict(both.table), others)
    compared = {"before": other.version, "rows": len(both.happened), "gauge": gauge.name}
    figures = {"rule": "worse", **compared, "gain": gain, "error": error}
    return models.answer(said, gain, error), figures
