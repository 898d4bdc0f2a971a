"""Tables of `operations/models`: trained versions of models, which was put into use when, and their upkeep."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class ModelVersionRow(Stored):
    """A trained version; it never changes. Its files lie in the workspace's `models/<name>/<version>`."""

    __tablename__ = "model_versions"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    digest: Mapped[str]
    card: Mapped[dict[str, Any]]
    recipe: Mapped[dict[str, Any]]
    findings: Mapped[dict[str, Any] | None]
    trained_by: Mapped[str]
    trained_at: Mapped[datetime]


class ModelPromotionRow(Stored):
    """One version of a model put into use; the one with the highest place is in use now."""

    __tablename__ = "model_promotions"
    __table_args__ = (ForeignKeyConstraint(["name", "version"], ["model_versions.name", "model_versions.version"]),)

    name: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str]
    reason: Mapped[str]
    promoted_by: Mapped[str]
    promoted_at: Mapped[datetime]


class ModelUpkeepRow(Stored):
    """What the machine did about a model on one day of data: at most one thing."""

    __tablename__ = "model_upkeep"

    name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    version: Mapped[str | None]
    why: Mapped[list[Any]]
    said: Mapped[str]
    happened_at: Mapped[datetime]
