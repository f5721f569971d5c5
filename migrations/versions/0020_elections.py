from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APPEND_ONLY, secure_tenant_table

revision = "0020"
down_revision = "0011"
branch_labels = None
depends_on = None

CHOICE_FITS = (
    "CASE WHEN most_choices = 0 THEN choice IN ('for', 'against', 'abstain')"
    " ELSE choice ~ '^([0-9a-f-]{36}(;[0-9a-f-]{36})*)?$'"
    " AND length(choice) < 37 * most_choices END"
)
OLD_REFERENCE = "fk_ballot_community_id_assembly_id_matter_id_assembly_matter"


def upgrade() -> None:
    give_matters_seats()
    create_candidates()
    let_ballots_choose()
    create_candidate_results()
    create_seals()


def give_matters_seats() -> None:
    op.add_column("assembly_matter", sa.Column("seats", sa.SmallInteger(), nullable=True))
    op.add_column(
        "assembly_matter",
        sa.Column(
            "most_choices",
            sa.SmallInteger(),
            sa.Computed("COALESCE(seats, 0)", persisted=True),
            nullable=False,
        ),
    )
    op.create_unique_constraint(
        "uq_assembly_matter_choices",
        "assembly_matter",
        ["community_id", "assembly_id", "id", "most_choices"],
    )
    op.create_check_constraint(
        op.f("ck_assembly_matter_election_has_seats"),
        "assembly_matter",
        "(kind = 'election') = (seats IS NOT NULL) AND seats BETWEEN 1 AND 99",
    )
    op.create_check_constraint(
        op.f("ck_assembly_matter_election_is_ordinary"),
        "assembly_matter",
        "kind <> 'election' OR statute NOT BETWEEN 6 AND 8",
    )


def create_candidates() -> None:
    op.create_table(
        "candidate",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=True),
        *_tenant_columns(),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "matter_id"],
            ["assembly_matter.community_id", "assembly_matter.assembly_id", "assembly_matter.id"],
            name=op.f("fk_candidate_community_id_assembly_id_matter_id_assembly_matter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_candidate_community_id_owner_id_owner"),
        ),
        *_tenant_keys("candidate"),
        sa.UniqueConstraint(
            "community_id", "matter_id", "id", name=op.f("uq_candidate_community_id_matter_id_id")
        ),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "position",
            name=op.f("uq_candidate_community_id_matter_id_position"),
        ),
    )
    secure_tenant_table("candidate")


def let_ballots_choose() -> None:
    op.add_column(
        "ballot",
        sa.Column("most_choices", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.drop_constraint(OLD_REFERENCE, "ballot")
    op.create_foreign_key(
        "fk_ballot_matter",
        "ballot",
        "assembly_matter",
        ["community_id", "assembly_id", "matter_id", "most_choices"],
        ["community_id", "assembly_id", "id", "most_choices"],
    )
    op.drop_constraint("ck_ballot_choice_known", "ballot")
    op.create_check_constraint(op.f("ck_ballot_choice_fits"), "ballot", CHOICE_FITS)


def create_candidate_results() -> None:
    op.create_table(
        "candidate_result",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("candidate_id", sa.UUID(), nullable=False),
        sa.Column("counting", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("for_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("for_heads", sa.Integer(), nullable=False),
        sa.Column("elected", sa.Boolean(), nullable=False),
        sa.Column("alternate", sa.Boolean(), nullable=False),
        sa.Column("tied", sa.Boolean(), nullable=False),
        *_tenant_columns(),
        sa.CheckConstraint(
            "elected::int + alternate::int + tied::int <= 1",
            name=op.f("ck_candidate_result_one_fate"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "matter_id"],
            ["assembly_matter.community_id", "assembly_matter.assembly_id", "assembly_matter.id"],
            name=op.f("fk_candidate_result_community_id_assembly_id_matter_id_assembly_matter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "matter_id", "counting"],
            [
                "assembly_result.community_id",
                "assembly_result.matter_id",
                "assembly_result.counting",
            ],
            name="fk_candidate_result_count",
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "matter_id", "candidate_id"],
            ["candidate.community_id", "candidate.matter_id", "candidate.id"],
            name="fk_candidate_result_candidate",
        ),
        *_tenant_keys("candidate_result"),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "counting",
            "candidate_id",
            name=op.f("uq_candidate_result_community_id_matter_id_counting_candidate_id"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "counting",
            "place",
            name=op.f("uq_candidate_result_community_id_matter_id_counting_place"),
        ),
    )
    op.create_index(
        "ix_candidate_result_assembly", "candidate_result", ["community_id", "assembly_id"]
    )
    secure_tenant_table("candidate_result", app=APPEND_ONLY)


def create_seals() -> None:
    op.create_table(
        "assembly_seal",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("counting", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        *_tenant_columns(),
        _assembly_reference("assembly_seal"),
        *_tenant_keys("assembly_seal"),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "counting",
            name=op.f("uq_assembly_seal_community_id_assembly_id_counting"),
        ),
    )
    op.create_table(
        "seal_tile",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("counting", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("first_ballot", sa.UUID(), nullable=True),
        sa.Column("ballots", postgresql.ARRAY(sa.UUID()), nullable=True),
        *_tenant_columns(),
        _assembly_reference("seal_tile"),
        *_tenant_keys("seal_tile"),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "counting",
            "level",
            "position",
            name=op.f("uq_seal_tile_community_id_assembly_id_counting_level_position"),
        ),
    )
    op.create_index(
        "ix_seal_tile_first_ballot",
        "seal_tile",
        ["community_id", "assembly_id", "counting", "first_ballot"],
        postgresql_where=sa.text("first_ballot IS NOT NULL"),
    )
    for table in ("assembly_seal", "seal_tile"):
        secure_tenant_table(table, app=APPEND_ONLY)


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


def _tenant_keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f(f"pk_{table}")),
    ]


def _assembly_reference(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", "assembly_id"],
        ["assembly.community_id", "assembly.id"],
        name=op.f(f"fk_{table}_community_id_assembly_id_assembly"),
    )


def downgrade() -> None:
    # The schema before has no words for a ballot that chose candidates: one of them stops this.
    for table in ("seal_tile", "assembly_seal", "candidate_result"):
        op.drop_table(table)
    op.drop_constraint("ck_ballot_choice_fits", "ballot")
    op.create_check_constraint(
        op.f("ck_ballot_choice_known"), "ballot", "choice IN ('for', 'against', 'abstain')"
    )
    op.drop_constraint("fk_ballot_matter", "ballot")
    op.create_foreign_key(
        op.f(OLD_REFERENCE),
        "ballot",
        "assembly_matter",
        ["community_id", "assembly_id", "matter_id"],
        ["community_id", "assembly_id", "id"],
    )
    op.drop_column("ballot", "most_choices")
    op.drop_table("candidate")
    for name in ("election_is_ordinary", "election_has_seats"):
        op.drop_constraint(f"ck_assembly_matter_{name}", "assembly_matter")
    op.drop_constraint("uq_assembly_matter_choices", "assembly_matter")
    op.drop_column("assembly_matter", "most_choices")
    op.drop_column("assembly_matter", "seats")
