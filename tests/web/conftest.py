"""Fixtures of the screens' tests."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.web.furnished import Browser, furnish, visit
from tests.web.simulated import simulated_operator
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace, open_workspace


@pytest.fixture(scope="session")
def furnished_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test gets a copy."""
    path = tmp_path_factory.mktemp("furnished") / "demo"
    furnish(path, FixedClock(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))))
    return path


@pytest.fixture
def furnished(furnished_template: Path, tmp_path: Path) -> Workspace:
    """A workspace with staff, customers and tasks, of this test's own."""
    path = tmp_path / "demo"
    shutil.copytree(furnished_template, path)
    return open_workspace(path)


@pytest.fixture
def visitor(furnished: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """A browser nobody has signed in with."""
    with visit(furnished, clock) as browser:
        yield browser


@pytest.fixture
def agent(furnished: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """The agent's browser."""
    with visit(furnished, clock, "agent") as browser:
        yield browser


@pytest.fixture(scope="session")
def simulated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test that changes something gets a copy."""
    path = tmp_path_factory.mktemp("simulated") / "demo"
    simulated_operator(path, FixedClock(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))))
    return path


@pytest.fixture
def simulated(simulated_template: Path, tmp_path: Path) -> Workspace:
    """A workspace with data, a model and a match, of this test's own."""
    path = tmp_path / "simulated"
    shutil.copytree(simulated_template, path, ignore=shutil.ignore_patterns("extracts"))
    return open_workspace(path)


@pytest.fixture
def planner(simulated: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """The planner's browser."""
    with visit(simulated, clock, "planner") as browser:
        yield browser


@pytest.fixture
def approver(simulated: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """The approver's browser."""
    with visit(simulated, clock, "approver") as browser:
        yield browser


@pytest.fixture
def analyst(simulated: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """The analyst's browser."""
    with visit(simulated, clock, "analyst") as browser:
        yield browser


@pytest.fixture
def administrator(simulated: Workspace, clock: FixedClock) -> Iterator[Browser]:
    """The administrator's browser."""
    with visit(simulated, clock, "administrator") as browser:
        yield browser
