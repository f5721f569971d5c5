from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APPEND_ONLY, SWEEP, secure_tenant_table

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    renew_committees()
    warn_of_terms()
    keep_filing()
    keep_recounts()


def renew_committees() -> None:
    op.add_column(
        "organization_member",
        sa.Column("alternate", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("organization_member", sa.Column("elected_in", sa.UUID(), nullable=True))
    op.create_index(
        "ix_organization_member_elected_in",
        "organization_member",
        ["community_id", "elected_in"],
        postgresql_where=sa.text("elected_in IS NOT NULL"),
    )


def warn_of_terms() -> None:
    op.create_table(
        "term_warning",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("term_ends", sa.Date(), nullable=False),
        *_tenant_columns(),
        sa.ForeignKeyConstraint(
            ["community_id", "organization_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_term_warning_community_id_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_term_warning_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_term_warning")),
        sa.UniqueConstraint(
            "community_id",
            "organization_id",
            "term_ends",
            name=op.f("uq_term_warning_community_id_organization_id_term_ends"),
        ),
    )
    secure_tenant_table(
        "term_warning",
        app=APPEND_ONLY,
        sweep="SELECT (community_id, organization_id, term_ends)",
    )
    op.execute(f"CREATE POLICY sweep ON organization TO {SWEEP} USING (true)")
    op.execute(
        f"GRANT SELECT (community_id, id, kind, closed_on, term_ends) ON organization TO {SWEEP}"
    )


def keep_filing() -> None:
    op.create_table(
        "filing_entry",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("receipt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("entered_by", sa.UUID(), nullable=False),
        *_tenant_columns(),
        sa.CheckConstraint(
            "item IN ('posted', 'residents_committee', 'district_office', 'street',"
            " 'first_meeting')",
            name=op.f("ck_filing_entry_item_known"),
        ),
        sa.CheckConstraint(
            "withdrawn = (done_on IS NULL) AND (NOT withdrawn OR note <> '')",
            name=op.f("ck_filing_entry_done_or_withdrawn"),
        ),
        *_keys("filing_entry"),
    )
    op.create_index(
        "ix_filing_entry_assembly", "filing_entry", ["community_id", "assembly_id", "item", "id"]
    )
    secure_tenant_table("filing_entry", app=APPEND_ONLY)
    op.create_table(
        "assembly_archive",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        *_tenant_columns(),
        sa.CheckConstraint(
            "state IN ('running', 'ready')", name=op.f("ck_assembly_archive_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL AND sha256 IS NOT NULL"
            " AND size IS NOT NULL AND ready_at IS NOT NULL)",
            name=op.f("ck_assembly_archive_ready_whole"),
        ),
        *_keys("assembly_archive"),
    )
    op.create_index(
        "ix_assembly_archive_assembly", "assembly_archive", ["community_id", "assembly_id", "id"]
    )
    op.create_index(
        "uq_assembly_archive_running",
        "assembly_archive",
        ["community_id", "assembly_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    secure_tenant_table("assembly_archive", app="SELECT, INSERT, UPDATE")


def keep_recounts() -> None:
    op.create_table(
        "assembly_recount",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("counting", sa.SmallInteger(), nullable=False),
        sa.Column("supervisor", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.UUID(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        *_tenant_columns(),
        sa.CheckConstraint("counting > 1", name=op.f("ck_assembly_recount_after_the_first")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "counting",
            name=op.f("uq_assembly_recount_community_id_assembly_id_counting"),
        ),
        *_keys("assembly_recount"),
    )
    secure_tenant_table("assembly_recount", app=APPEND_ONLY)


def _tenant_columns() -> list[sa.Column]:
    return [
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f(f"fk_{table}_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for table in ("assembly_recount", "assembly_archive", "filing_entry"):
        op.drop_table(table)
    op.execute(
        f"REVOKE SELECT (community_id, id, kind, closed_on, term_ends) ON organization FROM {SWEEP}"
    )
    op.execute("DROP POLICY sweep ON organization")
    op.drop_table("term_warning")
    op.drop_index("ix_organization_member_elected_in", table_name="organization_member")
    op.drop_column("organization_member", "elected_in")
    op.drop_column("organization_member", "alternate")
