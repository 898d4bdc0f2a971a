"""Tariff rehearsal: bills months of actual use under every plan, and finds each customer's cheapest.

Every plan becomes one expression over the month's row, generated from its tariff, so all plans are billed in one pass
and nothing is multiplied out before it is asked for. Bills are whole cents, equal on every engine. Months' rows have
customer_id, month, a column per measure (`use.Measure.name`), and may have `holder`: who shares plans with shared lines
(without it, or null, a line is billed alone).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir
from ibis import selectors

from yuelao.analytics.plan_fit.tariff import Rate, Tariff
from yuelao.analytics.plan_fit.use import LIMITS, Measure

KEY = "customer_id"


def measures(tariffs: Sequence[Tariff]) -> list[Measure]:
    """The ways in which the plans count use: the columns that the months' rows need."""
    return sorted({rate.measure for tariff in tariffs for rate in tariff.rates})


def with_bills(use: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
    """The months' rows with `bill_<i>` in cents, i being the place of the plan in `tariffs`."""
    return use.mutate(**{f"bill_{place}": _bill(use, tariff) for place, tariff in enumerate(tariffs)})


def bills(use: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
    """One row per customer, month and plan: customer_id, month, plan, bill (an exact decimal of two places)."""
    wide = with_bills(use, tariffs).select(KEY, "month", *(f"bill_{place}" for place in range(len(tariffs))))
    long = wide.pivot_longer(
        selectors.startswith("bill_"),
        names_to="plan",
        names_transform=lambda name: tariffs[int(name.removeprefix("bill_"))].plan,
        values_to="bill",
    )
    return long.mutate(bill=money(long.bill))


def totals(use: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
    """One row per customer: customer_id, `months` billed, `total_<i>`, the cents under each plan, and `used_<measure>`,
    what was used as each measure counts it."""
    if not any(_is_pooled(use, tariff) for tariff in tariffs):
        return _totals(use, tariffs)
    shared, alone = use.filter(use.holder.notnull()), use.filter(use.holder.isnull())
    return ibis.union(_totals(shared, tariffs), _totals(alone.drop("holder"), tariffs))  # most lines: no pools to sum


def _totals(use: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
    pooled = [place for place, tariff in enumerate(tariffs) if _is_pooled(use, tariff)]
    use = use.mutate(**{f"bill_{place}": _bill(use, tariffs[place]) for place in pooled}) if pooled else use
    each = {
        f"total_{place}": use[f"bill_{place}"] if place in pooled else _bill(use, tariff)
        for place, tariff in enumerate(tariffs)
    }
    each |= {f"used_{measure.name}": use[measure.name] for measure in measures(tariffs)}
    return use.group_by(KEY).aggregate(
        months=use.count(), **{name: _summed(amount, use).cast("int64") for name, amount in each.items()}
    )


def _summed(amount: ir.IntegerValue, use: ir.Table) -> ir.NumericValue:
    """The sum of a customer's months: as doubles, exact for whole numbers, which engines add faster than integers."""
    is_fixed = not isinstance(amount, ir.Column)  # a plan with nothing but a fee: one number, and no column to sum
    return amount * use.count() if is_fixed else amount.cast("float64").sum()


def choose(totals: ir.Table, tariffs: Sequence[Tariff]) -> ir.Table:
    """Adds to `totals` with the present `plan` (null: unknown): now, best (cents), best_plan, saving (cents).

    Only plans on sale and the present one can be best. Equal bills: the present plan, then the lower fee, then the
    name, which is the order of `read_plans`. `now` and `saving`, the regret of staying, are null without a known plan;
    `best` is null where there is neither a plan on sale nor a known one.
    """
    offered = [(place, tariff) for place, tariff in enumerate(tariffs) if tariff.on_sale]
    held = [(totals.plan == tariff.plan, totals[f"total_{place}"]) for place, tariff in enumerate(tariffs)]
    now = totals.mutate(now=ibis.cases(*held, else_=ibis.null("int64")))
    # Null is no candidate, but what `least` makes of it is each engine's own
    staying = now.now.fill_null(now[f"total_{offered[0][0]}"]) if offered else now.now
    least = ibis.least(staying, *(now[f"total_{place}"] for place, _ in offered)) if offered else staying
    found = now.mutate(best=least)
    best = ibis.cases(
        (found.now == found.best, found.plan),
        *((found[f"total_{place}"] == found.best, ibis.literal(tariff.plan)) for place, tariff in offered),
        else_=ibis.null("string"),
    )
    return found.mutate(best_plan=best, saving=found.now - found.best)


def summed(chosen: ir.Table, use: ir.Table) -> ir.Table:
    """One row: customers, months (different calendar months), bill_now, bill_best (money), switchers."""
    row = chosen.aggregate(
        customers=chosen.count(),
        bill_now=money(chosen.now.sum().fill_null(0)).cast("float64"),
        bill_best=money(chosen.best.sum().fill_null(0)).cast("float64"),
        switchers=(chosen.saving > 0).sum().fill_null(0).cast("int64"),
    )
    return row.cross_join(use.aggregate(months=use.month.nunique()))


def money(cents: ir.IntegerValue) -> ir.DecimalValue:
    """Cents as an amount of two decimals."""
    # The product of two such decimals has four places, whatever ibis takes it for: another precision makes it cast
    return (cents.cast("decimal(18, 2)") * ibis.literal(Decimal("0.01"), "decimal(18, 2)")).cast("decimal(16, 2)")


def _is_pooled(use: ir.Table, tariff: Tariff) -> bool:
    return tariff.shared_lines > 1 and "holder" in use.columns


def _bill(use: ir.Table, tariff: Tariff) -> ir.IntegerValue:
    """Cents of each row under one plan."""
    steps = {rate.measure.name: use[rate.measure.name] for rate in tariff.rates}
    if not _is_pooled(use, tariff):
        return _total(tariff, steps, 1)
    holder = ibis.ifelse(use.holder.isnull(), ibis.literal("line ") + use[KEY], ibis.literal("holder ") + use.holder)
    pool = ibis.window(group_by=[holder, use.month])
    lines = use.count().over(pool)
    subscriptions = ((lines + (tariff.shared_lines - 1)) // tariff.shared_lines).cast("int64")
    summed = {name: column.sum().over(pool).cast("int64") for name, column in steps.items()}
    total = _total(tariff, summed, subscriptions)
    place = ibis.row_number().over(ibis.window(group_by=[holder, use.month], order_by=use[KEY]))
    return (total // lines + (place < total % lines).cast("int64")).cast("int64")


def _total(
    tariff: Tariff, steps: Mapping[str, ir.IntegerValue], subscriptions: ir.IntegerValue | int
) -> ir.IntegerValue:
    lines = [
        _charge(rate, ibis.least(steps[rate.measure.name], LIMITS[rate.measure.service]), subscriptions)
        for rate in tariff.rates
        if rate.tiers and rate.included is not None
    ]
    over = reduce(add, lines) if lines else ibis.literal(0, "int64")
    limited = over if tariff.cap is None else ibis.least(over, subscriptions * tariff.cap)
    return (limited + subscriptions * tariff.fee).cast("int64")


def _charge(rate: Rate, steps: ir.IntegerValue, subscriptions: ir.IntegerValue | int) -> ir.IntegerValue:
    """Cents for one service, the same as `Rate.charge`: what a tier's price is above the one before, from there on.

    Where whole blocks cost whole cents, so is every sum. Elsewhere doubles are exact enough: results lie 1/denominator
    apart, so half of half of that, added to what rounds half up, outweighs their error (see `tariff.EXACT`) and never
    reaches the next cent.
    """
    whole = rate.whole_cents
    unit = rate.denominator if whole else 1
    counted = (steps // unit).cast("int64") if unit > 1 else steps if whole else steps.cast("float64")
    parts, before = [], 0
    for start, _, price in rate.pieces():
        if price != before:
            begins = subscriptions * (((rate.included or 0) + start) // unit)
            beyond = counted if isinstance(begins, int) and begins == 0 else ibis.greatest(counted - begins, 0)
            parts.append(beyond * (price - before if whole else (price - before) / rate.denominator))
        before = price
    if not parts:
        return ibis.literal(0, "int64")
    cents = reduce(add, parts)
    if not whole:
        cents = (cents + (0.5 + 0.25 / rate.denominator)).floor()
    return cents if rate.cap is None else ibis.least(cents, subscriptions * rate.cap)
