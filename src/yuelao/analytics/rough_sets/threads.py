"""Work on several columns at the same time; compiled loops, Arrow and numpy let other threads run meanwhile."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


def side_by_side(work: Callable[[Item], Done], items: Sequence[Item], workers: int | None = None) -> list[Done]:
    """The work done on every item, in their order; `workers`: threads, by default one a core this process may use."""
    with ThreadPoolExecutor(workers or _cores()) as threads:
        return list(threads.map(work, items))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
