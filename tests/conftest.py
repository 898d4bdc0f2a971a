"""Fixtures that every room's tests share: the clock, a workspace, empty databases of both kinds, a browser page."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from tests.postgresql import Cluster
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace, create_workspace
from yuelao.operations.staff import service
from yuelao.storage.session import Database

pytest_plugins = ["tests.browsers", "tests.spark", "tests.world", "tests.screens"]

# No deadline: on a loaded machine the time of one example says nothing. In CI the same examples every time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

LONGEST = (
    "warehouse/test_spark.py",
    "workflows/test_train_model.py",
    "cli/test_commands.py",
    "workflows/test_model_kinds.py",
    "workflows/test_retrain_models.py",
    "workflows/test_score_customers.py",
    "workflows/test_bank_example.py",
    "cli/test_bad_input.py",
    "warehouse/test_engines.py",
    "warehouse/test_build.py",
    "warehouse/test_reuse.py",
    "workflows/test_run_campaigns.py",
    "journeys/test_segments.py",
    "journeys/test_planner.py",
    "web/test_segments.py",
)
"""Files that take longest, which go first: so no process is left with one of them while the others have ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, else as collected; of one file, tests stay together."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session", autouse=True)
def strong_hasher() -> Iterator[PasswordHasher]:
    """What hashes passwords outside tests; in tests one does that is meant to be quick, not to withstand anybody."""
    with pytest.MonkeyPatch.context() as patch:
        strong = service._hasher
        patch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield strong


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 23 November 2026, ten in the morning in Shanghai: within calling hours."""
    return FixedClock(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new, empty workspace of the telecom pack, on SQLite."""
    return create_workspace(tmp_path / "workspace", "telecom")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """The PostgreSQL of this test process."""
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Cluster) -> str:
    """Name of the migrated, empty PostgreSQL database that each test gets a copy of."""
    name = postgresql.create()
    _migrate(postgresql.url(name))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated, empty SQLite file that each test gets a copy of."""
    file = tmp_path_factory.mktemp("migrated") / "operations.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


def _migrate(url: str) -> None:
    with closing(Database(url)) as database:
        database.migrate()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table, once of each kind; for the tests of migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated database without any row, once of each kind."""
    if request.param == "sqlite":
        file = tmp_path / "operations.sqlite"
        with closing(sqlite3.connect(request.getfixturevalue("migrated_sqlite"))) as template:
            template.execute("VACUUM INTO ?", [str(file)])
        yield f"sqlite:///{file}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.create(template=request.getfixturevalue("migrated_postgresql"))
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without any row, once on SQLite and once on PostgreSQL."""
    with closing(Database(database_url)) as opened:
        yield opened
