from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0122"
branch_labels = None
depends_on = None

RUNNING = "state IN ('filed', 'dispatched', 'accepted', 'reopened', 'returned')"
VERIFYING = "state IN ('done', 'waiting')"
MARKED = {
    "ix_complaint_safety": "public_safety",
    "ix_complaint_reopened": "reopened_count > 0",
    "ix_complaint_handed_in": "entered_by_id IS NOT NULL",
    "ix_complaint_extension": "extension_days IS NOT NULL",
}


def index(name: str, *columns: str, where: str | None = None) -> None:
    """An index of complaints that begins with the community."""
    op.create_index(
        name,
        "complaint",
        ["community_id", *columns],
        postgresql_where=sa.text(where) if where else None,
    )


def upgrade() -> None:
    for name in ("ix_complaint_clock", "ix_complaint_state", "ix_complaint_open"):
        op.drop_index(name, table_name="complaint")
    # The last columns are never searched by: filters are answered from the index, row by row.
    index("ix_complaint_clock", "due_at", "id", "organization_id", where="due_at IS NOT NULL")
    index(
        "ix_complaint_running",
        "due_at",
        "id",
        "state",
        "organization_id",
        "assignee_id",
        where=RUNNING,
    )
    index("ix_complaint_verifying", "id", "organization_id", where=VERIFYING)
    index("ix_complaint_open", "compound_id", "id", "category", where="closed_at IS NULL")
    index("ix_complaint_compound", "compound_id", "id")
    index("ix_complaint_organization", "organization_id", "id")
    for name, where in MARKED.items():
        index(name, "id", where=where)
    # A compound and a company belong to one community: without knowing that, the planner expects
    # a handful of rows where there are thousands, and sorts them instead of walking an index.
    op.execute(
        "CREATE STATISTICS complaint_belonging (dependencies)"
        " ON community_id, compound_id, organization_id FROM complaint"
    )


def downgrade() -> None:
    op.execute("DROP STATISTICS complaint_belonging")
    for name in (
        *reversed(MARKED),
        "ix_complaint_organization",
        "ix_complaint_compound",
        "ix_complaint_open",
        "ix_complaint_verifying",
        "ix_complaint_running",
        "ix_complaint_clock",
    ):
        op.drop_index(name, table_name="complaint")
    index("ix_complaint_open", "compound_id", "id", where="closed_at IS NULL")
    index("ix_complaint_state", "state", "id")
    index("ix_complaint_clock", "due_at", "id", where="due_at IS NOT NULL")
