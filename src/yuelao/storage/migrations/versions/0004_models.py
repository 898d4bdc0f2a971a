"""The register of predictive models: trained versions, and which was put into use when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_VERSIONS, _PROMOTIONS = "model_versions", "model_promotions"


def upgrade() -> None:
    """Both begin empty: models of before are trained anew."""
    op.create_table(
        _VERSIONS,
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("trained_by", sa.String(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        _PROMOTIONS,
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("promoted_by", sa.String(), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["name", "version"], [f"{_VERSIONS}.name", f"{_VERSIONS}.version"]),
    )


def downgrade() -> None:
    op.drop_table(_PROMOTIONS)
    op.drop_table(_VERSIONS)
