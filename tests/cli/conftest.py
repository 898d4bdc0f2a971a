"""Commands in this process, on a copy of the small operator, with the clock of that world."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Finished, yuelao
from tests.world import MORNING
from yuelao.cli import edge
from yuelao.common.clock import FixedClock
from yuelao.workflows.house import House, open_house

Run = Callable[..., Finished]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of this process stays pytest's; nothing of the machine's own settings leaks in; the clock stands."""
    monkeypatch.setattr("yuelao.cli.configure", lambda: None)
    monkeypatch.setattr(edge, "open_house", lambda workspace: open_house(workspace, FixedClock(MORNING)))
    monkeypatch.delenv("YUELAO_WORKSPACE", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: yuelao(capsys, *arguments)


@pytest.fixture
def on_trained(run: Run, trained: House) -> Run:
    """Runs a command with --json on the trained world."""
    return lambda *arguments: run("-w", trained.workspace.path, "--json", *arguments)


@pytest.fixture
def on_matched(run: Run, matched: House) -> Run:
    """Runs a command with --json on the matched world."""
    return lambda *arguments: run("-w", matched.workspace.path, "--json", *arguments)
