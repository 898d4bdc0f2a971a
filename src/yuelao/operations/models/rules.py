"""Where a version stands, which one a roll-back brings back, who takes over, and when to train again. Pure.

Two versions are told apart on the same later rows, by a difference with an interval. What the machine asks every night
it must not answer by chance one night in forty: it acts on what is `SURELY` standard errors away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from yuelao.common.errors import Conflict
from yuelao.operations.models.schemas import ModelState, Promotion

SYSTEM = "system"
"""Who trains and puts into use where no person did."""
SURELY = 3.0


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger is put into use, and why."""

    promoted: bool
    reason: str


def state_of(version: str, promotions: Sequence[Promotion]) -> ModelState:
    """Where a version stands; promotions of its model, the newest first."""
    if promotions and promotions[0].version == version:
        return ModelState.CHAMPION
    return ModelState.RETIRED if any(each.version == version for each in promotions) else ModelState.CHALLENGER


def one_before(promotions: Sequence[Promotion]) -> str:
    """The version in use before the present one; promotions the newest first. Conflict where there was none."""
    earlier = [each.version for each in promotions if each.version != promotions[0].version]
    if not earlier:
        name = promotions[0].name if promotions else "model"
        raise Conflict("No other version was in use before", where=name, hint="Promote one: `yuelao models promote`")
    return earlier[0]


def judge(difference: float | None, lower: float | None) -> Verdict:
    """Whether a challenger takes over. difference: its figure less the champion's on the same rows; lower: the lower
    end of its 95 % interval. None where there is no champion yet.

    One that is as good takes over: it has learned from newer rows.

    >>> judge(None, None).promoted, judge(0.01, -0.003).promoted, judge(-0.02, -0.04).promoted
    (True, True, False)
    """
    if difference is None or lower is None:
        return Verdict(promoted=True, reason="first")
    if difference >= 0:
        return Verdict(promoted=True, reason="better" if lower > 0 else "as good and newer")
    return Verdict(promoted=False, reason="worse on the same later rows")


class Answer(StrEnum):
    """What becomes of a version that was compared with the one before it."""

    KEEP = "keep"
    ROLL_BACK = "roll_back"
    TELL = "tell"


def answer(promotions: Sequence[Promotion], gain: float, error: float) -> Answer:
    """What to do about the version in use. promotions: of its model, the newest first; gain: its figure less that of
    the one before on outcomes neither knew; error: the standard error of that.

    What a person chose is only told. A version that had been in use before came back by a roll-back: compared with
    what it replaced it stays, or two versions would take turns for ever.
    """
    in_use, *earlier = promotions
    if gain + SURELY * error >= 0 or in_use.version in {each.version for each in earlier} or not earlier:
        return Answer.KEEP
    return Answer.ROLL_BACK if in_use.promoted_by == SYSTEM else Answer.TELL


def may_answer(promotions: Sequence[Promotion]) -> bool:
    """Whether there is anything that a comparison with the version before could change or tell."""
    return bool(promotions) and answer(promotions, float("-inf"), 0.0) is not Answer.KEEP


@dataclass(frozen=True)
class Bounds:
    """When a model is trained again: the workspace's settings `retrain_…`, which say what each means."""

    after_days: int
    pause_days: int
    new_share: float
    drift: float
    auc_loss: float
    calibration_loss: float


@dataclass(frozen=True)
class Moved:
    """How well customers of then and of now are told apart: the AUC, what it surely is above, and by which inputs."""

    auc: float
    surely: float
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Fall:
    """A figure on outcomes that came since: what the card said of it, what it is, and what was surely lost."""

    said: float
    now: float
    rows: int
    surely: float


@dataclass(frozen=True)
class Standing:
    """What is known of a version in use; None where it could not be measured.

    since: the day of the data it learned from, or of a later try to replace it: all is measured from there on, so that
    what was answered is not asked again. day: the day up to which there is data. learned: rows of the rarer outcome it
    learned from; new: those that came since.
    """

    since: date
    day: date
    learned: int
    new: int = 0
    drift: Moved | None = None
    auc: Fall | None = None
    calibration: Fall | None = None

    @property
    def days(self) -> int:
        """How many days of data came since; not positive where none did."""
        return (self.day - self.since).days


@dataclass(frozen=True)
class Reason:
    """A rule by which a model is due, and the figures it went by."""

    rule: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def rested(days: int, bounds: Bounds) -> bool:
    """Whether enough days of data passed since the last try to think of another."""
    return days >= max(1, bounds.pause_days)


def why_due(standing: Standing, bounds: Bounds) -> tuple[Reason, ...]:
    """Every rule by which the model is due; none: it is not.

    >>> bounds = Bounds(after_days=92, pause_days=7, new_share=0.2, drift=0.6, auc_loss=0.01, calibration_loss=0.1)
    >>> standing = Standing(date(2026, 1, 1), date(2026, 2, 1), learned=1000, new=250)
    >>> why_due(standing, bounds)
    (Reason(rule='new_outcomes', figures={'new': 250, 'learned': 1000}),)
    """
    if not rested(standing.days, bounds):
        return ()
    found = {rule: ask(standing, bounds) for rule, ask in RULES.items()}
    return tuple(Reason(rule, figures) for rule, figures in found.items() if figures is not None)


_Figures = Mapping[str, Any] | None


def _age(standing: Standing, bounds: Bounds) -> _Figures:
    return {"days": standing.days} if standing.days >= bounds.after_days else None


def _new_outcomes(standing: Standing, bounds: Bounds) -> _Figures:
    enough = 0 < standing.new >= bounds.new_share * standing.learned
    return {"new": standing.new, "learned": standing.learned} if enough else None


def _drift(standing: Standing, bounds: Bounds) -> _Figures:
    moved = standing.drift
    return asdict(moved) if moved and moved.surely > bounds.drift else None


def _auc(standing: Standing, bounds: Bounds) -> _Figures:
    return _fallen(standing.auc, bounds.auc_loss)


def _calibration(standing: Standing, bounds: Bounds) -> _Figures:
    return _fallen(standing.calibration, bounds.calibration_loss)


def _fallen(fall: Fall | None, bound: float) -> _Figures:
    return asdict(fall) if fall and fall.surely > bound else None


RULES: Mapping[str, Callable[[Standing, Bounds], _Figures]] = {
    "age": _age,
    "new_outcomes": _new_outcomes,
    "drift": _drift,
    "auc": _auc,
    "calibration": _calibration,
}
"""Each rule gives the figures by which the model is due, None where by this rule it is not."""
