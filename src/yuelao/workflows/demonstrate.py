"""Demonstrate: the whole main job on a simulated operator, from raw extracts to a result against the hold-out.

The operator's data ends on the first of a month in the recent past. On that day the running campaigns go out, and in
the days that follow simulated agents work the tasks, on customers whose answers only the simulation knows. Then the
model learns from it, and today's campaigns go out: their tasks wait for whoever signs in.
"""

import secrets
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.common.clock import FixedClock, system_clock
from yuelao.common.progress import Progress, silent
from yuelao.operations import campaigns, contact_policy, staff
from yuelao.operations.staff import Role, User
from yuelao.warehouse.views import newest_view
from yuelao.workflows.create_workspace import create
from yuelao.workflows.house import House
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.measure_campaign import Measured, measure
from yuelao.workflows.play_customers import play_calls, play_orders
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.run_campaigns import CampaignRun, DayRun, run
from yuelao.workflows.simulate_operator import simulate
from yuelao.workflows.train_model import train
from yuelao.workflows.training_answer import Trained

_MARK = "demonstration"
_MONTHS = 6
_PLAYED_DAYS = 20
_PEOPLE: Sequence[tuple[str, Role, str, str]] = (
    ("planner", Role.PLANNER, "林晓", ""),
    ("approver", Role.APPROVER, "周敏", ""),
    ("lead", Role.CITY_LEAD, "何伟", ""),
    ("analyst", Role.ANALYST, "许静", ""),
    ("trainer", Role.TRAINER, "宋佳", ""),
    ("floor", Role.FLOOR_MANAGER, "郑强", ""),
    ("agent", Role.AGENT, "王芳", "north"),
    ("agent2", Role.AGENT, "李娜", "south"),
    ("agent3", Role.AGENT, "张磊", "north"),
    ("agent4", Role.AGENT, "刘洋", "south"),
    ("inspector", Role.INSPECTOR, "吴丹", ""),
    ("admin", Role.ADMINISTRATOR, "管理员", ""),
)
"""name, role, name shown, team"""


class CampaignResult(BaseModel):
    """What today's run of a campaign decided, and what its run in the past has changed."""

    model_config = ConfigDict(frozen=True)

    targets: int
    refused: dict[str, int]
    assigned: int
    held_out: int
    tasks: int
    past_assigned: int
    past_held_out: int
    past_called: int
    past_buyers: int
    effect: float | None
    interval: tuple[float, float] | None


class Demonstrated(BaseModel):
    """What the demonstration did; `sign_in` holds a password for each name."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    as_of: date
    customers: int
    tables: dict[str, dict[str, int | str | None]]
    levels: dict[str, int]
    model: Trained
    campaigns: dict[str, CampaignResult]
    calls: dict[str, int]
    tasks: int
    sign_in: dict[str, str]
    seconds: float


def demonstrate(path: Path, customers: int, progress: Progress = silent, seed: int = 1) -> Demonstrated:
    """Make the workspace `path` and do the whole main job in it; refused where something lies there already."""
    started = perf_counter()
    first_day = (system_clock().date() - timedelta(days=_PLAYED_DAYS)).replace(day=1)
    with closing(create(path, "telecom")) as house:
        (house.workspace.path / _MARK).touch()
        simulate(customers, _MONTHS, seed, house.workspace.extracts, first_day, progress)
        loaded = ingest(house, house.workspace.extracts / "mapping.yaml", progress)
        sign_in, agents = _add_people(house)
        wave, calls = _past_wave(house, agents, first_day, seed, progress)
        refreshed = refresh(house, house.today(), progress)
        trained = train(house, "response", house.today(), progress)
        results = {name: measure(house, name) for name in wave}
        today = run(house, house.today(), "demo", progress)
        _call_around_the_clock(house)
    return Demonstrated(
        workspace=str(path),
        as_of=refreshed.as_of,
        customers=refreshed.customers,
        tables=loaded.tables,
        levels=refreshed.levels,
        model=trained,
        campaigns={name: _result(each, results[name]) for name, each in today.campaigns.items()},
        calls=calls,
        tasks=sum(each.launch.tasks for each in today.campaigns.values()),
        sign_in=sign_in,
        seconds=round(perf_counter() - started, 1),
    )


def is_demonstration(path: Path) -> bool:
    """Whether the workspace at `path` was made by a demonstration, and may be made anew."""
    return (path / _MARK).is_file()


def _add_people(house: House) -> tuple[dict[str, str], list[User]]:
    """Somebody of every role, each with a password of their own; also those who call."""
    passwords = {name: secrets.token_urlsafe(6) for name, *_rest in _PEOPLE}
    with house.database.transaction() as session:
        users = [
            staff.add_user(session, name, role, passwords[name], now=house.now(), display_name=shown, team=team or None)
            for name, role, shown, team in _PEOPLE
        ]
    return passwords, [user for user in users if user.role is Role.AGENT]


def _past_wave(
    house: House, agents: list[User], first_day: date, seed: int, progress: Progress
) -> tuple[list[str], dict[str, int]]:
    """Run the campaigns on `first_day`, let the agents call for some days, and let a month of orders come in."""
    opening = datetime.combine(first_day, time(8), house.workspace.timezone)
    then = House(house.workspace, house.database, house.lake, FixedClock(opening))
    refresh(then, first_day, progress)
    train(then, "response", first_day, progress)
    wave = run(then, first_day, "demo", progress)
    extracts = house.workspace.extracts
    days = [first_day + timedelta(days=day) for day in range(_PLAYED_DAYS)]
    played = play_calls(then, extracts, agents, days, seed, progress)
    _orders_of_the_month(house, wave, first_day, seed)
    return list(wave.campaigns), played.outcomes


def _orders_of_the_month(house: House, wave: DayRun, first_day: date, seed: int) -> None:
    """Everybody orders what they would have ordered anyway, called, held out or never considered."""
    with house.lake.snapshot() as snapshot:
        view = snapshot.dataset("view", newest_view(snapshot).isoformat())
        everybody = view.select("customer_id").to_pyarrow()["customer_id"].to_pylist()
    with house.database.transaction(read_only=True) as session:
        products = [code for name in wave.campaigns for code in campaigns.get(session, name).definition.products]
    play_orders(house, house.workspace.extracts, everybody, products, first_day, seed)


def _call_around_the_clock(house: House) -> None:
    """A visitor may come at night: the demonstration's policy has no calling hours, and says so."""
    with house.database.transaction() as session:
        policy = contact_policy.current(session)
        rules = tuple(rule for rule in policy.rules if "hours" not in rule.when)
        contact_policy.save(session, policy.model_copy(update={"rules": rules}), "demo", house.now())


def _result(today: CampaignRun, past: Measured) -> CampaignResult:
    return CampaignResult(
        targets=today.match.targets,
        refused=today.match.refused,
        assigned=today.match.assigned,
        held_out=today.match.held_out,
        tasks=today.launch.tasks,
        past_assigned=past.assigned.customers,
        past_held_out=past.held_out.customers,
        past_called=past.assigned.called,
        past_buyers=past.assigned.buyers,
        effect=past.effect,
        interval=past.interval,
    )
