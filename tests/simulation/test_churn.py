"""The hazard of leaving is a chance, and moves the way its causes push."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from yuelao.simulation import churn, world
from yuelao.simulation.churn import Pressure

_SPAN = np.datetime64("2026-11", "M") + np.arange(-2, 0)
BLOCK = world.live(3, 0, _SPAN)
N = len(BLOCK.profile.number)


def _hazard(charge: float = 60, market: float = 0, bound: float = 0, bad: float = 0, tired: float = 0) -> np.ndarray:
    pressure = Pressure(np.full(N, charge), np.full(N, market), np.full(N, bound))
    return churn.law(BLOCK.traits, pressure, np.full(N, bad), np.full(N, tired))


@given(some.floats(0, 500), some.floats(-2, 2), some.floats(0, 1), some.floats(0, 20), some.floats(0, 50))
def test_the_hazard_is_a_chance(charge: float, market: float, bound: float, bad: float, tired: float) -> None:
    found = _hazard(charge, market, bound, bad, tired)
    assert np.all((found > 0) & (found < 1))


@given(some.floats(10, 200))
def test_what_pains_drives_away_and_a_contract_holds(charge: float) -> None:
    usual = _hazard(charge)
    assert np.all(_hazard(charge * 1.5) > usual)
    assert np.all(_hazard(charge, bad=2) > usual)
    assert np.all(_hazard(charge, tired=3) > usual)
    assert np.all(_hazard(charge, bound=1) < usual)


def test_a_month_takes_about_one_in_eighty() -> None:
    assert 0.006 < _hazard().mean() < 0.02


def test_what_is_past_fades() -> None:
    block = world.live(3, 0, _SPAN)
    block.state.fatigue, block.state.grievance = np.ones(N), np.full(N, 2.0)
    churn.remember(block.state, np.zeros(N), np.zeros(N))
    assert np.all(block.state.fatigue == churn.MEMORY)
    assert np.all(block.state.grievance == pytest.approx(2 * churn.MEMORY))


def test_the_market_presses_all_blocks_alike_and_months_differently() -> None:
    month = np.datetime64("2026-10", "M")
    assert np.array_equal(churn.market(5, month), churn.market(5, month))
    assert not np.array_equal(churn.market(5, month), churn.market(5, month + 1))
