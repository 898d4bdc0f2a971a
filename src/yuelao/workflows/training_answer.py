"""What a training answers: the card in short, what was found, and what became of the version; by kind of model."""

from typing import Any

from yuelao.workflows.describe_training import Findings


class Trained(Findings):
    """The model's card, in short, what training found, and what became of it; windows are [first day, last day].

    name: what it is registered under. months: how far ahead it looks, None for a single contact. candidates: what was
    tried and the metric it was chosen by: the forward AUC of recipes, the cost of ways, the Qini of learners of uplift.
    auc, lift_top_decile, calibration_error: None of a model of uplift, which foretells what no single customer shows.
    in_use: whether it was put into use; why: or why not. warnings: what a planner must hear before using it.
    """

    model: str
    name: str
    version: str
    rows: int
    positives: int
    months: int | None
    auc: float | None = None
    lift_top_decile: float | None = None
    calibration_error: float | None = None
    train_window: tuple[str, str]
    test_window: tuple[str, str]
    family: str
    candidates: list[dict[str, Any]]
    in_use: bool
    why: str
    warnings: list[str]


class TrainedOffers(Trained):
    """A response model: every product on every channel, how far their levels differ, and how it ranks within one."""

    offers: list[dict[str, Any]]
    spreads: dict[str, float]
    auc_within: float | None


class TrainedLikeness(Trained):
    """A look-alike. likeness: how many resemble the buyers, and in what that may be wrong; None with too few buyers."""

    likeness: dict[str, Any] | None


class TrainedByCost(Trained):
    """A model that is chosen by what calling by it costs: amounts per 1,000 customers of the last window.

    ways: every learner, inputs, balance and filling of nulls side by side; used: the one chosen, on earlier rows. cost:
    of calling by it; cost_of_none, cost_of_all: of calling nobody and everybody. threshold: the probability from which
    the model says to call. costs: of a call, and the margin lost without one.
    """

    ways: list[dict[str, Any]]
    used: dict[str, str]
    costs: dict[str, float]
    cost: float
    cost_of_none: float
    cost_of_all: float
    threshold: float


class TrainedUplift(Trained):
    """A model of what contacts change, by intention to treat; effects are shares of customers who buy, at 95 %.

    As on the card (`analytics/uplift/model`): `evident` and `evidence` say whether ranking by it beats random.
    """

    treated: int
    held_out: int
    share: float
    ate: float
    interval: tuple[float, float]
    qini: float
    qini_interval: tuple[float, float]
    auuc: float
    auuc_interval: tuple[float, float]
    uplift_top_30: float
    uplift_top_30_interval: tuple[float, float]
    evident: bool
    evidence: str
    chosen: str
