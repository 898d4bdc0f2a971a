"""Tables of `operations/models`: trained versions of predictive models, and which of them was put into use when."""

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
