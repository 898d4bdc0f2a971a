"""Tables of versioned definitions: one shape, one table for each noun that owns a kind of definition."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class VersionedRow(Stored):
    """The columns that every versioned definition has; a version never changes once it is saved."""

    __abstract__ = True
    kind: ClassVar[str]
    """What people call it."""

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class ProductVersionRow(VersionedRow):
    """A version of a product, by its code."""

    __tablename__ = "product_versions"
    kind = "product"


class ScriptVersionRow(VersionedRow):
    """A version of a script."""

    __tablename__ = "script_versions"
    kind = "script"


class PolicyVersionRow(VersionedRow):
    """A version of a contact policy."""

    __tablename__ = "policy_versions"
    kind = "contact policy"


class ViewModelVersionRow(VersionedRow):
    """A version of the definition of a model of the customer view; `name` is the model's kind."""

    __tablename__ = "view_model_versions"
    kind = "model of the customer view"

    note: Mapped[str]
