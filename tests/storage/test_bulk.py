"""Bulk rows: read back as they were written, and quick."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.builders import NOW
from yuelao.storage import bulk
from yuelao.storage.session import Database
from yuelao.storage.tables import OutboxRow

_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
_JSON = st.dictionaries(_TEXT, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT)


def _row(key: str, payload: dict[str, Any], moment: datetime = NOW, sent_at: datetime | None = None) -> dict[str, Any]:
    fixed = {"kind": "test", "state": "waiting", "attempts": 3, "last_error": "", "created_at": NOW}
    return {**fixed, "key": key, "payload": payload, "next_at": moment, "sent_at": sent_at}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=_TEXT, payload=_JSON, moment=st.datetimes(min_value=datetime(1970, 1, 1)), sent=st.booleans())
def test_a_row_is_read_back_as_it_was_written(
    database: Database, key: str, payload: dict[str, Any], moment: datetime, sent: bool
) -> None:
    moment = moment.replace(tzinfo=UTC)
    with database.transaction() as session:
        session.execute(delete(OutboxRow))
        bulk.insert(session, OutboxRow, [_row(key, payload, moment, moment if sent else None)])
        (read,) = session.scalars(select(OutboxRow))
        assert (read.key, read.payload, read.next_at, read.attempts) == (key, payload, moment, 3)
        assert read.sent_at == (moment if sent else None)


def test_only_new_rows_are_taken_even_within_one_batch(database: Database) -> None:
    with database.transaction() as session:
        assert len(bulk.insert_new(session, OutboxRow, [_row("a", {}), _row("b", {}), _row("a", {"n": 2})])) == 2
        assert bulk.insert_new(session, OutboxRow, [_row("a", {"n": 3})]) == set()
        assert {row.key: row.payload for row in session.scalars(select(OutboxRow))} == {"a": {}, "b": {}}


def test_rows_come_in_batches_of_any_number(database: Database) -> None:
    with database.transaction() as session:
        count = 2 * bulk.BATCH + 1
        assert bulk.insert(session, OutboxRow, (_row(str(number), {}) for number in range(count))) == count
        assert bulk.insert(session, OutboxRow, []) == 0


def test_a_moment_without_a_time_zone_is_not_stored(database: Database) -> None:
    with pytest.raises(ValueError, match="aware"), database.transaction() as session:
        bulk.insert(session, OutboxRow, [_row("a", {}, datetime(2026, 1, 1))])
