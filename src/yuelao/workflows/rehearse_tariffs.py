"""Rehearsing tariffs: anybody's usage billed under every plan, and who would pay less on another; no workspace."""

import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.plan_fit.catalogue import read_strictly
from yuelao.analytics.plan_fit.rehearsal import bills, choose, measures, summed, totals
from yuelao.analytics.plan_fit.use import count_events, join_services
from yuelao.common.progress import Progress, silent
from yuelao.warehouse.usage_files.reading import Usage, open_usage
from yuelao.warehouse.usage_files.rules import read_rules
from yuelao.warehouse.usage_files.writing import check_out, write_rejects, write_rows

_SERVICES = {"calls": "voice", "data": "data", "messages": "messages"}


class Rehearsal(BaseModel):
    """`months`: different calendar months billed. Bills: all customers and months together, under the plans held and
    under each customer's one cheapest plan. `switchers`: customers whom another plan costs less."""

    model_config = ConfigDict(frozen=True)

    customers: int
    months: int
    bill_now: float
    bill_best: float
    switchers: int
    seconds: float


class SetAside(BaseModel):
    """Rows that could not be used: how many of each file, the first of them in words, and the file that has all."""

    rows: dict[str, int]
    first: list[str]
    file: Path


def rehearse(
    files: Mapping[str, Path], rules_file: Path, out: Path, progress: Progress = silent
) -> tuple[Rehearsal, SetAside | None]:
    """Bill the usage in `files` (calls, data, messages; users, plans) under every plan, into `out`: customer, month,
    plan, bill. Refused for anything as a whole not as the rules say; wrong rows are set aside and told."""
    started = time.perf_counter()
    rules = read_rules(rules_file)
    check_out(out, [*files.values(), rules_file])
    with open_usage(files, rules, progress) as usage:
        tariffs = read_strictly(usage.plans, rules.rounding, usage.places)
        wanted = measures(tariffs)
        counted = {
            _SERVICES[name]: count_events(usage.events(name), _SERVICES[name], wanted) for name in usage.services
        }
        months = join_services(counted, wanted, usage.months())
        users = usage.users()
        use = usage.keep(months.join(users, "customer_id"), "months")
        chosen = usage.keep(choose(totals(use, tariffs).join(users, "customer_id"), tariffs), "chosen")
        found = summed(chosen, use).to_pyarrow().to_pylist()[0]
        rows = bills(use, tariffs)
        rows = rows.select(customer="customer_id", month=rows.month.strftime("%Y-%m"), plan="plan", bill="bill")
        write_rows(usage.backend, rows.order_by("customer", "month", "plan"), out)
        done = Rehearsal(**found, seconds=round(time.perf_counter() - started, 3))
        return done, _set_aside(usage, out)


def _set_aside(usage: Usage, out: Path) -> SetAside | None:
    rows = usage.rejected()
    if not rows:
        return None
    return SetAside(rows=rows, first=usage.first_rejects(), file=write_rejects(usage.backend, out))
