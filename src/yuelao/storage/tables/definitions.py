"""Tables of versioned definitions: one shape, one table for each noun that owns a kind of definition."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class DefinitionColumns:
    """The columns that every versioned definition has; a version never changes once it is saved."""

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class ProductVersionRow(DefinitionColumns, Stored):
    """A version of a product, by its code."""

    __tablename__ = "product_versions"


class ScriptVersionRow(DefinitionColumns, Stored):
    """A version of a script."""

    __tablename__ = "script_versions"


class PolicyVersionRow(DefinitionColumns, Stored):
    """A version of a contact policy."""

    __tablename__ = "policy_versions"


class SegmentationVersionRow(DefinitionColumns, Stored):
    """A version of a value segmentation."""

    __tablename__ = "segmentation_versions"
