"""Other channels: proxies, paper ballots entered twice, visits from door to door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APP, APPEND_ONLY, secure_tenant_table

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = (
    "proxy_authority",
    "proxy_end",
    "paper_ballot",
    "paper_event",
    "paper_entry",
    "paper_answer",
    "household_visit",
)
ANSWER_COLUMNS = "community_id, id, created_at, entry_id, assembly_id, matter_id"


def upgrade() -> None:
    create_tables()
    op.create_foreign_key(
        "fk_proxy_authority_turn_before",
        "proxy_authority",
        "proxy_end",
        ["community_id", "voter_id", "turn_before"],
        ["community_id", "voter_id", "turn"],
    )
    for table in TABLES:
        if table != "paper_answer":
            secure_tenant_table(table, app=APPEND_ONLY)
    hide_answers()


def hide_answers() -> None:
    """What was read on a paper ballot is compared inside the database and shown to nobody.

    The function runs with its owner's rights under the same row security. It tells whether an
    entry says the same as one before it; both being void is the same, whatever the reason.
    """
    secure_tenant_table("paper_answer", app=f"SELECT ({ANSWER_COLUMNS}), INSERT")
    op.execute("""
        CREATE FUNCTION paper_entries_agree(entry uuid) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
            SELECT EXISTS (
                SELECT 1
                FROM paper_entry AS mine
                JOIN paper_entry AS other ON other.community_id = mine.community_id
                    AND other.paper_id = mine.paper_id AND other.position < mine.position
                WHERE mine.community_id = current_setting('app.community_id')::int
                    AND mine.id = entry
                    AND (mine.spoiled IS NULL) = (other.spoiled IS NULL)
                    AND mine.signed_as IS NOT DISTINCT FROM other.signed_as
                    AND mine.authority_turn IS NOT DISTINCT FROM other.authority_turn
                    AND NOT EXISTS (
                        SELECT 1
                        FROM (SELECT matter_id, choice FROM paper_answer
                              WHERE community_id = mine.community_id
                                  AND entry_id = mine.id) AS one
                        FULL JOIN (SELECT matter_id, choice FROM paper_answer
                              WHERE community_id = mine.community_id
                                  AND entry_id = other.id) AS two
                            ON two.matter_id = one.matter_id AND two.choice = one.choice
                        WHERE one.matter_id IS NULL OR two.matter_id IS NULL
                    )
            )
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION paper_entries_agree(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION paper_entries_agree(uuid) TO {APP}")


def downgrade() -> None:
    op.execute("DROP FUNCTION paper_entries_agree(uuid)")
    op.drop_constraint("fk_proxy_authority_turn_before", "proxy_authority")
    for table in reversed(TABLES):
        op.drop_table(table)


def create_tables() -> None:
    op.create_table(
        "proxy_authority",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn_before", sa.SmallInteger(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=False),
        sa.Column("proxy_account_id", sa.UUID(), nullable=True),
        sa.Column("proxy_name", sa.Text(), nullable=False),
        sa.Column("proxy_phone", sa.Text(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("signing", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
            "medium = 'paper' OR proxy_account_id IS NOT NULL",
            name=op.f("ck_proxy_authority_account_votes_online"),
        ),
        sa.CheckConstraint(
            "medium IN ('online', 'paper')", name=op.f("ck_proxy_authority_medium_known")
        ),
        sa.CheckConstraint(
            "signing IN ('password', 'code')", name=op.f("ck_proxy_authority_signing_known")
        ),
        sa.CheckConstraint(
            "turn = 0 AND turn_before IS NULL OR turn_before = turn - 1",
            name=op.f("ck_proxy_authority_turns_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id"],
            ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"],
            name=op.f("fk_proxy_authority_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "principal_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_proxy_authority_community_id_principal_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_proxy_authority_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_proxy_authority")),
        sa.UniqueConstraint(
            "community_id",
            "voter_id",
            "turn",
            name=op.f("uq_proxy_authority_community_id_voter_id_turn"),
        ),
    )
    op.create_index(
        "ix_proxy_authority_account",
        "proxy_authority",
        ["community_id", "proxy_account_id"],
        unique=False,
        postgresql_where=sa.text("proxy_account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_proxy_authority_phone",
        "proxy_authority",
        ["community_id", "assembly_id", "proxy_phone"],
        unique=False,
    )
    op.create_table(
        "proxy_end",
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.UUID(), nullable=False),
        sa.Column("cast_id", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'revoked') = (cast_id IS NULL)", name=op.f("ck_proxy_end_vote_named")
        ),
        sa.CheckConstraint(
            "kind IN ('used', 'revoked', 'overridden')", name=op.f("ck_proxy_end_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "cast_id"],
            ["ballot_cast.community_id", "ballot_cast.id"],
            name=op.f("fk_proxy_end_community_id_cast_id_ballot_cast"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "voter_id", "turn"],
            ["proxy_authority.community_id", "proxy_authority.voter_id", "proxy_authority.turn"],
            name="fk_proxy_end_authority",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_proxy_end_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_proxy_end")),
        sa.UniqueConstraint(
            "community_id", "voter_id", "turn", name=op.f("uq_proxy_end_community_id_voter_id_turn")
        ),
    )
    op.create_table(
        "paper_ballot",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.UUID(), nullable=False),
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
            name=op.f("fk_paper_ballot_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_paper_ballot_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_paper_ballot")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "id",
            name=op.f("uq_paper_ballot_community_id_assembly_id_id"),
        ),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_paper_ballot_community_id_code")),
        sa.UniqueConstraint(
            "community_id",
            "voter_id",
            "turn",
            name=op.f("uq_paper_ballot_community_id_voter_id_turn"),
        ),
    )
    op.create_table(
        "paper_event",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("paper_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_by", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cast_id", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'counted') = (cast_id IS NOT NULL)", name=op.f("ck_paper_event_count_named")
        ),
        sa.CheckConstraint(
            "kind IN ('handed_out', 'returned', 'counted', 'spoiled', 'superseded', 'voided')",
            name=op.f("ck_paper_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "paper_id"],
            ["paper_ballot.community_id", "paper_ballot.assembly_id", "paper_ballot.id"],
            name=op.f("fk_paper_event_community_id_assembly_id_paper_id_paper_ballot"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "cast_id"],
            ["ballot_cast.community_id", "ballot_cast.id"],
            name=op.f("fk_paper_event_community_id_cast_id_ballot_cast"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_paper_event_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_paper_event")),
        sa.UniqueConstraint(
            "community_id",
            "paper_id",
            "kind",
            name=op.f("uq_paper_event_community_id_paper_id_kind"),
        ),
    )
    op.create_index(
        "ix_paper_event_kind",
        "paper_event",
        ["community_id", "assembly_id", "kind", "paper_id"],
        unique=False,
    )
    op.create_index(
        "uq_paper_event_settled",
        "paper_event",
        ["community_id", "paper_id"],
        unique=True,
        postgresql_where=sa.text("kind IN ('counted', 'spoiled', 'superseded', 'voided')"),
    )
    op.create_table(
        "paper_entry",
        sa.Column("paper_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("entered_by", sa.UUID(), nullable=False),
        sa.Column("signed_as", sa.UUID(), nullable=True),
        sa.Column("authority_turn", sa.SmallInteger(), nullable=True),
        sa.Column("spoiled", sa.Text(), nullable=True),
        sa.Column("scan_id", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "spoiled IN ('unsigned', 'not_entitled', 'unreadable', 'not_ours')",
            name=op.f("ck_paper_entry_spoiled_known"),
        ),
        sa.CheckConstraint(
            "(spoiled IS NULL) = (signed_as IS NOT NULL)",
            name=op.f("ck_paper_entry_signed_unless_spoiled"),
        ),
        sa.CheckConstraint(
            "authority_turn IS NULL OR spoiled IS NULL",
            name=op.f("ck_paper_entry_proxy_signs_sound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "paper_id"],
            ["paper_ballot.community_id", "paper_ballot.id"],
            name=op.f("fk_paper_entry_community_id_paper_id_paper_ballot"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "signed_as"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_paper_entry_community_id_signed_as_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_paper_entry_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint(
            "community_id",
            "paper_id",
            "entered_by",
            name=op.f("uq_paper_entry_community_id_paper_id_entered_by"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "paper_id",
            "position",
            name=op.f("uq_paper_entry_community_id_paper_id_position"),
        ),
    )
    op.create_table(
        "paper_answer",
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "choice IN ('for', 'against', 'abstain', 'blank', '') OR choice ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(;[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})*$'",
            name=op.f("ck_paper_answer_choice_shape"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "matter_id"],
            ["assembly_matter.community_id", "assembly_matter.assembly_id", "assembly_matter.id"],
            name=op.f("fk_paper_answer_community_id_assembly_id_matter_id_assembly_matter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "entry_id"],
            ["paper_entry.community_id", "paper_entry.id"],
            name=op.f("fk_paper_answer_community_id_entry_id_paper_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_paper_answer_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_paper_answer")),
        sa.UniqueConstraint(
            "community_id",
            "entry_id",
            "matter_id",
            name=op.f("uq_paper_answer_community_id_entry_id_matter_id"),
        ),
    )
    op.create_table(
        "household_visit",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("voter_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("visited_by", sa.UUID(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome IN ('not_home', 'contacted', 'will_vote_online', 'paper_handed_out', 'paper_returned')",
            name=op.f("ck_household_visit_outcome_known"),
        ),
        sa.CheckConstraint("length(note) <= 100", name=op.f("ck_household_visit_note_short")),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "unit_id"],
            ["roll_unit.community_id", "roll_unit.assembly_id", "roll_unit.unit_id"],
            name=op.f("fk_household_visit_community_id_assembly_id_unit_id_roll_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id", "voter_id"],
            ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"],
            name=op.f("fk_household_visit_community_id_assembly_id_voter_id_roll_voter"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_household_visit_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_household_visit")),
    )
    op.create_index(
        "ix_household_visit_unit",
        "household_visit",
        ["community_id", "assembly_id", "unit_id", "id"],
        unique=False,
    )
