"""The outbox: written once, taken by one sender at a time, tried again with growing pauses."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from yuelao.storage import outbox
from yuelao.storage.session import Database


def test_the_same_effect_is_written_once(database: Database) -> None:
    with database.transaction() as session:
        assert outbox.send_later(session, "sms", "order:1", {"text": "你好"}, NOW)
        assert not outbox.send_later(session, "sms", "order:1", {"text": "again"}, NOW)
        assert outbox.send_later(session, "webhook", "order:1", {}, NOW)
        messages = outbox.take(session, 10, NOW)
    assert [(message.kind, message.payload) for message in messages] == [("sms", {"text": "你好"}), ("webhook", {})]


def test_a_taken_message_is_leased_and_comes_again_without_a_mark(database: Database) -> None:
    with database.transaction() as session:
        outbox.send_later(session, "sms", "1", {}, NOW)
        assert len(outbox.take(session, 10, NOW)) == 1
        assert outbox.take(session, 10, NOW) == []
        (again,) = outbox.take(session, 10, NOW + outbox.LEASE)
    assert again.attempt == 2


def test_two_senders_never_share_a_message(database: Database) -> None:
    with database.transaction() as session:
        for number in range(4):
            outbox.send_later(session, "sms", str(number), {}, NOW)
    if database.engine.dialect.name == "sqlite":
        with database.transaction() as session:
            first = outbox.take(session, 2, NOW)
        with database.transaction() as session:
            second = outbox.take(session, 2, NOW)
    else:
        with database.transaction() as one, database.transaction() as other:
            first, second = outbox.take(one, 2, NOW), outbox.take(other, 2, NOW)
    assert len({message.key for message in [*first, *second]}) == 4


def test_a_sent_message_is_done_with(database: Database) -> None:
    with database.transaction() as session:
        outbox.send_later(session, "sms", "1", {}, NOW)
        (message,) = outbox.take(session, 1, NOW)
        outbox.mark_sent(session, message, NOW)
        assert outbox.take(session, 1, NOW + timedelta(days=1)) == []
        assert outbox.counts(session) == {"sent": 1}


def test_a_failed_message_is_tried_again_later_and_given_up_in_the_end(database: Database) -> None:
    now = NOW
    with database.transaction() as session:
        outbox.send_later(session, "sms", "1", {}, now)
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            (message,) = outbox.take(session, 1, now)
            outbox.mark_failed(session, message, "no answer", now)
            assert outbox.take(session, 1, now) == []
            now += outbox.retry_after(attempt)
        assert outbox.take(session, 1, now + timedelta(days=1)) == []
        assert outbox.counts(session) == {"failed": 1}
        outbox.send_again(session, "sms", "1", now)
        assert len(outbox.take(session, 1, now)) == 1


def test_a_late_failure_does_not_disturb_the_next_sender(database: Database) -> None:
    with database.transaction() as session:
        outbox.send_later(session, "sms", "1", {}, NOW)
        (first,) = outbox.take(session, 1, NOW)
        (second,) = outbox.take(session, 1, NOW + outbox.LEASE)
        outbox.mark_failed(session, first, "late", NOW + outbox.LEASE)
        outbox.mark_sent(session, second, NOW + outbox.LEASE)
        assert outbox.counts(session) == {"sent": 1}


@given(st.integers(1, 10_000))
def test_pauses_grow_and_have_an_end(attempt: int) -> None:
    assert outbox.FIRST_RETRY <= outbox.retry_after(attempt) <= outbox.retry_after(attempt + 1) <= outbox.LONGEST_RETRY
