"""The versions of value segmentations become those of any model of the customer view, each with a note."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD, _NEW = "segmentation_versions", "view_model_versions"
_COPIED = "version, content, saved_by, saved_at"


def upgrade() -> None:
    """The segmentation that counted, "value", is the model's kind from now on; others keep their names."""
    op.create_table(_NEW, *_columns(), sa.Column("note", sa.String(), nullable=False))
    kind = "CASE WHEN name = 'value' THEN 'value_segmentation' ELSE name END"
    op.execute(f"INSERT INTO {_NEW} (name, note, {_COPIED}) SELECT {kind}, '', {_COPIED} FROM {_OLD}")
    op.drop_table(_OLD)


def downgrade() -> None:
    op.create_table(_OLD, *_columns())
    name = "CASE WHEN name = 'value_segmentation' THEN 'value' ELSE name END"
    kept = "WHERE name NOT IN ('dimensions', 'preference', 'plan_fit', 'handset_demand')"
    op.execute(f"INSERT INTO {_OLD} (name, {_COPIED}) SELECT {name}, {_COPIED} FROM {_NEW} {kept}")
    op.drop_table(_NEW)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
