from __future__ import annotations

from alembic import op

from app.core.row_security import APP

revision = "0143"
down_revision = "0142"
branch_labels = None
depends_on = None

TABLES = ("webhook_attempt", "webhook_delivery")
KEPT = "created_at < now() - interval '184 days'"


def upgrade() -> None:
    for table in TABLES:
        op.execute(
            f"CREATE POLICY kept_half_a_year ON {table} AS RESTRICTIVE FOR DELETE USING ({KEPT})"
        )
        op.execute(f"GRANT DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"REVOKE DELETE ON {table} FROM {APP}")
        op.execute(f"DROP POLICY kept_half_a_year ON {table}")
