"""A generation of profiles tells the names of the fields once, its profiles list the values only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Generations that are there keep profiles with names of their own."""
    op.add_column("profile_generations", sa.Column("names", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Generations of lists cannot be read by what went before: the next refresh publishes anew."""
    lists = "SELECT generation FROM profile_generations WHERE names IS NOT NULL"
    op.execute(f"DELETE FROM profiles WHERE generation IN ({lists})")
    op.execute("DELETE FROM profile_generations WHERE names IS NOT NULL")
    op.drop_column("profile_generations", "names")
