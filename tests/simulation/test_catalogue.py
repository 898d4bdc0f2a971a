"""The plans' rates: what use beyond the bundle costs, for any use."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from yuelao.simulation import catalogue
from yuelao.simulation.catalogue import PLANS, Use

_EVERY = np.arange(len(PLANS))


def _cost(minutes: int, off_net: int, data_kb: int, messages: int, pack_mb: float = 0.0) -> dict[str, int]:
    use = Use(*(np.array([value]) for value in (minutes, off_net, data_kb, messages)))
    cost = catalogue.beyond(_EVERY, use, np.array([pack_mb]))
    return {plan.code: int(fen) for plan, fen in zip(PLANS, cost, strict=True)}


@given(some.integers(0, 5000), some.integers(0, 200 * 1024**2), some.integers(0, 900), some.floats(0, 1))
def test_a_bill_grows_with_use_up_to_the_cap(minutes: int, data_kb: int, messages: int, off_net: float) -> None:
    others = int(minutes * off_net)
    cost = _cost(minutes, others, data_kb, messages)
    more = _cost(minutes + 7, others + 7, data_kb + 3000, messages + 2)
    for plan in PLANS:
        assert 0 <= cost[plan.code] <= more[plan.code] <= 100 * plan.cap


def test_use_within_the_bundle_costs_nothing() -> None:
    for plan in PLANS:
        assert _cost(plan.minutes, plan.minutes, plan.data_mb * 1024, plan.sms)[plan.code] == 0


def test_use_beyond_costs_what_the_plan_says() -> None:
    # 19 yuan: 100 minutes, 3 GB, 30 messages; 0.15 a minute, 0.01 a begun MB, 0.1 a message
    assert _cost(107, 107, 3 * 1024**2 + 1, 33)["plan_4g_19"] == 7 * 15 + 1 + 30
    assert _cost(107, 107, 3 * 1024**2 + 1, 33, pack_mb=10)["plan_4g_19"] == 7 * 15 + 30
    # by steps of 16 MB
    assert _cost(0, 0, 12 * 1024**2 + 1, 0)["plan_4g_39_data"] == 16
    # the first GB at 0.05, then 0.02
    assert _cost(0, 0, (3 + 2) * 1024**2, 0)["plan_4g_98_old"] == 1024 * 5 + 1024 * 2
    # within the network free
    assert _cost(900, 90, 0, 0)["plan_4g_48"] == 0
    assert _cost(900, 110, 0, 0)["plan_4g_48"] == 10 * 15


def test_thirty_plans_with_codes_of_their_own() -> None:
    assert len({plan.code for plan in PLANS}) == len({plan.name for plan in PLANS}) == len(PLANS) == 30
    assert sum(not plan.on_sale for plan in PLANS) >= 3
