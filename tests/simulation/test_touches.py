"""Touches, services and use carry habits, blurred: enough touches each, content where the habit is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from yuelao.simulation import catalogue, channels, words, world
from yuelao.simulation.behaviour import Block

_MONTHS = np.datetime64("2026-11", "M") + np.arange(-6, 0)


@pytest.fixture(scope="module")
def lived() -> Block:
    return world.live(5, 0, _MONTHS)


def _stayed(block: Block) -> NDArray[np.bool_]:
    return np.asarray((block.profile.joined < _MONTHS[0]) & np.isnat(block.state.left))


def test_a_typical_customer_has_five_to_fifteen_touches(lived: Block) -> None:
    touches = np.bincount(lived.log.table("interactions")["number"] - 1, minlength=10_000)[_stayed(lived)]
    assert 5 <= np.median(touches) <= 15
    assert np.mean((touches >= 5) & (touches <= 15)) > 0.4
    assert np.mean(touches) == pytest.approx(9, abs=3)


def test_touches_are_where_the_habit_is_but_not_all_of_them(lived: Block) -> None:
    rows = lived.log.table("interactions")
    habit = channels.HABIT_OF[rows["channel"]]
    known = lived.traits.habit[rows["number"] - 1]
    at_best = np.mean(habit == known.argmax(axis=1))
    assert 0.5 < at_best < 0.85
    assert set(rows["channel"].tolist()) == set(range(len(words.CHANNELS))) - {words.OUTBOUND, words.BANK}
    assert set(rows["business"].tolist()) == set(range(len(words.BUSINESSES)))


def _mean_by(condition: NDArray[np.bool_], values: NDArray[np.int64]) -> tuple[float, float]:
    return float(values[condition].mean()), float(values[~condition].mean())


def test_the_loyal_and_those_at_home_are_more_content(lived: Block) -> None:
    rows = lived.log.table("interactions")
    asked = rows["satisfaction"] >= 0
    assert 0.1 < asked.mean() < 0.4
    who, score = rows["number"][asked] - 1, rows["satisfaction"][asked]
    assert set(score.tolist()) == {1, 2, 3, 4, 5}
    habit = channels.HABIT_OF[rows["channel"][asked]]
    at_home, elsewhere = _mean_by(lived.traits.habit[who, habit] > 0.5, score)
    loyal, others = _mean_by(lived.traits.loyalty[who] > 0, score)
    assert at_home > elsewhere + 0.2
    assert loyal > others + 0.3


def test_services_and_use_follow_how_a_customer_lives(lived: Block) -> None:
    held, habit = lived.services.held, lived.traits.habit
    codes = [service.code for service in catalogue.SERVICES]
    sms, online = habit[:, words.SMS], habit[:, words.WEB] + habit[:, words.APP]
    for code, leaning in (("secretary_vas", sms), ("number_management_vas", online), ("video_vas", online)):
        some, few = _mean_by(leaning > np.median(leaning), held[:, codes.index(code)].astype(int))
        assert 0.02 < few < some < 0.5
    use = lived.log.table("usage_monthly")
    caller = habit[use["number"] - 1, words.HOTLINE] > 0.3
    for field in ("forwards", "information"):
        often, seldom = _mean_by(caller, use[field])
        assert often > 1.3 * seldom > 0
    away = lived.services.travel[use["number"] - 1] > 0
    assert _mean_by(away, use["roaming"])[0] > 1.5 * _mean_by(away, use["roaming"])[1]


def test_parts_of_use_are_no_more_than_the_whole(lived: Block) -> None:
    use = lived.log.table("usage_monthly")
    for part, whole in (
        ("off_net", "minutes"),
        ("long_distance", "minutes"),
        ("roaming", "minutes"),
        ("over_kb", "data_kb"),
        ("fast_kb", "data_kb"),
        ("roaming_kb", "data_kb"),
        ("numbers", "calls"),
    ):
        assert np.all((use[part] >= 0) & (use[part] <= use[whole])), part
    assert np.all((use["data_days"] >= 0) & (use["data_days"] <= 31))
    assert np.all(use["charge"] >= use["over_charge"] + use["vas"])


def test_services_come_and_go_without_overlap(lived: Block) -> None:
    rows = lived.log.table("subscriptions")
    first = len(catalogue.PRODUCTS) + len(catalogue.PLANS)
    services = rows["product"] >= first
    ended = np.where(np.isnat(rows["ended"]), np.datetime64("2100-01-01"), rows["ended"])
    assert np.all(rows["started"] <= ended)
    key = rows["number"][services] * 100 + rows["product"][services]
    order = np.lexsort((rows["started"][services], key))
    same = np.diff(key[order]) == 0
    assert np.all(rows["started"][services][order][1:][same] >= ended[services][order][:-1][same])
    assert 0.01 < np.mean(~np.isnat(rows["ended"][services])) < 0.4
