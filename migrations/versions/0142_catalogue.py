from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APPEND_ONLY, secure_tenant_table

revision = "0142"
down_revision = "0141"
branch_labels = None
depends_on = None


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
    create_versions()
    create_items()
    create_imports()


def create_versions() -> None:
    op.create_table(
        "catalogue_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published_by", sa.UUID(), nullable=False),
        *tenant_columns("catalogue_version"),
        sa.CheckConstraint("number > 0", name=op.f("ck_catalogue_version_number_positive")),
        sa.UniqueConstraint(
            "community_id", "number", name=op.f("uq_catalogue_version_community_id_number")
        ),
    )
    secure_tenant_table("catalogue_version", app=APPEND_ONLY)


def create_items() -> None:
    op.create_table(
        "catalogue_item",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category_group", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("own_limit", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), server_default=sa.text("''"), nullable=False),
        *tenant_columns("catalogue_item"),
        sa.CheckConstraint(
            "responsible IN ('property', 'community')",
            name=op.f("ck_catalogue_item_responsible_known"),
        ),
        sa.CheckConstraint(
            "urgency IN ('consult', 'urgent', 'utility', 'ordinary', 'hard')",
            name=op.f("ck_catalogue_item_urgency_known"),
        ),
        inside("catalogue_item", "version_id", "catalogue_version"),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "code",
            name=op.f("uq_catalogue_item_community_id_version_id_code"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "version_id",
            "position",
            name=op.f("uq_catalogue_item_community_id_version_id_position"),
        ),
    )
    op.create_index("ix_catalogue_item_code", "catalogue_item", ["community_id", "code", "id"])
    secure_tenant_table("catalogue_item", app=APPEND_ONLY)


def create_imports() -> None:
    op.create_table(
        "catalogue_import",
        sa.Column("file_id", sa.UUID(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.UUID(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("fault_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "result", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.UUID(), nullable=True),
        *tenant_columns("catalogue_import"),
        sa.CheckConstraint(
            "state IN ('checking', 'failed', 'faulty', 'unchanged', 'checked', 'published')",
            name=op.f("ck_catalogue_import_state_known"),
        ),
        inside("catalogue_import", "file_id", "stored_file"),
        inside("catalogue_import", "version_id", "catalogue_version"),
    )
    secure_tenant_table("catalogue_import", app="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("catalogue_import")
    op.drop_table("catalogue_item")
    op.drop_table("catalogue_version")
