"""The channel preference model: from the definition over the evidence to scores, levels and the channel preferred.

Steps of a fit: prepare (factors and touches of sampled customers) → process (one scale, one roll-up of channels) →
explore which factors carry signal → drop the poor ones → weights by hand or learned → score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.channels import CHANNELS
from yuelao.analytics.evidence import KEY, Evidence, Output
from yuelao.analytics.preference import learned, prepare
from yuelao.analytics.preference.business import TOP, by_business, usual_channels
from yuelao.analytics.preference.definition import HAND, Definition, Factor, read
from yuelao.analytics.preference.factors import Scaled, usable
from yuelao.analytics.preference.habit import PARTS, Base
from yuelao.analytics.preference.learned import Compared, Weights
from yuelao.analytics.preference.quality import Finding, keep_good

Floats = NDArray[np.float64]
LEVELS = ("0", "1", "2", "3", "4", "5")
_NAMES = {
    "phone": ("Phone", "电话"),
    "sms": ("SMS", "短信"),
    "online": ("Web and app", "线上"),
    "hall": ("Hall", "营业厅"),
}
_DIGITS = 6  # scores are compared at so many decimals, so that a tie is a tie on every engine
_WORK = ("touches_seen", *(f"touched_{c}" for c in CHANNELS))


@dataclass(frozen=True)
class Preference:
    """The channel preference as the planner defined it."""

    definition: Definition

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read it; Refused with the path of the place, as in `channels.phone[2].weight`."""
        return cls(read(definition))

    def inputs(self) -> Sequence[str]:
        """The features that are factors, each once, and those that count touches where only these are known."""
        return list(dict.fromkeys((*self._factors(), *prepare.COUNTED)))

    def _factors(self) -> list[str]:
        return [factor.feature for factor in self.definition.factors]

    def outputs(self) -> Sequence[Output]:
        """Score (0–5) and level by channel, then the channel preferred."""
        found: list[Output] = []
        for channel in CHANNELS:
            en, zh = _NAMES[channel]
            found.append(Output(f"{channel}_preference", "number", f"{en} preference, 0–5", f"{zh}偏好得分", "points"))
            name = f"{channel}_preference_level"
            found.append(Output(name, "level", f"{en} preference level", f"{zh}偏好等级", levels=LEVELS))
        return [*found, Output("preferred_channel", "text", "Preferred channel", "偏好渠道")]

    def fit(self, evidence: Evidence) -> "FittedPreference":
        """Learn scales, habits of the base, strengths and weights from about 20,000 sampled customers."""
        definition = self.definition
        known, notes = usable(evidence.view, definition.factors)
        base, touched, said = prepare.learn_touches(evidence, definition.touches, definition.businesses)
        notes += said
        raw, counts = prepare.sample_view(evidence.view, touched, known)
        good, findings = keep_good(known, raw, counts, definition.quality)
        notes += [finding.note() for finding in findings if finding.dropped]
        void = {finding.factor.feature for finding in findings if finding.nulls == 1.0}
        missing = [n for n in dict.fromkeys(self._factors()) if n not in evidence.view.columns or n in void]
        hand = hand_weights(definition, good)
        weights: Weights = hand
        taught: Weights = {}
        comparison: list[Compared] = []
        if definition.weights != HAND:
            contacts, said = prepare.sample_contacts(evidence, base, good, definition.learning)
            notes += said
            if contacts is not None:
                weights, taught, comparison, said = learned.choose(definition, base, hand, contacts)
                notes += said
        return FittedPreference(
            definition, base, tuple(good), weights, hand, taught, missing, notes, comparison, findings, touched
        )


def hand_weights(definition: Definition, good: Sequence[Scaled]) -> Weights:
    """The hand-set weights of the kept factors: the definition's share of its `tilt`.

    What a dropped factor weighed goes to no other: one that is left must not speak for all.
    """
    found: dict[str, Floats] = {}
    for channel in CHANNELS:
        total = sum(factor.weight for factor in definition.of(channel)) or 1.0
        given = [s.factor.sign * s.factor.weight for s in good if s.factor.channel == channel]
        found[channel] = definition.tilt * np.array(given) / total
    return found


@dataclass(frozen=True, eq=False)
class FittedPreference:
    """The fitted model; `weights` are in use, `comparison` tells how hand-set and learned ones did out of time.

    `touched` is the engine's table of the customers' touches, None where there were none to see.
    """

    definition: Definition
    base: Base
    factors: tuple[Scaled, ...]
    weights: Weights
    hand: Weights
    learned: Weights
    missing: Sequence[str]
    notes: Sequence[str]
    comparison: Sequence[Compared]
    findings: Sequence[Finding]
    touched: prepare.Touched | None = field(repr=False)

    def score(self, view: ir.Table, _within: bool = False, /) -> ir.Table:
        """The table with the columns of `outputs` added. It must live in the engine of the evidence."""
        outputs = {output.name for output in Preference(self.definition).outputs()}
        own = [name for name in view.columns if name not in outputs]
        table = self._with_touches(view.select(own))
        table = table.mutate(**{f"said_{c}": self._said(table, c) for c in CHANNELS})
        odds = {f"odds_{c}": self.base.share[i] * table[f"said_{c}"].exp() for i, c in enumerate(CHANNELS)}
        table = table.mutate(**odds)
        table = table.mutate(odds=_sum(table, "odds_"), seen=_sum(table, "touched_").cast("float64") / PARTS)
        table = table.mutate(**{f"{c}_known": self._known(table, c) for c in CHANNELS})
        table = table.mutate(**{f"{c}_preference": self._score(table, c) for c in CHANNELS})
        levels = {f"{c}_preference_level": self._level(table[f"{c}_preference"]) for c in CHANNELS}
        table = table.mutate(**levels, preferred_channel=_preferred(table))
        added = [f"{c}_preference{end}" for c in CHANNELS for end in ("", "_level")]
        return table.select(*own, *added, "preferred_channel")

    def by_business(self, scored: ir.Table) -> ir.Table | None:
        """The long table customer_id, channel, business, touches, score for scored customers; None without touches."""
        if self.touched is None or self.touched.rows is None:
            return None
        return by_business(self.touched.rows, scored, usual_channels(self.base))

    def details(self, _view: ir.Table) -> Mapping[str, ir.Table]:
        """What `by_business` needs of the base to tell one customer's preference by business any time."""
        known = self.touched is not None and self.touched.rows is not None
        return {"usual_channels": usual_channels(self.base)} if known else {}

    def weight_table(self) -> list[dict[str, object]]:
        """Every kept factor with its weight by hand, as learned (None: not) and as used, in log odds."""
        rows: list[dict[str, object]] = []
        for channel in CHANNELS:
            of_channel = [s.factor.feature for s in self.factors if s.factor.channel == channel]
            for i, feature in enumerate(of_channel):
                taught = float(self.learned[channel][i]) if channel in self.learned else None
                row = {"channel": channel, "feature": feature, "hand": float(self.hand[channel][i])}
                rows.append(row | {"learned": taught, "used": float(self.weights[channel][i])})
        return rows

    def _with_touches(self, view: ir.Table) -> ir.Table:
        if self.touched is None:
            nothing: dict[str, ir.Value] = {name: ibis.literal(0, "int64") for name in _WORK}
            return view.mutate(**nothing)
        columns = self.touched.counts(view)
        joined = view.left_join(columns, KEY, rname="{name}_touched")
        return joined.mutate(**{name: joined[name].fill_null(0) for name in _WORK})

    def _said(self, table: ir.Table, channel: str) -> ir.Value:
        of_channel = [scaled for scaled in self.factors if scaled.factor.channel == channel]
        parts = [
            scaled.column(table) * float(weight)
            for scaled, weight in zip(of_channel, self.weights[channel], strict=True)
        ]
        return reduce(lambda left, right: left + right, parts, ibis.literal(0.0))

    def _known(self, table: ir.Table, channel: str) -> ir.BooleanValue:
        """Whether anything is known: touches, or values for enough of the channel's weight."""
        seen = table.touches_seen >= max(self.definition.touches.fewest, 1.0)
        of_channel: list[Factor] = [s.factor for s in self.factors if s.factor.channel == channel]
        total = sum(factor.weight for factor in of_channel)
        if not total:
            return seen
        given = reduce(
            lambda left, right: left + right,
            [ibis.ifelse(table[factor.feature].isnull(), 0.0, factor.weight) for factor in of_channel],
        )
        return seen | (given >= self.definition.touches.known * total)

    def _score(self, table: ir.Table, channel: str) -> ir.Value:
        strength = self.base.strength
        expected = table[f"odds_{channel}"] / table.odds
        touched = table[f"touched_{channel}"].cast("float64") / PARTS
        score = TOP * (touched + strength * expected) / (table.seen + strength)
        return ibis.ifelse(table[f"{channel}_known"], ibis.greatest(ibis.least(score, TOP), 0.0), 0.0)

    def _level(self, score: ir.Value) -> ir.Value:
        rounded = score.round(_DIGITS)
        bands = [(rounded >= edge, LEVELS[place + 2]) for place, edge in enumerate(self.definition.levels)]
        return ibis.cases((score <= 0, LEVELS[0]), *reversed(bands), else_=LEVELS[1])


def _preferred(table: ir.Table) -> ir.Value:
    """The channel with the best score, the first of equals; null where nothing is known of any."""
    scores = {c: table[f"{c}_preference"].round(_DIGITS) for c in CHANNELS}
    best = reduce(ibis.greatest, scores.values())
    return ibis.cases((best <= 0, ibis.null("string")), *((s >= best, c) for c, s in scores.items()))


def _sum(table: ir.Table, prefix: str) -> ir.NumericValue:
    return reduce(lambda left, right: left + right, [table[f"{prefix}{c}"] for c in CHANNELS])
