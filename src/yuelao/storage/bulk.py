"""Many rows at once: batches of one statement each, and the keys that the database took."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yuelao.storage.tables import Stored

BATCH = 5_000
Rows = Iterable[Mapping[str, Any]]


def insert(session: Session, table: type[Stored], rows: Rows) -> int:
    """Add the rows; returns how many."""
    return sum(len(_take(session, _insert(session, table), _only_key(table), batch)) for batch in batches(rows))


def insert_new(session: Session, table: type[Stored], rows: Rows) -> set[str]:
    """Add the rows that break no uniqueness; returns the keys of those that were added."""
    statement = _insert(session, table).on_conflict_do_nothing()
    taken: set[str] = set()
    for batch in batches(rows):
        taken.update(_take(session, statement, _only_key(table), batch))
    return taken


def upsert(session: Session, table: type[Stored], rows: Sequence[Mapping[str, Any]], *, same: str) -> set[str]:
    """Add the rows, or change the row with the same key where its column `same` has the same value; returns the keys.

    The keys in `rows` must be distinct; the missing ones belong to rows that differ in `same`.
    """
    key = _only_key(table)
    statement = _insert(session, table)
    changes = {name: value for name, value in statement.excluded.items() if name not in (key, same)}
    equal = _table(table).c[same] == statement.excluded[same]
    statement = statement.on_conflict_do_update(index_elements=[key], set_=changes, where=equal)
    taken: set[str] = set()
    for batch in batches(rows):
        taken.update(_take(session, statement, key, batch))
    return taken


def batches(rows: Iterable[Mapping[str, Any]], size: int = BATCH) -> Iterator[list[Mapping[str, Any]]]:
    """The rows in lists of at most `size`."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _insert(session: Session, table: type[Stored]) -> postgresql.Insert | sqlite.Insert:
    """The dialect's own insert, on the plain table: the conflict clauses are no part of the common one."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(_table(table))
    return sqlite.insert(_table(table))


def _take(
    session: Session, statement: postgresql.Insert | sqlite.Insert, key: str, batch: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Run one batch; RETURNING lets SQLAlchemy send many rows in one statement and tells which of them were taken."""
    return list(session.scalars(statement.returning(column(key)), [dict(row) for row in batch]))


def _table(table: type[Stored]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found


def _only_key(table: type[Stored]) -> str:
    return str(next(iter(_table(table).primary_key.columns)).name)
