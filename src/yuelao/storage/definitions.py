"""Versioned definitions: saved as a new version only when something changed, never altered, found by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, nearest
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


def save(
    session: Session, table: type[VersionedRow], name: str, content: dict[str, Any], by: str, now: datetime
) -> int:
    """Keep the content as the newest version of `name`; the same content again is the same version."""
    serialise(session, f"{table.__tablename__}:{name}")
    newest = _newest(session, table, name)
    if newest is not None and newest.content == content:
        return newest.version
    version = newest.version + 1 if newest else 1
    session.add(table(name=name, version=version, content=content, saved_by=by, saved_at=now))
    session.flush()
    return version


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
    return Definition(row.name, row.version, row.content, row.saved_by, row.saved_at)
