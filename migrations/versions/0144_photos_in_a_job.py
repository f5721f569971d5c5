from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0144"
down_revision = "0143"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("sent_sha256", sa.Text(), nullable=True))
    op.add_column(
        "stored_file", sa.Column("condition", sa.Text(), server_default="ready", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_stored_file_condition_known"),
        "stored_file",
        "condition IN ('ready', 'waiting', 'refused')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_stored_file_condition_known"), "stored_file")
    op.drop_column("stored_file", "condition")
    op.drop_column("stored_file", "sent_sha256")
