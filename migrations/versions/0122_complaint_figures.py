from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APPEND_ONLY, REGION, secure_tenant_table

revision = "0122"
down_revision = "0130"
branch_labels = None
depends_on = None

COUNTERS = ("verdicts", "verdicts_resolved", "verdicts_content")
SWEPT_DIGESTS = "SELECT (community_id, week_starts)"
SWEPT_EXPORTS = "SELECT (community_id, id, state, ready_at)"
# What the time line says for the rates: rules/rates.py.
FROM_THE_TIME_LINE = """
UPDATE complaint SET
    contact_due_at = told.contact_due_at,
    contacted_at = told.contacted_at,
    verdicts = told.verdicts,
    verdicts_resolved = told.resolved,
    verdicts_content = told.content
FROM (
    SELECT community_id, complaint_id,
        min(due_at) FILTER (WHERE kind = 'filed') AS contact_due_at,
        min(created_at) FILTER (
            WHERE kind IN ('take', 'accept', 'reply', 'complete') AND party IN ('company', 'office')
        ) AS contacted_at,
        count(*) FILTER (
            WHERE kind IN ('confirm', 'verify', 'reopen', 'find_unsolved', 'dispute')
        ) AS verdicts,
        count(*) FILTER (WHERE kind IN ('confirm', 'verify')) AS resolved,
        count(*) FILTER (
            WHERE kind IN ('confirm', 'verify') AND details ->> 'rating' IN ('satisfied', 'fairly')
        ) AS content
    FROM complaint_event GROUP BY community_id, complaint_id
) AS told
WHERE complaint.community_id = told.community_id AND complaint.id = told.complaint_id
"""


def tenant_columns(table: str) -> list[sa.SchemaItem]:
    return [
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    keep_what_rates_count()
    create_months()
    create_today()
    create_digests()
    create_exports()


def keep_what_rates_count() -> None:
    op.add_column("complaint", sa.Column("contact_due_at", sa.DateTime(timezone=True)))
    op.add_column("complaint", sa.Column("contacted_at", sa.DateTime(timezone=True)))
    for name in COUNTERS:
        op.add_column(
            "complaint",
            sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        )
    # Row security is forced on the owner too; it would see no row to change.
    for table in ("complaint", "complaint_event"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FROM_THE_TIME_LINE)
    for table in ("complaint", "complaint_event"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.create_check_constraint(
        op.f("ck_complaint_verdicts_fit"),
        "complaint",
        "verdicts_content >= 0 AND verdicts_content <= verdicts_resolved"
        " AND verdicts_resolved <= verdicts",
    )
    op.create_index(
        "ix_complaint_closed",
        "complaint",
        ["community_id", "closed_at"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )


def create_months() -> None:
    numbers = (
        "filed", "closed", "repeated", "response_in", "response_of", "resolved_in",
        "satisfied_in", "verdicts",
    )  # fmt: skip
    op.create_table(
        "complaint_month",
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("category_title", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        *tenant_columns("complaint_month"),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_complaint_month_month_begins")
        ),
        sa.CheckConstraint(
            "filed > 0 AND response_in <= response_of AND satisfied_in <= resolved_in"
            " AND resolved_in <= verdicts AND closed <= filed AND repeated <= filed",
            name=op.f("ck_complaint_month_sums_fit"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "month",
            "category",
            name=op.f("uq_complaint_month_community_id_month_category"),
        ),
    )
    op.create_index(
        "ix_complaint_month_region",
        "complaint_month",
        ["month", "region_path"],
        postgresql_ops={"region_path": "text_pattern_ops"},
    )
    secure_tenant_table("complaint_month", also_readable=REGION)


def create_today() -> None:
    op.create_table(
        "complaint_today",
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("open", "overdue", "hard")),
        *tenant_columns("complaint_today"),
        sa.CheckConstraint(
            "overdue <= open AND hard <= open", name=op.f("ck_complaint_today_sums_fit")
        ),
        sa.UniqueConstraint("community_id", name=op.f("uq_complaint_today_community_id")),
    )
    op.create_index(
        "ix_complaint_today_region",
        "complaint_today",
        ["region_path"],
        postgresql_ops={"region_path": "text_pattern_ops"},
    )
    secure_tenant_table("complaint_today", also_readable=REGION)


def create_digests() -> None:
    op.create_table(
        "complaint_digest",
        sa.Column("week_starts", sa.Date(), nullable=False),
        sa.Column("figures", sa.dialects.postgresql.JSONB(), nullable=False),
        *tenant_columns("complaint_digest"),
        sa.CheckConstraint(
            "extract(isodow FROM week_starts) = 1",
            name=op.f("ck_complaint_digest_week_begins_on_monday"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "week_starts",
            name=op.f("uq_complaint_digest_community_id_week_starts"),
        ),
    )
    secure_tenant_table("complaint_digest", app=APPEND_ONLY, sweep=SWEPT_DIGESTS)


def create_exports() -> None:
    jsonb = sa.dialects.postgresql.JSONB()
    op.create_table(
        "complaint_export",
        sa.Column("asked_by", sa.UUID(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("companies", jsonb, nullable=True),
        sa.Column("selection", jsonb, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        *tenant_columns("complaint_export"),
        sa.ForeignKeyConstraint(
            ["community_id", "file_id"],
            ["stored_file.community_id", "stored_file.id"],
            name=op.f("fk_complaint_export_community_id_file_id_stored_file"),
        ),
        sa.CheckConstraint(
            "state IN ('running', 'ready', 'too_large', 'gone')",
            name=op.f("ck_complaint_export_state_known"),
        ),
        sa.CheckConstraint(
            "format IN ('xlsx', 'csv')", name=op.f("ck_complaint_export_format_known")
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL) AND"
            " (state = 'running') = (ready_at IS NULL)",
            name=op.f("ck_complaint_export_ready_whole"),
        ),
    )
    op.create_index(
        "ix_complaint_export_asked_by", "complaint_export", ["community_id", "asked_by", "id"]
    )
    op.create_index(
        "ix_complaint_export_kept",
        "complaint_export",
        ["ready_at"],
        postgresql_where=sa.text("state = 'ready'"),
    )
    secure_tenant_table("complaint_export", app="SELECT, INSERT, UPDATE", sweep=SWEPT_EXPORTS)


def downgrade() -> None:
    op.drop_table("complaint_export")
    op.drop_table("complaint_digest")
    op.drop_table("complaint_today")
    op.drop_table("complaint_month")
    op.drop_index("ix_complaint_closed", table_name="complaint")
    op.drop_constraint(op.f("ck_complaint_verdicts_fit"), "complaint", type_="check")
    for name in (*COUNTERS, "contacted_at", "contact_due_at"):
        op.drop_column("complaint", name)
