from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APPEND_ONLY, secure_tenant_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "covenant",
    "covenant_version",
    "covenant_clause",
    "covenant_household",
    "covenant_signature",
    "covenant_objection",
    "covenant_step",
)


def upgrade() -> None:
    create_tables()
    for table in ("covenant", "covenant_objection"):
        secure_tenant_table(table, app="SELECT, INSERT, UPDATE")
    secure_tenant_table("covenant_clause")
    secure_tenant_table(
        "covenant_version",
        app="SELECT, INSERT, UPDATE",
        sweep="SELECT (community_id, id, state, publication_ends_at, open_objections)",
    )
    for table in ("covenant_household", "covenant_signature", "covenant_step"):
        secure_tenant_table(table, app=APPEND_ONLY)


def create_tables() -> None:
    op.create_table(
        "covenant",
        sa.Column("stairwell_id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("current_number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("current_number >= 1", name=op.f("ck_covenant_number_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwell.community_id", "stairwell.id"],
            name=op.f("fk_covenant_community_id_stairwell_id_stairwell"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_covenant_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant")),
        sa.UniqueConstraint(
            "community_id", "stairwell_id", name=op.f("uq_covenant_community_id_stairwell_id")
        ),
    )
    op.create_table(
        "covenant_version",
        sa.Column("covenant_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("threshold_numerator", sa.Integer(), nullable=True),
        sa.Column("threshold_denominator", sa.Integer(), nullable=True),
        sa.Column("publication_days", sa.Integer(), nullable=True),
        sa.Column("due_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("vacant_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("signed_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_objections", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publication_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_under", sa.Text(), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('collecting', 'deliberating', 'checking', 'signing', 'published', 'filed', 'in_force', 'replaced', 'withdrawn')",
            name=op.f("ck_covenant_version_state_known"),
        ),
        sa.CheckConstraint(
            "(digest IS NULL) = (opened_at IS NULL)",
            name=op.f("ck_covenant_version_sealed_when_opened"),
        ),
        sa.CheckConstraint(
            "open_objections >= 0", name=op.f("ck_covenant_version_objections_not_negative")
        ),
        sa.CheckConstraint(
            "publication_days > 0", name=op.f("ck_covenant_version_publication_positive")
        ),
        sa.CheckConstraint(
            "signed_count BETWEEN 0 AND due_count",
            name=op.f("ck_covenant_version_no_more_signed_than_due"),
        ),
        sa.CheckConstraint(
            "threshold_numerator > 0 AND threshold_numerator <= threshold_denominator",
            name=op.f("ck_covenant_version_threshold_proper"),
        ),
        sa.CheckConstraint(
            "vacant_count BETWEEN 0 AND due_count",
            name=op.f("ck_covenant_version_no_more_vacant_than_due"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "covenant_id"],
            ["covenant.community_id", "covenant.id"],
            name=op.f("fk_covenant_version_community_id_covenant_id_covenant"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_covenant_version_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_version")),
        sa.UniqueConstraint(
            "community_id",
            "covenant_id",
            "number",
            name=op.f("uq_covenant_version_community_id_covenant_id_number"),
        ),
    )
    op.create_index(
        "ix_covenant_version_publication_ends",
        "covenant_version",
        ["publication_ends_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('published', 'filed')"),
    )
    op.create_index(
        "uq_covenant_version_in_force",
        "covenant_version",
        ["community_id", "covenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "covenant_clause",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "version_id"],
            ["covenant_version.community_id", "covenant_version.id"],
            name=op.f("fk_covenant_clause_community_id_version_id_covenant_version"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_covenant_clause_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_clause")),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "id",
            name=op.f("uq_covenant_clause_community_id_version_id_id"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "position",
            deferrable=True,
            name=op.f("uq_covenant_clause_community_id_version_id_position"),
        ),
    )
    op.create_table(
        "covenant_household",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_covenant_household_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "version_id"],
            ["covenant_version.community_id", "covenant_version.id"],
            name=op.f("fk_covenant_household_community_id_version_id_covenant_version"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_covenant_household_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_household")),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "unit_id",
            name=op.f("uq_covenant_household_community_id_version_id_unit_id"),
        ),
    )
    op.create_table(
        "covenant_objection",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("clause_id", sa.UUID(), nullable=True),
        sa.Column("clause_text", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stage IN ('deliberation', 'publication')",
            name=op.f("ck_covenant_objection_stage_known"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_covenant_objection_answered_with_words"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_covenant_objection_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "version_id"],
            ["covenant_version.community_id", "covenant_version.id"],
            name=op.f("fk_covenant_objection_community_id_version_id_covenant_version"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_covenant_objection_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_objection")),
    )
    op.create_index(
        "ix_covenant_objection_version",
        "covenant_objection",
        ["community_id", "version_id", "id"],
        unique=False,
    )
    op.create_table(
        "covenant_step",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "action IN ('deliberate', 'send_to_check', 'return', 'open_signing', 'publish', 'file', 'enter_into_force', 'replace', 'withdraw')",
            name=op.f("ck_covenant_step_action_known"),
        ),
        sa.CheckConstraint(
            "capacity IN ('stairwell_head', 'community', 'clock')",
            name=op.f("ck_covenant_step_capacity_known"),
        ),
        sa.CheckConstraint(
            "state IN ('collecting', 'deliberating', 'checking', 'signing', 'published', 'filed', 'in_force', 'replaced', 'withdrawn')",
            name=op.f("ck_covenant_step_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "version_id"],
            ["covenant_version.community_id", "covenant_version.id"],
            name=op.f("fk_covenant_step_community_id_version_id_covenant_version"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_covenant_step_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_step")),
    )
    op.create_index(
        "ix_covenant_step_version",
        "covenant_step",
        ["community_id", "version_id", "id"],
        unique=False,
    )
    op.create_table(
        "covenant_signature",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column(
            "signed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
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
            "relation IN ('owner', 'family', 'tenant')",
            name=op.f("ck_covenant_signature_relation_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "version_id", "unit_id"],
            [
                "covenant_household.community_id",
                "covenant_household.version_id",
                "covenant_household.unit_id",
            ],
            name=op.f("fk_covenant_signature_community_id_version_id_unit_id_covenant_household"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_covenant_signature_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_covenant_signature")),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "unit_id",
            "account_id",
            name=op.f("uq_covenant_signature_community_id_version_id_unit_id_account_id"),
        ),
    )
    op.create_index(
        "uq_covenant_signature_household",
        "covenant_signature",
        ["community_id", "version_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("relation <> 'tenant'"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
