"""The application as the browser meets it."""

from collections.abc import Iterator

import pytest

from scripts.screenshot import serving
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace


@pytest.fixture
def address(furnished: Workspace, clock: FixedClock) -> Iterator[str]:
    """Where the furnished workspace is served."""
    with serving(furnished, clock) as where:
        yield where
