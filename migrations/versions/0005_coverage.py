from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APP, APPEND_ONLY, HERE, REGION, secure_tenant_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("facility", "upkeep_record", "coverage_draft", "coverage_report", "coverage_review")
IN_REGION_ONLY = (
    "COALESCE(NULLIF(current_setting('app.community_id', true), ''), '0') = '0'"
    " AND NULLIF(current_setting('app.region_path', true), '') IS NOT NULL"
)
ME = "NULLIF(current_setting('app.account_id', true), '')::uuid"
# A reviewer writes under his own name, at a level he holds, about a report of his own region.
MY_LEVEL = f"""
    coverage_review.reviewer_id = {ME} AND EXISTS (
        SELECT FROM membership AS held
        WHERE held.account_id = {ME} AND held.ended_at IS NULL
          AND held.role = coverage_review.level || '_reviewer'
          AND coverage_review.region_path LIKE held.region_path || '%')
"""


def upgrade() -> None:
    create_maintenance()
    create_coverage()
    for table in ("facility", "coverage_draft"):
        secure_tenant_table(table)
    secure_tenant_table("upkeep_record", app=APPEND_ONLY)
    secure_tenant_table("coverage_report", app=APPEND_ONLY, also_readable=REGION)
    secure_reviews()
    open_outbox_to_regions()


def secure_reviews() -> None:
    """The community reads what was decided about it; only reviewers write."""
    op.execute("ALTER TABLE coverage_review ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE coverage_review FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON coverage_review FOR SELECT USING ({HERE})")
    op.execute(f"CREATE POLICY also_readable ON coverage_review FOR SELECT USING ({REGION})")
    op.execute(
        "CREATE POLICY reviewers ON coverage_review FOR INSERT"
        f" WITH CHECK ({IN_REGION_ONLY} AND {REGION} AND {MY_LEVEL})"
    )
    op.execute(f"GRANT {APPEND_ONLY} ON coverage_review TO {APP}")


def open_outbox_to_regions() -> None:
    """Reviewers leave messages to communities below them, and to no others."""
    op.execute(
        "CREATE POLICY of_region ON outbox_message FOR INSERT"
        f" WITH CHECK ({IN_REGION_ONLY} AND EXISTS ("
        "SELECT FROM community WHERE community.id = outbox_message.community_id"
        f" AND community.{REGION}))"
    )


def create_maintenance() -> None:
    op.create_table(
        "facility",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cycle_days", sa.Integer(), nullable=True),
        sa.Column("last_done_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("last_evidence_id", sa.UUID(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
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
            "kind IN ('lift_upkeep', 'lift_inspection', 'fire_test', 'water_tank', 'water_quality', 'lightning', 'gas', 'septic_tank', 'street_lamps', 'drains')",
            name=op.f("ck_facility_kind_known"),
        ),
        sa.CheckConstraint(
            "(last_done_on IS NULL) = (next_due_on IS NULL)",
            name=op.f("ck_facility_done_and_due_together"),
        ),
        sa.CheckConstraint("cycle_days > 0", name=op.f("ck_facility_cycle_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_facility_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_facility_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_facility")),
        sa.UniqueConstraint(
            "community_id",
            "compound_id",
            "kind",
            "name",
            name=op.f("uq_facility_community_id_compound_id_kind_name"),
        ),
    )
    op.create_index(
        "ix_facility_next_due_on", "facility", ["community_id", "next_due_on"], unique=False
    )
    op.create_table(
        "upkeep_record",
        sa.Column("facility_id", sa.UUID(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "facility_id"],
            ["facility.community_id", "facility.id"],
            name=op.f("fk_upkeep_record_community_id_facility_id_facility"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_upkeep_record_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_upkeep_record")),
    )
    op.create_index(
        "ix_upkeep_record_facility",
        "upkeep_record",
        ["community_id", "facility_id", "done_on"],
        unique=False,
    )


def create_coverage() -> None:
    op.create_table(
        "coverage_draft",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("exemptions", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("remark", sa.Text(), server_default=sa.text("''"), nullable=False),
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
            "period ~ '^[0-9]{4}Q[1-4]$'", name=op.f("ck_coverage_draft_period_is_a_quarter")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_coverage_draft_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_coverage_draft")),
        sa.UniqueConstraint(
            "community_id", "period", name=op.f("uq_coverage_draft_community_id_period")
        ),
    )
    op.create_table(
        "coverage_report",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("community_name", sa.Text(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.UUID(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "period ~ '^[0-9]{4}Q[1-4]$'", name=op.f("ck_coverage_report_period_is_a_quarter")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_coverage_report_version_positive")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_coverage_report_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_coverage_report")),
        sa.UniqueConstraint(
            "community_id", "id", "region_path", name="uq_coverage_report_region_path"
        ),
        sa.UniqueConstraint(
            "community_id",
            "period",
            "version",
            name=op.f("uq_coverage_report_community_id_period_version"),
        ),
    )
    op.create_index("ix_coverage_report_id", "coverage_report", ["id"])
    op.create_index(
        "ix_coverage_report_region",
        "coverage_report",
        ["period", "region_path"],
        unique=False,
        postgresql_ops={"region_path": "text_pattern_ops"},
    )
    op.create_table(
        "coverage_review",
        sa.Column("report_id", sa.UUID(), nullable=False),
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.UUID(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
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
            "decision IN ('approve', 'found_true') OR reason <> ''",
            name=op.f("ck_coverage_review_reason_given"),
        ),
        sa.CheckConstraint(
            "decision IN ('approve', 'return', 'found_true', 'found_untrue')",
            name=op.f("ck_coverage_review_decision_known"),
        ),
        sa.CheckConstraint(
            "level IN ('street', 'district', 'city')", name=op.f("ck_coverage_review_level_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "report_id", "region_path"],
            ["coverage_report.community_id", "coverage_report.id", "coverage_report.region_path"],
            name="fk_coverage_review_report",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_coverage_review_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_coverage_review")),
        sa.UniqueConstraint(
            "community_id",
            "report_id",
            "level",
            name=op.f("uq_coverage_review_community_id_report_id_level"),
        ),
    )
    op.create_index(
        "ix_coverage_review_region_path",
        "coverage_review",
        ["region_path"],
        unique=False,
        postgresql_ops={"region_path": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.execute("DROP POLICY of_region ON outbox_message")
    for table in reversed(TABLES):
        op.drop_table(table)
