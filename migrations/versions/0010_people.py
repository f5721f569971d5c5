"""Lock the second factor by itself; one live membership of a kind; the owner may grant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "second_factor_failures", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
    )
    op.add_column(
        "account",
        sa.Column("second_factor_locked_until", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index(
        "uq_membership_live",
        "membership",
        [
            "account_id",
            "role",
            "community_id",
            "region_path",
            "organization_id",
            "compound_id",
            "building_id",
            "stairwell_id",
        ],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute("CREATE POLICY keeper ON membership TO CURRENT_USER USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("DROP POLICY keeper ON membership")
    op.drop_index("uq_membership_live", table_name="membership")
    op.drop_column("account", "second_factor_locked_until")
    op.drop_column("account", "second_factor_failures")
