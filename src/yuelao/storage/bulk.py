"""Many rows at once: a batch travels as one JSON parameter of one statement, which is quick on both databases.

The keys that the database took come back, so a caller knows which rows met another one that was there before.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from yuelao.storage.tables import Stored

BATCH = 5_000
Rows = Iterable[Mapping[str, Any]]


def insert(session: Session, table: type[Stored], rows: Rows) -> int:
    """Add the rows, which must all have the same columns; returns how many."""
    return sum(len(_run(session, _table(table), batch, "")) for batch in batches(rows))


def copy(session: Session, table: type[Stored], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Add many rows of plain values, tuples in the order of `columns`, the quickest way of each database; how many.

    Nothing is converted on the way: a JSON column takes its text.
    """
    target, listed = _table(table), ", ".join(columns)
    driver: Any = session.connection().connection.driver_connection
    if session.get_bind().dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {target.name} ({listed}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)
    else:
        driver.executemany(f"INSERT INTO {target.name} ({listed}) VALUES ({', '.join('?' * len(columns))})", rows)
    return len(rows)


def insert_new(session: Session, table: type[Stored], rows: Rows) -> set[str]:
    """Add the rows that break no uniqueness; returns the keys of those that were added."""
    taken: set[str] = set()
    for batch in batches(rows):
        taken.update(_run(session, _table(table), batch, "ON CONFLICT DO NOTHING"))
    return taken


def upsert(
    session: Session, table: type[Stored], rows: Sequence[Mapping[str, Any]], *, same: str, change: Iterable[str]
) -> set[str]:
    """Add the rows; where the key is there with the same value of `same`, only the columns `change` change.

    Returns the keys. Those in `rows` must be distinct; the missing ones belong to rows that differ in `same`.
    """
    target = _table(table)
    key = _key(target)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (same, *change))  # never empty, so that keys come back
    conflict = f"ON CONFLICT ({key}) DO UPDATE SET {changes} WHERE {target.name}.{same} = excluded.{same}"
    taken: set[str] = set()
    for batch in batches(rows):
        taken.update(_run(session, target, batch, conflict))
    return taken


def batches(rows: Rows, size: int = BATCH) -> Iterator[list[Mapping[str, Any]]]:
    """The rows in lists of at most `size`."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _run(session: Session, table: Table, batch: Sequence[Mapping[str, Any]], conflict: str) -> list[str]:
    columns = [name for name in batch[0] if name in table.c]  # names of ours only become part of the statement
    listed = ", ".join(columns)
    postgresql = session.get_bind().dialect.name == "postgresql"
    if postgresql:
        source = f"SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
    else:
        values = ", ".join(f"json_extract(value, '$.{name}')" for name in columns)
        source = f"SELECT {values} FROM json_each(:rows) WHERE true"  # without WHERE, ON would read as a join's
    statement = text(f"INSERT INTO {table.name} ({listed}) {source} {conflict} RETURNING {_key(table)}")
    rows = json.dumps(
        list(batch), ensure_ascii=False, allow_nan=False, default=_aware if postgresql else _as_sqlite_keeps_it
    )
    return list(session.scalars(statement, {"rows": rows}))


def _aware(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a stored moment must be aware of its time zone")
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be stored in bulk")


def _as_sqlite_keeps_it(value: object) -> str:
    """The form in which SQLAlchemy reads moments back from SQLite: UTC without saying so, microseconds always."""
    told = _aware(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return told


def _table(table: type[Stored]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _key(table: Table) -> str:
    return str(next(iter(table.primary_key.columns)).name)
