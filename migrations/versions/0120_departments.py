"""Departments of streets and districts, and those who act for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APP, REGION

revision = "0120"
down_revision = "0025"
branch_labels = None
depends_on = None

OLD_ROLES = ("resident", "stairwell_head", "building_head", "hundred_households_head",
             "red_steward", "grid_member", "committee_member", "property_staff",
             "property_manager", "community_staff", "party_secretary", "street_reviewer",
             "district_reviewer", "city_reviewer", "platform_operator")  # fmt: skip
NEW_ROLES = (*OLD_ROLES, "department_member")
LIVE = ["account_id", "role", "community_id", "region_path", "organization_id", "compound_id",
        "building_id", "stairwell_id"]  # fmt: skip
# A community may see which accounts act for the departments over it, to tell them of a call;
# nothing else of them, and nobody of a department elsewhere.
OVER_US = """
    role = 'department_member' AND community_id IS NULL AND (
        SELECT community.region_path FROM community
        WHERE community.id = NULLIF(current_setting('app.community_id', true), '')::int
    ) LIKE region_path || '%'
"""


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_department_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
    )
    op.create_index(
        "uq_department_region_code_name",
        "department",
        ["region_code", "name"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.execute("ALTER TABLE department ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE department FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY keeper ON department TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY everybody ON department FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY founded ON department FOR INSERT WITH CHECK ({REGION})")
    op.execute(
        f"CREATE POLICY kept ON department FOR UPDATE USING ({REGION}) WITH CHECK ({REGION})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (retired_at) ON department TO {APP}")
    open_memberships()


def open_memberships() -> None:
    op.add_column("membership", sa.Column("department_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_membership_department_id_department"),
        "membership",
        "department",
        ["department_id"],
        ["id"],
    )
    _roles(NEW_ROLES)
    op.create_check_constraint(
        op.f("ck_membership_department_of_a_region"),
        "membership",
        "(role = 'department_member') = (department_id IS NOT NULL)"
        " AND (department_id IS NULL OR region_path IS NOT NULL)",
    )
    op.create_index(
        "ix_membership_department_id",
        "membership",
        ["department_id"],
        postgresql_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
    )
    _live([*LIVE, "department_id"])
    op.execute(f"CREATE POLICY over_us ON membership FOR SELECT TO {APP} USING ({OVER_US})")


def downgrade() -> None:
    op.execute("DROP POLICY over_us ON membership")
    op.execute("DELETE FROM membership WHERE role = 'department_member'")
    op.drop_constraint(op.f("ck_membership_department_of_a_region"), "membership", type_="check")
    op.drop_index("ix_membership_department_id", table_name="membership")
    _live(LIVE)
    _roles(OLD_ROLES)
    op.drop_column("membership", "department_id")
    op.drop_table("department")


def _roles(roles: tuple[str, ...]) -> None:
    name = op.f("ck_membership_role_known")
    op.drop_constraint(name, "membership", type_="check")
    listed = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint(name, "membership", f"role IN ({listed})")


def _live(columns: list[str]) -> None:
    op.drop_index("uq_membership_live", table_name="membership")
    op.create_index(
        "uq_membership_live",
        "membership",
        columns,
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
