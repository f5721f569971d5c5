from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import READ_WRITE, secure_tenant_table

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def _tenant_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )


def _keys(table: str, *references: tuple[str, str]) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                [f"{other}.community_id", f"{other}.id"],
                name=op.f(f"fk_{table}_community_id_{column}_{other}"),
            )
            for column, other in references
        ),
    )


def upgrade() -> None:
    op.create_table(
        "complaint_dispatch_rule",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("compound_id", sa.UUID(), nullable=True),
        sa.Column("building_id", sa.UUID(), nullable=True),
        sa.Column("days", sa.Text(), server_default=sa.text("'any'"), nullable=False),
        sa.Column("from_minute", sa.SmallInteger(), nullable=True),
        sa.Column("to_minute", sa.SmallInteger(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        *_tenant_columns(),
        *_keys(
            "complaint_dispatch_rule",
            ("building_id", "building"),
            ("compound_id", "compound"),
            ("organization_id", "organization"),
        ),
        sa.CheckConstraint(
            "days IN ('any', 'working', 'resting')",
            name=op.f("ck_complaint_dispatch_rule_days_known"),
        ),
        sa.CheckConstraint(
            "(from_minute IS NULL) = (to_minute IS NULL)"
            " AND from_minute BETWEEN 0 AND 1440 AND to_minute BETWEEN 0 AND 1440",
            name=op.f("ck_complaint_dispatch_rule_minutes_of_a_day"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "position",
            name=op.f("uq_complaint_dispatch_rule_community_id_position"),
        ),
    )
    op.create_table(
        "complaint_reply_template",
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_tenant_columns(),
        *_keys("complaint_reply_template", ("organization_id", "organization")),
    )
    op.create_index(
        "ix_complaint_reply_template_owner",
        "complaint_reply_template",
        ["community_id", "organization_id", "id"],
    )
    op.create_table(
        "complaint_saved_filter",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        *_tenant_columns(),
        *_keys("complaint_saved_filter"),
        sa.UniqueConstraint(
            "community_id",
            "account_id",
            "name",
            name=op.f("uq_complaint_saved_filter_community_id_account_id_name"),
        ),
    )
    for table in ("complaint_dispatch_rule", "complaint_reply_template", "complaint_saved_filter"):
        secure_tenant_table(table, app=READ_WRITE)
    op.create_index(
        "ix_complaint_assignee",
        "complaint",
        ["community_id", "assignee_id", "due_at", "id"],
        postgresql_where=sa.text("assignee_id IS NOT NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "uq_complaint_entered_once",
        "complaint",
        ["community_id", "entered_by_id", "once_key"],
        unique=True,
        postgresql_where=sa.text("entered_by_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_complaint_entered_once", "complaint")
    op.drop_index("ix_complaint_assignee", "complaint")
    for table in ("complaint_saved_filter", "complaint_reply_template", "complaint_dispatch_rule"):
        op.drop_table(table)
