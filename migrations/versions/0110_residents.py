from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import SWEEP, secure_tenant_table

revision = "0110"
down_revision = "0102"
branch_labels = None
depends_on = None

ON_PLAN = "plan_x BETWEEN 0 AND 1000 AND plan_y BETWEEN 0 AND 1000"
DRAFTS = "SELECT (community_id, id, subject_kind, created_at)"


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


def inside(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{referred}.community_id", f"{referred}.id"],
        name=op.f(f"fk_{table}_community_id_{column}_{referred}"),
    )


def upgrade() -> None:
    create_common_places()
    create_spots()
    create_followers()
    op.create_index(
        "ix_complaint_open",
        "complaint",
        ["community_id", "compound_id", "id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_stored_file_draft",
        "stored_file",
        ["created_at"],
        postgresql_where=sa.text("subject_kind = 'draft'"),
    )
    op.execute(f"CREATE POLICY sweep ON stored_file FOR SELECT TO {SWEEP} USING (true)")
    op.execute(f"GRANT {DRAFTS} ON stored_file TO {SWEEP}")


def create_common_places() -> None:
    op.create_table(
        "common_place",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("plan_x", sa.SmallInteger(), nullable=True),
        sa.Column("plan_y", sa.SmallInteger(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *tenant_columns("common_place"),
        sa.CheckConstraint(
            "(plan_x IS NULL) = (plan_y IS NULL)", name=op.f("ck_common_place_both_on_plan")
        ),
        sa.CheckConstraint(ON_PLAN, name=op.f("ck_common_place_on_plan")),
        inside("common_place", "compound_id", "compound"),
        sa.UniqueConstraint(
            "community_id",
            "compound_id",
            "name",
            name=op.f("uq_common_place_community_id_compound_id_name"),
        ),
    )
    secure_tenant_table("common_place", app="SELECT, INSERT, UPDATE")


def create_spots() -> None:
    op.create_table(
        "complaint_spot",
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        sa.Column("common_place_id", sa.UUID(), nullable=True),
        sa.Column("plan_file_id", sa.UUID(), nullable=True),
        sa.Column("plan_x", sa.SmallInteger(), nullable=True),
        sa.Column("plan_y", sa.SmallInteger(), nullable=True),
        *tenant_columns("complaint_spot"),
        sa.CheckConstraint(
            "num_nulls(plan_file_id, plan_x, plan_y) IN (0, 3)",
            name=op.f("ck_complaint_spot_point_or_none"),
        ),
        sa.CheckConstraint(ON_PLAN, name=op.f("ck_complaint_spot_on_plan")),
        inside("complaint_spot", "complaint_id", "complaint"),
        inside("complaint_spot", "common_place_id", "common_place"),
        inside("complaint_spot", "plan_file_id", "stored_file"),
        sa.UniqueConstraint(
            "community_id",
            "complaint_id",
            name=op.f("uq_complaint_spot_community_id_complaint_id"),
        ),
    )
    op.create_index(
        "ix_complaint_spot_place", "complaint_spot", ["community_id", "common_place_id"]
    )
    secure_tenant_table("complaint_spot", app="SELECT, INSERT")


def create_followers() -> None:
    op.create_table(
        "complaint_follower",
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        *tenant_columns("complaint_follower"),
        inside("complaint_follower", "complaint_id", "complaint"),
        sa.UniqueConstraint(
            "community_id",
            "complaint_id",
            "account_id",
            name=op.f("uq_complaint_follower_community_id_complaint_id_account_id"),
        ),
    )
    op.create_index(
        "ix_complaint_follower_account",
        "complaint_follower",
        ["community_id", "account_id", "complaint_id"],
    )
    secure_tenant_table("complaint_follower", app="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.execute(f"REVOKE {DRAFTS} ON stored_file FROM {SWEEP}")
    op.execute("DROP POLICY sweep ON stored_file")
    op.drop_index("ix_stored_file_draft", table_name="stored_file")
    op.drop_index("ix_complaint_open", table_name="complaint")
    op.drop_table("complaint_follower")
    op.drop_table("complaint_spot")
    op.drop_table("common_place")
