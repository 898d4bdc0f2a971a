"""Versioned definitions: saved as a new version only when something changed, never altered, found by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict, NotFound, nearest
from yuelao.storage.session import serialise
from yuelao.storage.tables import VersionedRow


@dataclass(frozen=True)
class Definition:
    """One version of a definition as it was saved."""

    name: str
    version: int
    content: Mapping[str, Any]
    saved_by: str
    saved_at: datetime
    note: str = ""


def save(
    session: Session,
    table: type[VersionedRow],
    name: str,
    content: dict[str, Any],
    by: str,
    now: datetime,
    *,
    based_on: int | None = None,
    **more: object,
) -> int:
    """Keep the content as the newest version of `name`; the same content again is the same version.

    `based_on`: the version that was changed (0: there was none); Conflict when somebody saved another one since.
    `more`: the values of the columns that only this table has.
    """
    serialise(session, f"{table.__tablename__}:{name}")
    newest = _newest(session, table, name)
    known = newest.version if newest else 0
    if based_on is not None and newest is not None and known != based_on:
        raise Conflict(
            f"{newest.saved_by} saved version {known} since you began with version {based_on}",
            where=f"{table.kind} {name}",
            hint="Look at what changed, then make your change again",
            code="version_moved",
        )
    if newest is not None and newest.content == content:
        return known
    session.add(table(name=name, version=known + 1, content=content, saved_by=by, saved_at=now, **more))
    session.flush()
    return known + 1


def current(session: Session, table: type[VersionedRow], name: str) -> Definition:
    """The newest version of `name`; NotFound names what is near."""
    newest = _newest(session, table, name)
    if newest is None:
        known = list(session.scalars(select(table.name).distinct()))
        raise NotFound(f"There is no {table.kind} called {name!r}", where=table.kind, hint=nearest(name, known))
    return _definition(newest)


def at_version(session: Session, table: type[VersionedRow], name: str, version: int) -> Definition:
    """One version of `name`."""
    row = session.get(table, (name, version))
    if row is None:
        raise NotFound(f"There is no version {version} of {table.kind} {name!r}", where=table.kind)
    return _definition(row)


def versions(session: Session, table: type[VersionedRow], name: str) -> list[Definition]:
    """Every version of `name`, the newest first; empty where there is none."""
    rows = session.scalars(select(table).where(table.name == name).order_by(table.version.desc()))
    return [_definition(row) for row in rows]


def current_of_all(session: Session, table: type[VersionedRow]) -> list[Definition]:
    """The newest version of every name, by name."""
    newest = select(table.name, func.max(table.version).label("version")).group_by(table.name).subquery()
    rows = session.scalars(
        select(table)
        .join(newest, (table.name == newest.c.name) & (table.version == newest.c.version))
        .order_by(table.name)
    )
    return [_definition(row) for row in rows]


def _newest(session: Session, table: type[VersionedRow], name: str) -> VersionedRow | None:
    return session.scalars(select(table).where(table.name == name).order_by(table.version.desc()).limit(1)).first()


def _definition(row: VersionedRow) -> Definition:
    return Definition(row.name, row.version, row.content, row.saved_by, row.saved_at, getattr(row, "note", ""))
