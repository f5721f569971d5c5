from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APP, APPEND_ONLY, secure_tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BALLOT_COLUMNS = (
    "community_id, id, created_at, assembly_id, matter_id, voter_id, cast_id, turn, turn_before"
)
TABLES = (
    "assembly",
    "assembly_matter",
    "assembly_participation",
    "roll_voter",
    "roll_unit",
    "roll_member",
    "ballot_cast",
    "ballot",
    "ballot_retirement",
    "assembly_result",
)


def upgrade() -> None:
    create_tables()
    grant()
    hide_choices()


def create_tables() -> None:
    op.create_table(
        "assembly",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("convener", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("notice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("parking_votes", sa.Boolean(), nullable=True),
        sa.Column("roll_heads", sa.Integer(), nullable=True),
        sa.Column("roll_area_centi", sa.BigInteger(), nullable=True),
        sa.Column("drafted_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "mode IN ('online', 'paper', 'both')", name=op.f("ck_assembly_mode_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'under_review', 'noticed', 'open', 'closed', 'published', 'final', 'cancelled')",
            name=op.f("ck_assembly_state_known"),
        ),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_assembly_window_in_order")),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_assembly_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_assembly_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly")),
    )
    op.create_index(
        "ix_assembly_due_at",
        "assembly",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_assembly_state", "assembly", ["community_id", "state", "id"], unique=False)
    op.create_table(
        "assembly_matter",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("statute", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('resolution', 'election')", name=op.f("ck_assembly_matter_kind_known")
        ),
        sa.CheckConstraint(
            "statute BETWEEN 1 AND 9", name=op.f("ck_assembly_matter_statute_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_assembly_matter_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_assembly_matter_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly_matter")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "id",
            name=op.f("uq_assembly_matter_community_id_assembly_id_id"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "position",
            name=op.f("uq_assembly_matter_community_id_assembly_id_position"),
        ),
    )
    op.create_table(
        "assembly_participation",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("slice", sa.SmallInteger(), nullable=False),
        sa.Column("roll_heads", sa.Integer(), nullable=False),
        sa.Column("roll_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("heads", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("area_centi", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "heads BETWEEN 0 AND roll_heads AND area_centi BETWEEN 0 AND roll_area_centi",
            name=op.f("ck_assembly_participation_within_the_roll"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_assembly_participation_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_assembly_participation_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_assembly_participation_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly_participation")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "building_id",
            "slice",
            name=op.f("uq_assembly_participation_community_id_assembly_id_building_id_slice"),
        ),
    )
    op.create_table(
        "roll_voter",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("area_centi", sa.BigInteger(), nullable=False),
        sa.Column("unit_count", sa.Integer(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("developer", sa.Boolean(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("flag IN ('overlap', 'unknown')", name=op.f("ck_roll_voter_flag_known")),
        sa.CheckConstraint("area_centi > 0", name=op.f("ck_roll_voter_area_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_roll_voter_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_roll_voter_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_roll_voter_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_roll_voter")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "id",
            name=op.f("uq_roll_voter_community_id_assembly_id_id"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "number",
            name=op.f("uq_roll_voter_community_id_assembly_id_number"),
        ),
    )
    op.create_table(
        "assembly_result",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("counting", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("roll_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("roll_heads", sa.Integer(), nullable=False),
        sa.Column("took_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("took_heads", sa.Integer(), nullable=False),
        sa.Column("for_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("for_heads", sa.Integer(), nullable=False),
        sa.Column("against_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("against_heads", sa.Integer(), nullable=False),
        sa.Column("abstain_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("abstain_heads", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=False),
        sa.Column("ballots_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome IN ('quorum_not_met', 'rejected', 'adopted')",
            name=op.f("ck_assembly_result_outcome_known"),
        ),
        sa.CheckConstraint(
            "threshold IN ('ordinary', 'special')", name=op.f("ck_assembly_result_threshold_known")
        ),
        sa.CheckConstraint(
            "took_area_centi = for_area_centi + against_area_centi + abstain_area_centi AND took_heads = for_heads + against_heads + abstain_heads",
            name=op.f("ck_assembly_result_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "matter_id"],
            ["assembly_matter.community_id", "assembly_matter.assembly_id", "assembly_matter.id"],
            name=op.f("fk_assembly_result_community_id_assembly_id_matter_id_assembly_matter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_assembly_result_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly_result")),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "counting",
            name=op.f("uq_assembly_result_community_id_matter_id_counting"),
        ),
    )
    op.create_index(
        "ix_assembly_result_assembly",
        "assembly_result",
        ["community_id", "assembly_id"],
        unique=False,
    )
    op.create_table(
        "ballot_cast",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("cast_by", sa.UUID(), nullable=False),
        sa.Column("cast_as", sa.UUID(), nullable=False),
        sa.Column(
            "cast_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "channel IN ('online', 'paper', 'proxy')", name=op.f("ck_ballot_cast_channel_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id"],
            ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"],
            name=op.f("fk_ballot_cast_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "cast_as"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_ballot_cast_community_id_cast_as_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ballot_cast_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_ballot_cast")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "voter_id",
            "id",
            name=op.f("uq_ballot_cast_community_id_assembly_id_voter_id_id"),
        ),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_ballot_cast_community_id_code")),
    )
    op.create_table(
        "roll_member",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id"],
            ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"],
            name=op.f("fk_roll_member_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_roll_member_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_roll_member_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_roll_member")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "owner_id",
            "voter_id",
            name=op.f("uq_roll_member_community_id_assembly_id_owner_id_voter_id"),
        ),
    )
    op.create_index(
        "ix_roll_member_voter", "roll_member", ["community_id", "voter_id"], unique=False
    )
    op.create_table(
        "ballot",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("cast_id", sa.UUID(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn_before", sa.SmallInteger(), nullable=True),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "choice IN ('for', 'against', 'abstain')", name=op.f("ck_ballot_choice_known")
        ),
        sa.CheckConstraint(
            "turn = 0 AND turn_before IS NULL OR turn_before = turn - 1",
            name=op.f("ck_ballot_turns_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "matter_id"],
            ["assembly_matter.community_id", "assembly_matter.assembly_id", "assembly_matter.id"],
            name=op.f("fk_ballot_community_id_assembly_id_matter_id_assembly_matter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id", "cast_id"],
            [
                "ballot_cast.community_id",
                "ballot_cast.assembly_id",
                "ballot_cast.voter_id",
                "ballot_cast.id",
            ],
            name=op.f("fk_ballot_community_id_assembly_id_voter_id_cast_id_ballot_cast"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ballot_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_ballot")),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "voter_id",
            "turn",
            name=op.f("uq_ballot_community_id_matter_id_voter_id_turn"),
        ),
    )
    op.create_table(
        "roll_unit",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("stairwell_id", sa.UUID(), nullable=True),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("area_centi", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("area_centi > 0", name=op.f("ck_roll_unit_area_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id"],
            ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"],
            name=op.f("fk_roll_unit_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_roll_unit_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_roll_unit_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_roll_unit")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "unit_id",
            name=op.f("uq_roll_unit_community_id_assembly_id_unit_id"),
        ),
    )
    op.create_index(
        "ix_roll_unit_building",
        "roll_unit",
        ["community_id", "assembly_id", "building_id"],
        unique=False,
    )
    op.create_index("ix_roll_unit_voter", "roll_unit", ["community_id", "voter_id"], unique=False)
    op.create_table(
        "ballot_retirement",
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retired_by", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('superseded', 'spoiled')", name=op.f("ck_ballot_retirement_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "matter_id", "voter_id", "turn"],
            ["ballot.community_id", "ballot.matter_id", "ballot.voter_id", "ballot.turn"],
            name="fk_ballot_retirement_ballot",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_ballot_retirement_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_ballot_retirement")),
        sa.UniqueConstraint(
            "community_id",
            "matter_id",
            "voter_id",
            "turn",
            name=op.f("uq_ballot_retirement_community_id_matter_id_voter_id_turn"),
        ),
    )
    op.create_foreign_key(
        "fk_ballot_turn_before",
        "ballot",
        "ballot_retirement",
        ["community_id", "matter_id", "voter_id", "turn_before"],
        ["community_id", "matter_id", "voter_id", "turn"],
    )


def grant() -> None:
    secure_tenant_table("assembly", sweep="SELECT (community_id, id, state, closes_at, due_at)")
    secure_tenant_table("assembly_matter")
    secure_tenant_table("assembly_participation", app="SELECT, INSERT, UPDATE")
    for table in ("roll_voter", "roll_unit", "roll_member"):
        secure_tenant_table(table, app=APPEND_ONLY)
    for table in ("ballot_cast", "ballot_retirement", "assembly_result"):
        secure_tenant_table(table, app=APPEND_ONLY)


def hide_choices() -> None:
    """Nobody reads a choice before the close: the runtime role lacks the columns, and the view,
    which runs with its owner's rights under the same row security, shows closed assemblies only."""
    secure_tenant_table("ballot", app=f"SELECT ({BALLOT_COLUMNS}), INSERT")
    op.execute("""
        CREATE VIEW closed_ballot WITH (security_barrier) AS
        SELECT ballot.community_id, ballot.assembly_id, ballot.matter_id, ballot.voter_id,
               ballot.id, ballot.cast_id, ballot.choice, ballot.nonce, ballot_cast.channel,
               coalesce(ballot_retirement.kind, 'counted') AS status
        FROM assembly
        JOIN assembly_matter ON assembly_matter.community_id = assembly.community_id
            AND assembly_matter.assembly_id = assembly.id
        JOIN ballot ON ballot.community_id = assembly_matter.community_id
            AND ballot.matter_id = assembly_matter.id
        LEFT JOIN ballot_cast ON ballot_cast.community_id = ballot.community_id
            AND ballot_cast.id = ballot.cast_id
        LEFT JOIN ballot_retirement
            ON ballot_retirement.community_id = ballot.community_id
            AND ballot_retirement.matter_id = ballot.matter_id
            AND ballot_retirement.voter_id = ballot.voter_id
            AND ballot_retirement.turn = ballot.turn
        WHERE assembly.state IN ('closed', 'published', 'final')
            AND assembly.closes_at <= now()
    """)
    op.execute(f"GRANT SELECT ON closed_ballot TO {APP}")


def downgrade() -> None:
    op.execute("DROP VIEW closed_ballot")
    op.drop_constraint("fk_ballot_turn_before", "ballot")
    for table in reversed(TABLES):
        op.drop_table(table)
