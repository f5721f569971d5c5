from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APPEND_ONLY, SWEEP, secure_tenant_table

revision = "0023"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    renew_committees()
    warn_of_terms()


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
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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


def downgrade() -> None:
    op.execute(
        f"REVOKE SELECT (community_id, id, kind, closed_on, term_ends) ON organization FROM {SWEEP}"
    )
    op.execute("DROP POLICY sweep ON organization")
    op.drop_table("term_warning")
    op.drop_index("ix_organization_member_elected_in", table_name="organization_member")
    op.drop_column("organization_member", "elected_in")
    op.drop_column("organization_member", "alternate")
