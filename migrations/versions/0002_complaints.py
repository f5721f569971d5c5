from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APPEND_ONLY, secure_tenant_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SWEPT = "SELECT (community_id, id, state, due_at, escalation_level, escalate_at)"


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("short_code", sa.Text(), nullable=False),
        sa.Column("once_key", sa.UUID(), nullable=False),
        sa.Column("reporter_id", sa.UUID(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("compound_id", sa.UUID(), nullable=True),
        sa.Column("building_id", sa.UUID(), nullable=True),
        sa.Column("stairwell_id", sa.UUID(), nullable=True),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("place_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_label", sa.Text(), nullable=True),
        sa.Column("place_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("assignee_id", sa.UUID(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "escalation_level", sa.SmallInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("reopened_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(due_at IS NULL) = (state IN ('closed', 'done', 'not_accepted'))",
            name=op.f("ck_complaint_clock_runs_while_somebody_acts"),
        ),
        sa.CheckConstraint(
            "ground IN ('emergency', 'in_court', 'discipline', 'repeated', 'not_here')",
            name=op.f("ck_complaint_ground_known"),
        ),
        sa.CheckConstraint(
            "rating IN ('satisfied', 'fairly', 'unsatisfied')",
            name=op.f("ck_complaint_rating_known"),
        ),
        sa.CheckConstraint(
            "responsible IN ('property', 'community')", name=op.f("ck_complaint_responsible_known")
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'dispatched', 'accepted', 'done', 'reopened', 'returned', 'closed', 'not_accepted')",
            name=op.f("ck_complaint_state_known"),
        ),
        sa.CheckConstraint(
            "urgency IN ('consult', 'urgent', 'utility', 'ordinary', 'hard')",
            name=op.f("ck_complaint_urgency_known"),
        ),
        sa.CheckConstraint(
            "escalation_level BETWEEN 0 AND 3", name=op.f("ck_complaint_escalation_level_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_complaint_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_complaint_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "organization_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_complaint_community_id_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwell.community_id", "stairwell.id"],
            name=op.f("fk_complaint_community_id_stairwell_id_stairwell"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_complaint_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_complaint_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_complaint")),
        sa.UniqueConstraint(
            "community_id",
            "reporter_id",
            "once_key",
            name=op.f("uq_complaint_community_id_reporter_id_once_key"),
        ),
        sa.UniqueConstraint(
            "community_id", "short_code", name=op.f("uq_complaint_community_id_short_code")
        ),
    )
    op.create_index(
        "ix_complaint_clock",
        "complaint",
        ["community_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_complaint_escalate_at",
        "complaint",
        ["escalate_at"],
        unique=False,
        postgresql_where=sa.text("escalate_at IS NOT NULL"),
    )
    op.create_index(
        "ix_complaint_reporter", "complaint", ["community_id", "reporter_id", "id"], unique=False
    )
    op.create_index(
        "ix_complaint_state", "complaint", ["community_id", "state", "id"], unique=False
    )
    op.create_table(
        "complaint_event",
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "visible_to_resident", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('filed', 'dispatch', 'take', 'refuse', 'accept', 'reply', 'complete', 'hand_back', 'add', 'confirm', 'reopen', 'escalated')",
            name=op.f("ck_complaint_event_kind_known"),
        ),
        sa.CheckConstraint(
            "party IN ('reporter', 'company', 'office', 'system')",
            name=op.f("ck_complaint_event_party_known"),
        ),
        sa.CheckConstraint(
            "to_state IN ('filed', 'dispatched', 'accepted', 'done', 'reopened', 'returned', 'closed', 'not_accepted')",
            name=op.f("ck_complaint_event_to_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "complaint_id"],
            ["complaint.community_id", "complaint.id"],
            name=op.f("fk_complaint_event_community_id_complaint_id_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "organization_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_complaint_event_community_id_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_complaint_event_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_complaint_event")),
    )
    op.create_index(
        "ix_complaint_event_complaint",
        "complaint_event",
        ["community_id", "complaint_id", "id"],
        unique=False,
    )
    secure_tenant_table("complaint", app="SELECT, INSERT, UPDATE", sweep=SWEPT)
    secure_tenant_table("complaint_event", app=APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("complaint_event")
    op.drop_table("complaint")
