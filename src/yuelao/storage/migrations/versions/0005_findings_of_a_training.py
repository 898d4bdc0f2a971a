"""A trained version keeps what its training found beside the card: figures with intervals, leaks, drift, comparison."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of versions trained before, nothing is known but the card."""
    op.add_column("model_versions", sa.Column("findings", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("model_versions", "findings")
