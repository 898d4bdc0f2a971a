"""A month's use in the steps that tariffs charge by: seconds, KB, messages; from single events or from monthly sums.

Two plans may round the same calls differently, so a month's row has one column for each way of counting (`Measure`).
All arithmetic is in whole numbers: thousandths of a second and of a byte for single events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

SERVICES = ("voice", "data", "messages")
STEPS = {"voice": 60, "data": 1024, "messages": 1}
"""Steps in the unit of prices and allowances: seconds in a minute, KB in a MB."""
LIMITS = {"voice": 10**8, "data": 2 * 10**9, "messages": 10**8}
"""Most steps a month can have (3 years of talk, 2 TB); more counts as so much."""
_PARTS = {"voice": 1_000, "data": 1_024_000, "messages": 1}
"""Event parts in a step: milliseconds in a second, thousandths of a byte in a KB."""
ROW = ("customer_id", "month")


@dataclass(frozen=True, order=True)
class Measure:
    """How a month's use of a service is counted: rounded up to `block` steps, `per` call, session or month.

    on_net_free: calls within the network do not count. missed: whether a call of no length is free or costs a block.
    """

    service: str
    per: str = "month"
    block: int = 1
    on_net_free: bool = False
    missed: str = "free"

    @property
    def name(self) -> str:
        """Its column."""
        free = "_off_net" if self.on_net_free else ""
        return f"{self.service}_{self.per}_{self.block}{free}{'_missed' if self.missed == 'block' else ''}"


def count_events(events: ir.Table, service: str, measures: Iterable[Measure]) -> ir.Table:
    """Use per customer and month of one service: customer_id, month, and a column per measure of it.

    events: customer_id, month, `amount` (int64: milliseconds, thousandths of a byte, messages), and `on_net` (boolean)
    where a measure asks for it.
    """
    wanted = [measure for measure in measures if measure.service == service]
    if not wanted:
        return events.select(*ROW).distinct()
    return events.group_by(list(ROW)).aggregate(**{measure.name: _counted(events, measure) for measure in wanted})


def _counted(events: ir.Table, measure: Measure) -> ir.IntegerValue:
    block = measure.block * _PARTS[measure.service]
    amount = events.amount
    if measure.on_net_free:
        amount = ibis.ifelse(events.on_net.fill_null(False), 0, amount)
    if measure.per == "month":
        return _blocks(amount.sum(), block) * measure.block
    blocks = _blocks(amount, block)
    if measure.missed == "block":
        counts = ~events.on_net.fill_null(False) if measure.on_net_free else ibis.literal(True)
        blocks = ibis.ifelse((events.amount == 0) & counts, 1, blocks)
    return (blocks.sum() * measure.block).cast("int64")


def count_months(sums: ir.Table, measures: Iterable[Measure]) -> dict[str, ir.IntegerValue]:
    """Columns of monthly sums as measures: `minutes`, `off_net_minutes`, `mb`, `messages` of `sums`, null as 0.

    Calls and sessions are summed already, so what was rounded one by one is taken as billed; only the month is rounded.
    """
    found = {}
    for measure in measures:
        if measure.service == "voice":
            unit, thousandths = sums.off_net_minutes if measure.on_net_free else sums.minutes, 60_000
        elif measure.service == "data":
            unit, thousandths = sums.mb, 1_024_000
        else:
            unit, thousandths = sums.messages, 1_000
        whole = (unit.cast("float64").fill_null(0.0) * thousandths).round().cast("int64")
        block = measure.block if measure.per == "month" else 1
        found[measure.name] = (_blocks(whole, 1_000 * block) * block).cast("int64")
    return found


def join_services(
    tables: Mapping[str, ir.Table], measures: Iterable[Measure], rows: ir.Table | None = None
) -> ir.Table:
    """One row per customer and month in which any service was used, or that is in `rows`; no use is 0."""
    wanted = sorted(set(measures))
    parts = []
    for service, table in tables.items():
        given = {m.name: table[m.name] if m.service == service else ibis.literal(0, "int64") for m in wanted}
        parts.append(table.select(*ROW, **given))
    if rows is not None:
        parts.append(rows.select(*ROW, **{m.name: ibis.literal(0, "int64") for m in wanted}))
    together = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return together.group_by(list(ROW)).aggregate(
        **{measure.name: together[measure.name].sum().cast("int64") for measure in wanted}
    )


def _blocks(amount: ir.IntegerValue, block: int) -> ir.IntegerValue:
    """Blocks begun, exactly for amounts below 2^53."""
    return amount if block == 1 else ((amount + (block - 1)) // block).cast("int64")
