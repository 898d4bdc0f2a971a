"""A response model's card: what a planner must know before trusting it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from yuelao.analytics.choosing import Choice
from yuelao.analytics.evaluation import Decile
from yuelao.analytics.forward import Recipe


@dataclass(frozen=True)
class Candidate:
    """A recipe that was tried: family, settings, half-life (share of the rows; None: never forgets), forward AUC."""

    family: str
    settings: dict[str, Any]
    half_life: float | None
    metric: float
    chosen: bool


@dataclass(frozen=True)
class OfferCell:
    """What is known of a product on a channel: contacts learned from, sales, their rate as it is (None without any).

    `rate`: as the model has it, with its 95 % interval `low`, `high`; `own_weight`: how much of it these contacts tell,
    0…1; the rest is what products like it, the channel and all others tell.
    """

    product: str
    channel: str
    contacts: int
    sales: int
    raw_rate: float | None
    rate: float
    low: float
    high: float
    own_weight: float


@dataclass(frozen=True)
class Card:
    """What a planner must know before trusting the model. Windows are (first, last) days as ISO text.

    Figures and deciles are of the test window. `family`: one, or several joined by `+` that share the vote;
    `half_life`: of each of them; `candidates`: all that was tried, best first, none where the table was too small.
    `gains`: share of each input in what the model says, largest first. `drifted`: the stability index (PSI) of inputs
    that moved between the two windows. `left_out`: input → reason.

    Of a response model also: `offers`, every product on every channel; `spreads`, how far levels of each kind were
    found to differ, in log-odds; `auc_within`, the AUC among tested contacts of one product and channel. Of a
    look-alike `likeness`: how many resemble the buyers, and in what that may be wrong.
    """

    rows: int
    positives: int
    auc: float
    lift_top_decile: float
    calibration_error: float
    train_window: tuple[str, str]
    test_window: tuple[str, str]
    features: list[str]
    gains: dict[str, float]
    deciles: list[Decile]
    missing_inputs: list[str]
    drifted: dict[str, float]
    left_out: dict[str, str]
    family: str
    half_life: dict[str, list[float | None]]
    candidates: list[Candidate]
    calibration: str
    notes: list[str]
    offers: list[OfferCell] = field(default_factory=list)
    spreads: dict[str, float] = field(default_factory=dict)
    auc_within: float | None = None
    likeness: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The card as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Card":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        windows = {name: (saved[name][0], saved[name][1]) for name in ("train_window", "test_window")}
        deciles = [Decile(**decile) for decile in saved["deciles"]]
        candidates = [Candidate(**candidate) for candidate in saved["candidates"]]
        offers = [OfferCell(**cell) for cell in saved.get("offers", [])]
        return cls(**saved | windows | {"deciles": deciles, "candidates": candidates, "offers": offers})


def family_of(choice: Choice) -> str:
    """The families that share the vote, as on the card."""
    return "+".join(half_lives(choice))


def half_lives(choice: Choice) -> dict[str, list[float | None]]:
    """How fast the fits of each of them forget."""
    names = dict.fromkeys(recipe.family.name for recipe in choice.recipes)
    return {name: [each.half_life for each in choice.recipes if each.family.name == name] for name in names}


def candidates(choice: Choice) -> list[Candidate]:
    """All that was tried, best first."""
    return [_candidate(tried.recipe, tried.metric, choice.recipes) for tried in choice.tried]


def window(times: Any) -> tuple[str, str]:
    """The first and last day of a column of times in order; row numbers as they are."""
    first, last = (moment.as_py() for moment in (times[0], times[-1]))
    return _day(first), _day(last)


def _candidate(recipe: Recipe, metric: float, chosen: Sequence[Recipe]) -> Candidate:
    settings: dict[str, Any] = dict(vars(recipe.family))
    return Candidate(recipe.family.name, settings, recipe.half_life, metric, recipe in chosen)


def _day(moment: object) -> str:
    return str(moment.date() if isinstance(moment, datetime) else moment)
