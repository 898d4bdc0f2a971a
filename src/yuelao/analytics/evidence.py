"""What a model of the customer view is given: the view and what lies beside it, as lazy tables of some engine.

A model is read from its definition (`from_definition`), fitted to the evidence (`fit`: a few small passes in the
engine) and then scores a table row by row (`score`: expressions only, so it runs wherever the table lives).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self, runtime_checkable

import ibis.expr.types as ir

Keep = Callable[[ir.Table], ir.Table]
"""Lets the engine keep a table's rows for the passes to come; returns the kept table."""
KEY = "customer_id"


@dataclass(frozen=True)
class Evidence:
    """Lazy tables of one engine, all as of one day.

    view: one row per customer, `customer_id` and features. usage: the monthly bills known by then, at most the last 12
    months (customer_id, month, and the fields of the contract's usage_monthly), or None; with those of lines that share
    a plan with the view's. plans: the catalogue, one mapping a plan, as the contract's plans. persons: customer_id and
    person_id of the lines of those who hold several, or None where no plan of the catalogue is shared. contacts:
    earlier contacts with outcomes (customer_id, channel, contacted_at, outcome, replied), or None. touches:
    interactions, e-channel transactions and payments of the last 12 months in one shape (customer_id, occurred_at,
    channel, business), or None. subscriptions: those in force (customer_id, product, kind; some perhaps twice), or
    None. earlier: the view of an earlier day, to learn from what came after, or None. earlier_as_of: that day.
    """

    view: ir.Table
    as_of: date
    keep: Keep
    usage: ir.Table | None = None
    plans: Sequence[Mapping[str, object]] = ()
    persons: ir.Table | None = None
    contacts: ir.Table | None = None
    touches: ir.Table | None = None
    subscriptions: ir.Table | None = None
    earlier: ir.Table | None = None
    earlier_as_of: date | None = None


@dataclass(frozen=True)
class Output:
    """A column a model adds: kind `number`, `text` or `level` (then `levels`, from the lowest to the highest)."""

    name: str
    kind: str
    en: str
    zh: str
    unit: str = ""
    levels: tuple[str, ...] = ()


class Fitted(Protocol):
    """A model fitted to evidence."""

    @property
    def missing(self) -> Sequence[str]:
        """Inputs that no source gave."""

    @property
    def notes(self) -> Sequence[str]:
        """What it did about the data's quality, one sentence each (a factor dropped and why)."""

    def score(self, view: ir.Table, within: bool = False, /) -> ir.Table:
        """The table with the model's columns added; lazy, keeps every row once, in no particular order.

        within: it has the customers the model was fitted to, as they were then, so what was learned of each is known.
        """


@runtime_checkable
class Detailed(Protocol):
    """A fitted model that has more to say than one row for each customer."""

    def details(self, view: ir.Table, /) -> Mapping[str, ir.Table]:
        """Further tables of the customers of a view, lazy, by name; they are kept beside the scores of the day."""


@runtime_checkable
class Weighted(Protocol):
    """A fitted model of one score that is a tree of indicators."""

    @property
    def weights(self) -> Mapping[str, float]:
        """Path of a node or leaf → its effective share of the score."""

    @property
    def consistency(self) -> Mapping[str, float]:
        """Path of a node compared in pairs → its consistency ratio."""


class Model(Protocol):
    """A model of the customer view, as defined by the planner."""

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read it; Refused whose `where` is the path of the place, as in `factors.phone[2].weight`."""

    def inputs(self) -> Sequence[str]:
        """The features of the view it can use."""

    def outputs(self) -> Sequence[Output]:
        """The columns it adds."""

    def fit(self, evidence: Evidence) -> Fitted:
        """Learn from the evidence what scoring needs."""
