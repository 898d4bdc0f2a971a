"""Blocks of customers: the same whoever lives them, in order, and an error in a process is an error here."""

import os
from typing import Any

import numpy as np
import pytest

from yuelao.common.errors import Unavailable
from yuelao.simulation import blocks
from yuelao.simulation.blocks import Work

_MONTHS = np.datetime64("2026-11", "M") + np.arange(-1, 0)
_WORK = Work(3, _MONTHS, 15_000, 0.01)


class _Deadly:
    """Ends the process that receives it."""

    def __reduce__(self) -> Any:
        return os._exit, (1,)


def test_processes_hand_over_what_one_process_does() -> None:
    here = list(blocks.in_order(_WORK, 2, 1))
    there = list(blocks.in_order(_WORK, 2, 2))
    assert [block.pieces for block in there] == [block.pieces for block in here]
    assert os.getpid() not in {block.process for block in there}
    assert blocks.peak_memory_mb() >= sum({block.process: block.peak_mb for block in there}.values())


def test_only_customers_asked_for_are_written() -> None:
    first, second = blocks.in_order(_WORK, 2, 1)
    assert first.pieces[blocks.TRUTH].rows == 10_000
    assert second.pieces[blocks.TRUTH].table()["number"].to_pylist() == list(range(10_001, 15_001))


@pytest.mark.parametrize(
    ("work", "error"),
    [(Work(-1, _MONTHS, 10, 0.0), ValueError), (Work(_Deadly(), _MONTHS, 10, 0.0), Unavailable)],  # type: ignore[arg-type]
)
def test_what_goes_wrong_in_a_process_is_told(work: Work, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(blocks.in_order(work, 3, 2))
