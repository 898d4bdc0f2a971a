"""The workspaces behind the screens, made once for all test processes; each test works on a copy of one.

furnished   staff of every role, five customers and their tasks; no lake
simulated   the trained world of `tests.world` with staff of every role, and one campaign planned three weeks later
"""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.web.furnished import furnish
from tests.web.simulated import simulated_operator
from tests.world import made_once
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace, open_workspace

_NOW = FixedClock(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(scope="session")
def furnished_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The furnished workspace. Look, do not touch."""
    return made_once(tmp_path_factory, "furnished", lambda path: furnish(path, _NOW))


@pytest.fixture
def furnished(furnished_template: Path, tmp_path: Path) -> Workspace:
    """A workspace with staff, customers and tasks, of this test's own."""
    path = tmp_path / "demo"
    shutil.copytree(furnished_template, path)
    return open_workspace(path)


@pytest.fixture(scope="session")
def simulated_template(tmp_path_factory: pytest.TempPathFactory, trained_world: Path) -> Path:
    """The simulated operator behind the screens. Look, do not touch."""
    return made_once(tmp_path_factory, "simulated", lambda path: simulated_operator(path, trained_world, _NOW))


@pytest.fixture
def simulated(simulated_template: Path, tmp_path: Path) -> Workspace:
    """A workspace with data, a model and a match, of this test's own."""
    path = tmp_path / "simulated"
    shutil.copytree(simulated_template, path, ignore=shutil.ignore_patterns("extracts"))
    return open_workspace(path)
