"""The upkeep of models: what was trained again, refused or rolled back, on which day of data, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was done before."""
    op.create_table(
        "model_upkeep",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("model_upkeep")
