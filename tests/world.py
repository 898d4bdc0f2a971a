"""A small simulated operator, loaded and learnt from once for all test processes; each test works on a copy of it.

    trained   extracts loaded twice over a workspace of the telecom pack, the view built, the response model trained
    matched   … and the campaign data-upgrade planned
    played    … launched, its calls played on customers whose answers the simulation knows, and a month of orders in

The clock says Monday, 2 November 2026, ten in the morning in Shanghai: the day after the operator's last extracts.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.builders import a_user
from yuelao.common.clock import FixedClock
from yuelao.common.settings import open_workspace
from yuelao.operations import staff
from yuelao.warehouse.views import read_view
from yuelao.workflows.create_workspace import create
from yuelao.workflows.house import House, open_house
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.match_offers import match
from yuelao.workflows.play_customers import play_calls, play_orders
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.simulate_operator import simulate
from yuelao.workflows.train_model import train

CUSTOMERS, MONTHS, SEED = 2_500, 6, 2
AS_OF = date(2026, 11, 1)
MORNING = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
CAMPAIGN, PRODUCTS = "data-upgrade", ("data_10gb", "data_30gb")
PLAYED_DAYS = 5


@contextmanager
def house_at(path: Path, moment: datetime = MORNING) -> Iterator[House]:
    """The house of the workspace at `path`, with its clock at `moment`."""
    house = open_house(open_workspace(path), FixedClock(moment))
    with closing(house.database):
        yield house


@pytest.fixture(scope="session")
def trained_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace before anything was planned. Look, do not touch."""
    return made_once(tmp_path_factory, "trained", _make_trained)


@pytest.fixture(scope="session")
def matched_world(tmp_path_factory: pytest.TempPathFactory, trained_world: Path) -> Path:
    """The workspace with one campaign planned. Look, do not touch."""
    return made_once(tmp_path_factory, "matched", lambda path: _make_matched(path, trained_world))


@pytest.fixture(scope="session")
def played_world(tmp_path_factory: pytest.TempPathFactory, matched_world: Path) -> Path:
    """The workspace a month after the campaign. Look, do not touch."""
    return made_once(tmp_path_factory, "played", lambda path: _make_played(path, matched_world))


@pytest.fixture
def trained(trained_world: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the trained world, opened on the morning of 2 November."""
    with house_at(copy_of(trained_world, tmp_path / "workspace")) as house:
        yield house


@pytest.fixture
def matched(matched_world: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the matched world, opened on the morning of 2 November."""
    with house_at(copy_of(matched_world, tmp_path / "workspace")) as house:
        yield house


@pytest.fixture
def played(played_world: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the played world, opened five weeks later, when its result is known."""
    with house_at(copy_of(played_world, tmp_path / "workspace"), MORNING + timedelta(days=35)) as house:
        yield house


def _make_trained(path: Path) -> None:
    with closing(create(path, "telecom", {"webhook_secret": "thread"}, FixedClock(MORNING)).database):
        pass
    with house_at(path) as house:
        simulate(CUSTOMERS, MONTHS, SEED, house.workspace.extracts, AS_OF)
        ingest(house, house.workspace.extracts / "mapping.yaml")
        refresh(house, AS_OF)
        train(house, "response", AS_OF)
        with house.database.transaction() as session:
            for name, team in (("agent", "north"), ("agent2", "south")):
                a_user(session, name, team=team)


def _make_matched(path: Path, earlier: Path) -> None:
    with house_at(copy_of(earlier, path)) as house:
        match(house, CAMPAIGN)


def _make_played(path: Path, earlier: Path) -> None:
    with house_at(copy_of(earlier, path)) as house:
        launch(house, CAMPAIGN)
        with house.database.transaction(read_only=True) as session:
            agents = [user for user in staff.users(session) if user.role is staff.Role.AGENT]
        days = [MORNING.date() + timedelta(days=day) for day in range(PLAYED_DAYS)]
        play_calls(house, house.workspace.extracts, agents, days, SEED)
        with house.lake.snapshot() as snapshot:
            everybody = read_view(snapshot, AS_OF).select("customer_id").to_pyarrow()["customer_id"].to_pylist()
    with house_at(path, MORNING + timedelta(days=35)) as later:
        play_orders(later, later.workspace.extracts, everybody, list(PRODUCTS), AS_OF, SEED)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Make it in the folder that all workers of pytest-xdist share; who comes second waits and takes what is there."""
    own = factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    path, ready = shared / f"world-{name}", shared / f"world-{name}.ready"
    with (shared / f"world-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            make(path)
            ready.touch()
    return path


def copy_of(source: Path, target: Path) -> Path:
    """A workspace of one's own: a copy, with a link to the raw extracts."""
    shutil.copytree(source, target, ignore=lambda folder, _: ["extracts"] if Path(folder) == source else [])
    (target / "extracts").symlink_to((source / "extracts").resolve())
    return target
