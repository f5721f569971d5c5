"""The public board sums its rates from an index, without reading 90 days of cases."""

from __future__ import annotations

from alembic import op

revision = "0146"
down_revision = "0145"
branch_labels = None
depends_on = None

KEY = ["community_id", "compound_id", "id"]
SUMMED = [
    "state",
    "contacted_at",
    "contact_due_at",
    "promised_at",
    "verdicts",
    "verdicts_resolved",
    "verdicts_content",
]


def upgrade() -> None:
    op.create_index("ix_complaint_rates", "complaint", KEY, postgresql_include=SUMMED)
    op.drop_index("ix_complaint_compound", table_name="complaint")


def downgrade() -> None:
    op.create_index("ix_complaint_compound", "complaint", KEY)
    op.drop_index("ix_complaint_rates", table_name="complaint")
