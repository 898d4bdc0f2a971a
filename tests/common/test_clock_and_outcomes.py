"""The clock that stands still, and what each outcome means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yuelao.common.clock import FixedClock, system_clock
from yuelao.common.outcomes import REACHED, Outcome
from yuelao.common.progress import Progress, silent


def test_the_systems_clock_is_aware_and_in_utc():
    assert system_clock().tzinfo is UTC


def test_a_fixed_clock_moves_only_when_moved():
    clock = FixedClock(datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert clock() == clock() == datetime(2026, 11, 2, 2, tzinfo=UTC)
    clock.advance(timedelta(minutes=5))
    assert clock() == datetime(2026, 11, 2, 2, 5, tzinfo=UTC)


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 2))


def test_only_who_was_not_spoken_to_is_tried_again():
    again = {outcome for outcome in Outcome if outcome.retry}
    assert again == {Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL}
    assert not any(outcome.reached for outcome in again)


def test_the_list_for_conditions_is_the_same_as_the_property():
    assert set(REACHED) == {outcome.value for outcome in Outcome if outcome.reached}
    assert Outcome.SOLD.reached
    assert not Outcome.WRONG_NUMBER.reached


def test_silence_is_a_progress_too(capsys):
    progress: Progress = silent
    progress("step", 1, 2)
    assert capsys.readouterr() == ("", "")
