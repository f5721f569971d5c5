from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0130"
branch_labels = None
depends_on = None

RUNNING = "uq_assembly_archive_running"


def upgrade() -> None:
    op.add_column(
        "assembly_archive",
        sa.Column("kind", sa.Text(), server_default=sa.text("'file'"), nullable=False),
    )
    op.add_column("assembly_archive", sa.Column("counting", sa.SmallInteger(), nullable=True))
    op.alter_column("assembly_archive", "asked_by", nullable=True)
    for name, condition in (
        ("kind_known", "kind IN ('file', 'public', 'sealed')"),
        ("package_of_a_count", "(kind = 'file') = (counting IS NULL)"),
        ("asked_by_somebody", "kind = 'public' OR asked_by IS NOT NULL"),
    ):
        op.create_check_constraint(
            op.f(f"ck_assembly_archive_{name}"), "assembly_archive", condition
        )
    op.drop_index(RUNNING, "assembly_archive")
    op.create_index(
        RUNNING,
        "assembly_archive",
        ["community_id", "assembly_id", "kind", "counting"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    op.execute("ALTER TABLE assembly_archive NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM assembly_archive WHERE kind <> 'file'")
    op.execute("ALTER TABLE assembly_archive FORCE ROW LEVEL SECURITY")
    op.drop_index(RUNNING, "assembly_archive")
    op.create_index(
        RUNNING,
        "assembly_archive",
        ["community_id", "assembly_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    for name in ("asked_by_somebody", "package_of_a_count", "kind_known"):
        op.drop_constraint(op.f(f"ck_assembly_archive_{name}"), "assembly_archive")
    op.alter_column("assembly_archive", "asked_by", nullable=False)
    op.drop_column("assembly_archive", "counting")
    op.drop_column("assembly_archive", "kind")
