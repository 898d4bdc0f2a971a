"""The plan fit of each customer: the last months billed under every plan of the catalogue, and the classes A–D.

A uses far less than the bundle and would pay less on a smaller plan; D uses far more and would pay less on a bigger
one; B (within the bundle) and C (beyond it) are better left. How far is far, and how much a move must save, is in the
definition. Monthly bills are rehearsed from monthly sums: minutes are billed minutes, so the rounding of single calls
is in them already and no plan's own rounding per call can be undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Self

import ibis
import ibis.expr.types as ir

from yuelao.analytics.evidence import KEY, Evidence, Output
from yuelao.analytics.plan_fit import reading
from yuelao.analytics.plan_fit.catalogue import Catalogue, read_catalogue
from yuelao.analytics.plan_fit.rehearsal import choose, measures, totals
from yuelao.analytics.plan_fit.tariff import Tariff
from yuelao.analytics.plan_fit.use import SERVICES, count_months

CLASSES = ("A", "B", "C", "D")
_USED = ("voice_minutes", "off_net_minutes", "data_mb", "sms_count")
_BEYOND = 999.0
"""Use of a service that the plan does not include at all, as a multiple of the allowance."""
_OUTPUTS = (
    Output("plan_fit", "level", "Plan fit: A far less than the bundle … D far more", "套餐适配：A 远低于 … D 远超",
           levels=CLASSES),
    Output("best_plan", "text", "Cheapest plan for the use of the last months", "近月用量下最省套餐"),
    Output("bill_now", "number", "Monthly bill under the present plan", "现套餐月均账单", "yuan"),
    Output("bill_best", "number", "Monthly bill under the cheapest plan", "最省套餐月均账单", "yuan"),
    Output("plan_saving", "number", "Saved a month by the cheapest plan", "换最省套餐月省", "yuan"),
)  # fmt: skip


@dataclass(frozen=True)
class Threshold:
    """When a customer is far from the bundle: `use` as a multiple of the allowance, `saving` in cents a month."""

    use: float
    saving: int


@dataclass(frozen=True)
class PlanFit:
    """Rehearses the last `months` whole months; `low` makes A, `high` makes D.

    The use that counts is the largest of the services' use ÷ allowance: the bundle is far too large only when no
    service fills it, too small as soon as one does not do.
    """

    months: int = 3
    low: Threshold = Threshold(0.5, 500)
    high: Threshold = Threshold(1.2, 500)

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> Self:
        """Read `{months, classes: {A: {use_below, saving}, D: {use_above, saving}}}`; saving in yuan a month.

        Refused for unknown keys, months out of 1–12, or a lower limit above the upper.
        """
        reading.check_keys(definition, ("months", "classes"), "")
        months = reading.whole(definition, "months", "", default=cls.months)
        if months > 12:
            raise reading.wrong("At most 12 months can be rehearsed", "months")
        classes = reading.part(definition, "classes", "") if definition.get("classes") is not None else {}
        reading.check_keys(classes, ("A", "D"), "classes")
        low = _threshold(classes, "A", "use_below", cls.low)
        high = _threshold(classes, "D", "use_above", cls.high)
        if low.use > 1 or high.use < 1:
            where = "classes.A.use_below" if low.use > 1 else "classes.D.use_above"
            raise reading.wrong("Far less lies below the bundle (1), far more above it", where)
        return cls(months, low, high)

    def inputs(self) -> Sequence[str]:
        """The plan held; use, plans and persons come beside the view."""
        return ("plan_id",)

    def outputs(self) -> Sequence[Output]:
        """plan_fit, best_plan, bill_now, bill_best, plan_saving."""
        return _OUTPUTS

    def fit(self, evidence: Evidence) -> "FittedPlanFit":
        """Bill the last months under every plan; without usage, plans or `plan_id` nobody gets a class."""
        missing = [
            *(["usage_monthly"] if evidence.usage is None else []),
            *(["plans"] if not evidence.plans else []),
            *(["plan_id"] if "plan_id" not in evidence.view.columns else []),
        ]
        if evidence.usage is None or missing:
            return FittedPlanFit(None, missing, ())
        catalogue = read_catalogue(evidence.plans)
        if not catalogue.tariffs:
            return FittedPlanFit(None, ["plans"], catalogue.notes)
        recent, asked = self._recent(evidence.usage, evidence.as_of), _asked(catalogue.tariffs)
        given = _with_values(recent, asked)
        kept = evidence.keep(self._classified(evidence, recent, catalogue, given))
        everybody, held = _held(evidence.view)
        absent = [*(["plan_id"] if not held else []), *(name for name in asked if name not in given)]
        return FittedPlanFit(kept, absent, [*catalogue.notes, *_without(everybody, kept)])

    def _classified(self, evidence: Evidence, recent: ir.Table, catalogue: Catalogue, given: Sequence[str]) -> ir.Table:
        """One row per customer of the view with use: the outputs."""
        use = _months(recent, catalogue, given)
        if catalogue.shares and evidence.persons is not None:
            holders = evidence.persons.select(line=KEY, holder="person_id")
            use = use.left_join(holders, use[KEY] == holders.line).drop("line")
        billed = totals(use, catalogue.tariffs)
        held = evidence.view.select(KEY, plan=evidence.view.plan_id)
        return self._outputs(choose(held.join(billed, KEY), catalogue.tariffs), catalogue.tariffs)

    def _recent(self, usage: ir.Table, as_of: date) -> ir.Table:
        """The rows of the last whole months."""
        first, end = _window(as_of, self.months)
        return usage.filter(usage.month >= ibis.literal(first), usage.month < ibis.literal(end))

    def _outputs(self, chosen: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
        known = chosen.now.notnull()
        best_fee = ibis.cases(*((chosen.best_plan == tariff.plan, tariff.fee) for tariff in tariffs), else_=0)
        fee = ibis.cases(*((chosen.plan == tariff.plan, tariff.fee) for tariff in tariffs), else_=0)
        filled = ibis.cases(
            *((chosen.plan == tariff.plan, _fullness(chosen, tariff)) for tariff in tariffs), else_=ibis.null("float64")
        )
        found = chosen.mutate(filled=filled, step=best_fee - fee)
        down = (found.filled <= self.low.use) & (found.saving >= found.months * self.low.saving) & (found.step < 0)
        up = (found.filled >= self.high.use) & (found.saving >= found.months * self.high.saving) & (found.step > 0)
        level = ibis.cases((down, "A"), (up, "D"), (found.filled <= 1.0, "B"), else_="C")
        return found.select(
            KEY,
            plan_fit=ibis.ifelse(known, level, ibis.null("string")),
            best_plan=ibis.ifelse(known, found.best_plan, ibis.null("string")),
            bill_now=_monthly(found.now, found.months),
            bill_best=ibis.ifelse(known, _monthly(found.best, found.months), ibis.null("float64")),
            plan_saving=_monthly(found.saving, found.months),
        )


@dataclass(frozen=True)
class FittedPlanFit:
    """Plan fit of the customers it was fitted to; who is not among them gets null."""

    table: ir.Table | None
    missing: Sequence[str]
    notes: Sequence[str]

    def score(self, view: ir.Table, _within: bool = False, /) -> ir.Table:
        """The view with the outputs: text, and yuan a month as numbers; null without a known plan or use."""
        if self.table is None:
            types = {"number": "float64", "text": "string", "level": "string"}
            return view.mutate(**{output.name: ibis.null(types[output.kind]) for output in _OUTPUTS})
        return view.left_join(self.table, KEY).select(*view.columns, *(output.name for output in _OUTPUTS))


def _asked(tariffs: Sequence[Tariff]) -> list[str]:
    """The fields of usage_monthly that the plans charge by."""
    counted = measures(tariffs)
    fields = {"voice": "voice_minutes", "data": "data_mb", "messages": "sms_count"}
    off_net = ["off_net_minutes"] if any(measure.on_net_free for measure in counted) else []
    return [fields[service] for service in SERVICES if any(m.service == service for m in counted)] + off_net


def _with_values(recent: ir.Table, names: Sequence[str]) -> list[str]:
    """The columns that have any value."""
    there = [name for name in names if name in recent.columns]
    if not there:
        return []
    [counts] = recent.aggregate(**{name: recent[name].count() for name in there}).to_pyarrow().to_pylist()
    return [name for name in there if counts[name]]


def _months(recent: ir.Table, catalogue: Catalogue, given: Sequence[str]) -> ir.Table:
    """Use per customer and month, counted as the plans count it.

    A month in which a service's use is unknown is no month to bill; a service that no row knows counts as not used.
    """
    used = {name: recent[name] if name in given else ibis.null("float64") for name in _USED}
    known = [recent[name].notnull() for name in given if name != "off_net_minutes"]
    sums = recent.select(
        KEY,
        "month",
        minutes=used["voice_minutes"],
        off_net_minutes=used["off_net_minutes"].fill_null(used["voice_minutes"]),
        mb=used["data_mb"],
        messages=used["sms_count"],
        known=ibis.and_(*known) if known else ibis.literal(True),
    )
    sums = sums.filter(sums.known)
    return sums.select(KEY, "month", **count_months(sums, measures(catalogue.tariffs)))


def _fullness(chosen: ir.Table, tariff: Tariff) -> ir.FloatingValue:
    """The largest of the services' use ÷ allowance under one plan; a line's part of a shared bundle is an equal one."""
    found: list[ir.FloatingValue] = []
    for rate in tariff.rates:
        if rate.included is None or not rate.tiers:
            continue
        used = chosen[f"used_{rate.measure.name}"]
        if rate.included == 0:
            found.append(ibis.ifelse(used > 0, _BEYOND, 0.0))
        else:
            allowed = (chosen.months * rate.included).cast("float64")
            found.append((used * tariff.shared_lines).cast("float64") / allowed)
    return ibis.greatest(*found) if found else ibis.literal(0.0)


def _monthly(cents: ir.IntegerValue, months: ir.IntegerValue) -> ir.FloatingValue:
    """Yuan a month."""
    return cents.cast("float64") / (months * 100).cast("float64")


def _window(as_of: date, months: int) -> tuple[date, date]:
    """The first day of the first month, and the first day after the last."""
    end = as_of.year * 12 + as_of.month - 1
    first = end - months
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


def _threshold(classes: Mapping[str, object], level: str, use: str, default: Threshold) -> Threshold:
    if classes.get(level) is None:
        return default
    where = f"classes.{level}"
    given = reading.part(classes, level, "classes")
    reading.check_keys(given, (use, "saving"), where)
    saving = reading.cents(given, "saving", where)
    return Threshold(
        float(reading.number(given, use, where, default=Fraction(default.use))),
        default.saving if saving is None else saving,
    )


def _held(view: ir.Table) -> tuple[int, int]:
    """How many customers the view has, and how many of them a plan."""
    [row] = view.aggregate(everybody=view.count(), held=view.plan_id.count()).to_pyarrow().to_pylist()
    return row["everybody"], row["held"]


def _without(everybody: int, kept: ir.Table) -> list[str]:
    """How many customers have no class, in one sentence; nothing when all have one."""
    classed = int(kept.plan_fit.count().to_pyarrow().as_py())
    if classed == everybody:
        return []
    return [f"{everybody - classed} of {everybody} customers have no known plan or no use in the months rehearsed"]
