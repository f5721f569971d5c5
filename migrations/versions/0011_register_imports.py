from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import secure_tenant_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATE_CHECK = "ck_unit_claim_state_known"


def upgrade() -> None:
    create_faults()
    op.create_index("ix_owner_pinyin", "owner", ["community_id", "pinyin", "id"])
    op.drop_index("ix_property_unit_compound", table_name="property_unit")
    op.create_index(
        "ix_property_unit_compound",
        "property_unit",
        ["community_id", "compound_id", "sort_key", "id"],
    )
    op.create_index("ix_property_unit_sort", "property_unit", ["community_id", "sort_key", "id"])
    op.create_index(
        "ix_register_import_compound", "register_import", ["community_id", "compound_id", "id"]
    )
    op.drop_column("register_import", "errors")
    say_states("'pending', 'approved', 'refused', 'ended'", "state IN ('pending', 'approved')")


def create_faults() -> None:
    op.create_table(
        "import_fault",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column_title", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "import_id"],
            ["register_import.community_id", "register_import.id"],
            name=op.f("fk_import_fault_community_id_import_id_register_import"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_import_fault_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_import_fault")),
    )
    op.create_index(
        "ix_import_fault_line", "import_fault", ["community_id", "import_id", "line", "id"]
    )
    secure_tenant_table("import_fault")


def say_states(states: str, open_while: str) -> None:
    op.drop_constraint(STATE_CHECK, "unit_claim")
    op.create_check_constraint(op.f(STATE_CHECK), "unit_claim", f"state IN ({states})")
    op.drop_index("uq_unit_claim_open", table_name="unit_claim")
    op.create_index(
        "uq_unit_claim_open",
        "unit_claim",
        ["community_id", "account_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text(open_while),
    )


def downgrade() -> None:
    # Row security is forced on the owner too; it would see no row to change.
    op.execute("ALTER TABLE unit_claim NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE unit_claim SET state = 'refused' WHERE state = 'ended'")
    op.execute("ALTER TABLE unit_claim FORCE ROW LEVEL SECURITY")
    say_states("'pending', 'approved', 'refused'", "state <> 'refused'")
    op.add_column(
        "register_import",
        sa.Column(
            "errors",
            postgresql.JSONB(),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    op.drop_index("ix_register_import_compound", table_name="register_import")
    op.drop_index("ix_property_unit_sort", table_name="property_unit")
    op.drop_index("ix_property_unit_compound", table_name="property_unit")
    op.create_index("ix_property_unit_compound", "property_unit", ["community_id", "compound_id"])
    op.drop_index("ix_owner_pinyin", table_name="owner")
    op.drop_table("import_fault")
