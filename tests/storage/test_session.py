"""The session: one transaction, moments that mean the same everywhere, and plain words when there is no database."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError, StatementError

from tests import builders
from tests.builders import NOW
from yuelao.common.errors import Refused, Unavailable
from yuelao.operations import audit, contact_policy
from yuelao.storage.session import Database


def test_what_a_transaction_wrote_is_there_after_it(database: Database) -> None:
    with database.transaction() as session:
        audit.record(session, "me", "test", "thing", None, NOW)
    with database.transaction(read_only=True) as session:
        assert [entry.object for entry in audit.trail(session)] == ["thing"]


def test_an_error_undoes_all_of_a_transaction(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as session:
            audit.record(session, "me", "test", "thing", None, NOW)
            session.flush()
            raise Refused("no")

    with pytest.raises(Refused):
        write_and_fail()
    with database.transaction(read_only=True) as session:
        assert audit.trail(session) == []


def test_a_read_only_transaction_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as writer:
        builders.a_contact(writer)
        with database.transaction(read_only=True) as reader:
            assert contact_policy.last_sequence(reader) == 0


def test_writers_that_read_first_take_turns(database: Database) -> None:
    """Read, then write, in many threads: without BEGIN IMMEDIATE, SQLite refuses all but one of them."""
    barrier = Barrier(6)
    failures: list[Exception] = []

    def work(number: int) -> None:
        barrier.wait()
        try:
            for _ in range(5):
                with database.transaction() as session:
                    contact_policy.last_sequence(session)
                    builders.a_contact(session, person_id=f"person-{number}")
        except DatabaseError as error:
            failures.append(error)

    _run_all([Thread(target=work, args=(number,)) for number in range(6)])
    assert failures == []
    with database.transaction(read_only=True) as session:
        assert len(contact_policy.since(session, 0)) == 30


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.datetimes(
        min_value=datetime(1990, 1, 1), timezones=st.integers(-12, 12).map(lambda h: timezone(timedelta(hours=h)))
    )
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database, moment: datetime) -> None:
    with database.transaction() as session:
        written = builders.a_contact(session, contacted_at=moment)
    with database.transaction(read_only=True) as session:
        (read,) = contact_policy.since(session, written.sequence - 1)
    assert read.contacted_at == moment
    assert read.contacted_at.tzinfo == UTC


def test_a_moment_without_a_time_zone_is_not_stored(database: Database) -> None:
    with pytest.raises(StatementError, match="aware"), database.transaction() as session:
        builders.a_contact(session, contacted_at=datetime(2026, 1, 1))


def test_what_is_no_number_is_not_stored_as_json(database: Database) -> None:
    with pytest.raises((StatementError, ValueError), match="Out of range"), database.transaction() as session:
        audit.record(session, "me", "test", "thing", {"value": float("nan")}, NOW)


@pytest.mark.parametrize("url", ["not a url", "mysql://localhost/yuelao"])
def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        Database(url)


def test_a_missing_directory_is_told_in_one_line(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'operations.sqlite'}")
    with pytest.raises(Unavailable, match="unable to open") as told, database.transaction():
        pass
    assert "\n" not in str(told.value)


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    database = Database("postgresql://me:secret-word@127.0.0.1:1/yuelao")
    with pytest.raises(Unavailable) as told, database.transaction():
        pass
    assert "secret-word" not in str(told.value)
    assert "\n" not in str(told.value)


def _run_all(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
