"""The session: one database, reached by one URL, in which one request or job is one transaction.

    database = Database("sqlite:////data/operations.sqlite")     # or postgresql://user:password@host/name
    database.migrate()
    with database.transaction() as session:
        ...                                                       # commits at the end, rolls back on any error

SQLite allows one writer at a time. A transaction that reads first and writes later could be refused at the moment
of its first write, when another one wrote in between; so every writing transaction starts with BEGIN IMMEDIATE and
waits for its turn at the start, where waiting is safe.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session

from yuelao.common.errors import Refused, Unavailable

_BUSY_SECONDS = 20
_READ_ONLY = "yuelao_read_only"


class Database:
    """The operational database behind one URL; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.engine = _engine(self.url)

    @property
    def place(self) -> str:
        """The URL without its password, for people."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises.

        `read_only` never waits for a writer on SQLite and cannot write on PostgreSQL.
        Unavailable when the database cannot be reached, or stayed locked for too long.
        """
        options: dict[str, Any] = {_READ_ONLY: read_only}
        if self.url.get_backend_name() == "postgresql":
            options["postgresql_readonly"] = read_only
        with Session(self.engine, expire_on_commit=False) as session:  # leaving it early rolls back
            try:
                session.connection(execution_options=options)
            except DatabaseError as error:
                raise self._unavailable(error) from error
            yield session
            session.commit()

    def migrate(self) -> None:
        """Bring the tables to the newest revision; does nothing where they are. Safe to call from several processes."""
        from yuelao.storage.migrate import upgrade  # alembic is slow to import, and most processes never migrate

        try:
            upgrade(self.engine)
        except DatabaseError as error:
            raise self._unavailable(error) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _unavailable(self, error: DatabaseError) -> Unavailable:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no connection"
        hint = "Is the server running, and is database_url right?"
        if self.url.get_backend_name() == "sqlite":
            hint = "Does the workspace exist, may you write to it, and does no other program hold the file?"
        return Unavailable(f"The operational database does not answer: {reason}", where=self.place, hint=hint)


def serialise(session: Session, name: str) -> None:
    """Hold the lock called `name` until this transaction ends; others who want it wait.

    On SQLite a writing transaction already is alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _url(text_of_url: str) -> URL:
    try:
        url = make_url(text_of_url)
    except ArgumentError as error:
        raise Refused(
            "database_url is not a URL",
            where=text_of_url.split("@")[-1],
            hint="Write postgresql://user:password@host/name",
        ) from error
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise Refused(
            f"Operations cannot live in {backend}",
            where="database_url",
            hint="Use a postgresql:// URL, or leave it empty",
        )
    return url.set(drivername="postgresql+psycopg") if backend == "postgresql" else url


def _engine(url: URL) -> Engine:
    engine = create_engine(url, json_serializer=_to_json, pool_pre_ping=url.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: _begin_sqlite does
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _to_json(value: object) -> str:
    """JSON as stored: dates in ISO form; not-a-number is refused, because PostgreSQL would not take it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be stored as JSON")
