"""Fixtures of the screens' tests."""

from collections.abc import Iterator

import pytest

from tests.web.furnished import Browser, visit
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace


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
