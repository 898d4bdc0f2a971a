"""The card of a replacement model: what was tried, what each would have cost on later customers, and what is used."""

from dataclasses import asdict, dataclass
from typing import Any

from yuelao.analytics.cost_sensitive.costs import Costs
from yuelao.analytics.cost_sensitive.rules import Condition, Rule
from yuelao.analytics.evaluation import Decile
from yuelao.analytics.replacement.comparison import Candidate
from yuelao.analytics.replacement.ways import Way


@dataclass(frozen=True)
class Card:
    """What a planner must know before trusting the model. Windows are (first, last) days as ISO text.

    candidates: all that was tried, side by side; `used` the way that cost least on the validation rows; family, auc,
    lift_top_decile, calibration_error: of it, in the test window. Costs are in yuan per 1,000 customers;
    `cost_of_none`, `cost_of_all`: of calling nobody and everybody in the test window.
    reduct: input → what it tells by itself, as a share of what there is to know; found with `tolerance`.
    threshold: from this probability on the model in use says to call. deciles: of `used` in the test window.
    rules: the leaves of the tree that cost least, the likeliest first. drifted, left_out, missing_inputs, gains: as on
    the card of a response model.
    """

    rows: int
    positives: int
    family: str
    auc: float
    lift_top_decile: float
    calibration_error: float
    train_window: tuple[str, str]
    validation_window: tuple[str, str]
    test_window: tuple[str, str]
    costs: Costs
    cost_of_none: float
    cost_of_all: float
    candidates: list[Candidate]
    used: Way
    threshold: float
    features: list[str]
    reduct: dict[str, float]
    tolerance: float
    rules: list[Rule]
    gains: dict[str, float]
    deciles: list[Decile]
    missing_inputs: list[str]
    drifted: dict[str, float]
    left_out: dict[str, str]
    notes: list[str]

    @property
    def figures(self) -> Candidate:
        """The figures of the way used."""
        return next(each for each in self.candidates if each.way == self.used)

    def as_dict(self) -> dict[str, Any]:
        """The card as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Card":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        windows = {name: tuple(saved[name]) for name in ("train_window", "validation_window", "test_window")}
        read = {
            "costs": Costs(**saved["costs"]),
            "candidates": [Candidate(**each | {"way": Way(**each["way"])}) for each in saved["candidates"]],
            "used": Way(**saved["used"]),
            "rules": [_rule(each) for each in saved["rules"]],
            "deciles": [Decile(**decile) for decile in saved["deciles"]],
        }
        return cls(**saved | windows | read)


def _rule(saved: dict[str, Any]) -> Rule:
    conditions = (
        Condition(**each | {"values": None if each["values"] is None else tuple(each["values"])})
        for each in saved["conditions"]
    )
    return Rule(**saved | {"conditions": tuple(conditions)})
