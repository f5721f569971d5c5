"""A call that ends with its case has a line of its own; indexes for what big places look up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0144"
branch_labels = None
depends_on = None

OLD_KINDS = ("called", "sign", "refuse", "insist", "withdraw", "arrive", "note", "step_jointly",
             "join", "finish", "score", "notice_late")  # fmt: skip
NEW_KINDS = (*OLD_KINDS, "end_with_case")
INDEXES = (
    ("ix_building_sort", "building", ["community_id", "compound_id", "sort_key", "id"]),
    ("ix_owner_name", "owner", ["community_id", "name"]),
    ("ix_property_unit_label", "property_unit", ["community_id", "compound_id", "label"]),
)


CLOSED = "closed_at IS NOT NULL"


def upgrade() -> None:
    _kinds(NEW_KINDS)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_whistle_call_at_home",
        "whistle_call",
        ["community_id", "state", "due_at", "id"],
        postgresql_where=sa.text("state NOT IN ('done', 'withdrawn')"),
    )
    _closed(["community_id", "closed_at", "id"])


def downgrade() -> None:
    _closed(["community_id", "closed_at"])
    op.drop_index("ix_whistle_call_at_home", table_name="whistle_call")
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.execute("ALTER TABLE whistle_event NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM whistle_event WHERE kind = 'end_with_case'")
    op.execute("ALTER TABLE whistle_event FORCE ROW LEVEL SECURITY")
    _kinds(OLD_KINDS)


def _closed(columns: list[str]) -> None:
    op.drop_index("ix_complaint_closed", table_name="complaint")
    op.create_index("ix_complaint_closed", "complaint", columns, postgresql_where=sa.text(CLOSED))


def _kinds(kinds: tuple[str, ...]) -> None:
    name = op.f("ck_whistle_event_kind_known")
    op.drop_constraint(name, "whistle_event", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "whistle_event", f"kind IN ({listed})")
