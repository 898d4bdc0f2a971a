"""Bulk rows: read back as they were written, whole or not at all."""

import json
import sqlite3
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.builders import NOW
from yuelao.storage import bulk
from yuelao.storage.session import Database
from yuelao.storage.tables import IdentityRow, OutboxRow, ProfileGenerationRow, ProfileRow

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


AWKWARD = {
    "nothing": None,
    "empty": "",
    "spaces": "  a  ",
    "quotes": "'single' \"double\" `back`",
    "lines": "one\ntwo\r\nthree\rfour\n",
    "tabs": "a\tb\t",
    "backslashes": "\\ \\\\ \\n \\t C:\\new\\table\\",
    "the null of COPY": "\\N",
    "the end of COPY": "\\.",
    "null in words": "NULL",
    "commas": "a,b;c|d",
    "braces": "{1,2} $1 :name %s ?",
    "Chinese": "李四，北京市海淀区中关村",
    "beyond two bytes": "𠮷野家 👩‍👩‍👧 🏳️‍🌈",
    "right to left": "\u202eabc\u200b",
    "long": "很长" * 100_000,
}
"""Texts that one of the two databases, or its way of copying, might read as something else."""


def test_awkward_texts_are_copied_as_they_are(database: Database) -> None:
    rows = [(name, f"source of {name}", f"person of {name}", text) for name, text in AWKWARD.items()]
    with database.transaction() as session:
        assert bulk.copy(session, IdentityRow, ("customer_id", "source_id", "person_id", "name"), rows) == len(rows)
    with database.transaction(read_only=True) as session:
        read = {row.customer_id: row.name for row in session.scalars(select(IdentityRow))}
    assert read == AWKWARD


def test_awkward_texts_are_keys_too(database: Database) -> None:
    keys = [text for text in AWKWARD.values() if text is not None and len(text) < 1_000]
    with database.transaction() as session:
        bulk.copy(session, IdentityRow, ("customer_id", "source_id", "person_id"), [(key, key, key) for key in keys])
    with database.transaction(read_only=True) as session:
        assert set(session.scalars(select(IdentityRow.customer_id))) == set(keys)


def test_a_json_column_takes_its_text(database: Database) -> None:
    values = [*AWKWARD.values(), 0, -0.5, 1e-300, 1.7e308, 2**53, True, [1, [None]], {"a": {"\\N": None}}]
    rows = [(1, str(place), json.dumps([value], ensure_ascii=place % 2 == 0)) for place, value in enumerate(values)]
    with database.transaction() as session:
        session.add(ProfileGenerationRow(generation=1, as_of=date(2026, 11, 1), state="filling", created_at=NOW))
        session.flush()
        bulk.copy(session, ProfileRow, ("generation", "customer_id", "fields"), rows)
    with database.transaction(read_only=True) as session:
        read = {row.customer_id: row.fields for row in session.scalars(select(ProfileRow))}
    assert read == {str(place): [value] for place, value in enumerate(values)}


def test_nothing_is_copied_where_there_is_nothing(database: Database) -> None:
    with database.transaction() as session:
        assert bulk.copy(session, IdentityRow, ("customer_id", "source_id", "person_id"), []) == 0


def test_a_copy_that_breaks_off_leaves_what_was_there(database: Database) -> None:
    columns, former = ("customer_id", "source_id", "person_id"), [("a", "S1", "p"), ("b", "S2", "p")]
    with database.transaction() as session:
        bulk.copy(session, IdentityRow, columns, former)
    further = [(f"c{number}", f"S{number}", "p") for number in range(3, 2_000)]
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), database.transaction() as session:
        bulk.copy(session, IdentityRow, columns, [*further, ("a", "again", "p"), ("z", "S0", "p")])
    with database.transaction(read_only=True) as session:
        assert sorted(session.scalars(select(IdentityRow.customer_id))) == ["a", "b"]
