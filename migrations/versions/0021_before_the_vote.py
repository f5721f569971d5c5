from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.row_security import APPEND_ONLY, SWEEP, secure_tenant_table

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = (
    "assembly_objection",
    "assembly_place",
    "proposal",
    "proposal_signature",
    "consent_procedure",
    "consent_party",
    "consent_reply",
    "candidate_check",
)


def upgrade() -> None:
    describe_assemblies()
    create_objections()
    create_places()
    create_proposals()
    create_consents()
    create_checks()
    grant()


def describe_assemblies() -> None:
    op.add_column(
        "assembly",
        sa.Column("scope", sa.Text(), server_default=sa.text("'compound'"), nullable=False),
    )
    op.add_column(
        "assembly",
        sa.Column("origin", sa.Text(), server_default=sa.text("'committee'"), nullable=False),
    )
    op.add_column("assembly", sa.Column("cancel_reason", sa.Text(), nullable=True))
    for moment in ("cancelled_at", "first_closes_at", "extended_at"):
        op.add_column("assembly", sa.Column(moment, sa.DateTime(timezone=True), nullable=True))
    op.add_column("assembly", sa.Column("extension_reason", sa.Text(), nullable=True))
    op.add_column(
        "assembly",
        sa.Column("reminders", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_assembly_scope_known"),
        "assembly",
        "scope IN ('compound', 'buildings', 'stairwells')",
    )
    op.create_check_constraint(
        op.f("ck_assembly_origin_known"),
        "assembly",
        "origin IN ('committee', 'owners', 'preparatory_group', 'community')",
    )


def create_objections() -> None:
    op.create_table(
        "assembly_objection",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL) AND (answer IS NULL) = (answered_at IS NULL) AND (answered_by IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_assembly_objection_answered_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected')",
            name=op.f("ck_assembly_objection_state_known"),
        ),
        sa.CheckConstraint(
            "subject IN ('roll', 'result')", name=op.f("ck_assembly_objection_subject_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_assembly_objection_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_assembly_objection_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_assembly_objection_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly_objection")),
    )
    op.create_index(
        "ix_assembly_objection_assembly",
        "assembly_objection",
        ["community_id", "assembly_id", "subject", "id"],
        unique=False,
    )
    op.create_index(
        "uq_assembly_objection_open",
        "assembly_objection",
        ["community_id", "assembly_id", "subject", "account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def create_places() -> None:
    op.create_table(
        "assembly_place",
        sa.Column("assembly_id", sa.UUID(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("stairwell_id", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_assembly_place_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_assembly_place_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwell.community_id", "stairwell.id"],
            name=op.f("fk_assembly_place_community_id_stairwell_id_stairwell"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_assembly_place_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_assembly_place")),
        sa.UniqueConstraint(
            "community_id",
            "assembly_id",
            "building_id",
            "stairwell_id",
            name="uq_assembly_place",
            postgresql_nulls_not_distinct=True,
        ),
    )


def create_proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("statute", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("heads", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("area_centi", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("roll_heads", sa.Integer(), nullable=False),
        sa.Column("roll_area_centi", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assembly_id", sa.UUID(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('collecting', 'reached', 'drafted', 'closed')",
            name=op.f("ck_proposal_state_known"),
        ),
        sa.CheckConstraint(
            "heads >= 0 AND area_centi >= 0", name=op.f("ck_proposal_support_not_negative")
        ),
        sa.CheckConstraint("statute BETWEEN 1 AND 9", name=op.f("ck_proposal_statute_known")),
        sa.ForeignKeyConstraint(
            ["community_id", "assembly_id"],
            ["assembly.community_id", "assembly.id"],
            name=op.f("fk_proposal_community_id_assembly_id_assembly"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_proposal_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_proposal_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_state", "proposal", ["community_id", "state", "id"], unique=False)
    op.create_table(
        "proposal_signature",
        sa.Column("proposal_id", sa.UUID(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("area_centi", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'sign') = (turn % 2 = 0) AND turn >= 0",
            name=op.f("ck_proposal_signature_turns_alternate"),
        ),
        sa.CheckConstraint(
            "kind IN ('sign', 'withdraw')", name=op.f("ck_proposal_signature_kind_known")
        ),
        sa.CheckConstraint("area_centi > 0", name=op.f("ck_proposal_signature_area_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_proposal_signature_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "proposal_id"],
            ["proposal.community_id", "proposal.id"],
            name=op.f("fk_proposal_signature_community_id_proposal_id_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_proposal_signature_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_proposal_signature")),
        sa.UniqueConstraint(
            "community_id",
            "proposal_id",
            "owner_key",
            "turn",
            name=op.f("uq_proposal_signature_community_id_proposal_id_owner_key_turn"),
        ),
    )


def create_consents() -> None:
    op.create_table(
        "consent_procedure",
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_by", sa.UUID(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('collecting', 'stopped', 'complete', 'cancelled')",
            name=op.f("ck_consent_procedure_state_known"),
        ),
        sa.CheckConstraint(
            "agreed BETWEEN 0 AND parties", name=op.f("ck_consent_procedure_agreed_within_parties")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_consent_procedure_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_consent_procedure_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_consent_procedure_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_consent_procedure")),
    )
    op.create_index(
        "ix_consent_procedure_state",
        "consent_procedure",
        ["community_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "uq_consent_procedure_running",
        "consent_procedure",
        ["community_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("state = 'collecting'"),
    )
    op.create_table(
        "consent_party",
        sa.Column("procedure_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_consent_party_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "procedure_id"],
            ["consent_procedure.community_id", "consent_procedure.id"],
            name=op.f("fk_consent_party_community_id_procedure_id_consent_procedure"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_consent_party_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_consent_party")),
        sa.UniqueConstraint(
            "community_id",
            "procedure_id",
            "id",
            name=op.f("uq_consent_party_community_id_procedure_id_id"),
        ),
        sa.UniqueConstraint(
            "community_id",
            "procedure_id",
            "owner_id",
            name=op.f("uq_consent_party_community_id_procedure_id_owner_id"),
        ),
    )
    op.create_table(
        "consent_reply",
        sa.Column("procedure_id", sa.UUID(), nullable=False),
        sa.Column("party_id", sa.UUID(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.UUID(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "answer IN ('agree', 'refuse')", name=op.f("ck_consent_reply_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "procedure_id", "party_id"],
            ["consent_party.community_id", "consent_party.procedure_id", "consent_party.id"],
            name=op.f("fk_consent_reply_community_id_procedure_id_party_id_consent_party"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_consent_reply_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_consent_reply")),
        sa.UniqueConstraint(
            "community_id", "party_id", name=op.f("uq_consent_reply_community_id_party_id")
        ),
    )


def create_checks() -> None:
    op.create_table(
        "candidate_check",
        sa.Column("matter_id", sa.UUID(), nullable=False),
        sa.Column("candidate_id", sa.UUID(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("checked_by", sa.UUID(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "finding IN ('clear', 'found')", name=op.f("ck_candidate_check_finding_known")
        ),
        sa.CheckConstraint(
            "item IN ('incapacity', 'listed_debtor', 'property_company', 'illegal_building', 'arrears')",
            name=op.f("ck_candidate_check_item_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "matter_id", "candidate_id"],
            ["candidate.community_id", "candidate.matter_id", "candidate.id"],
            name=op.f("fk_candidate_check_community_id_matter_id_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_candidate_check_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_candidate_check")),
        sa.UniqueConstraint(
            "community_id",
            "candidate_id",
            "item",
            name=op.f("uq_candidate_check_community_id_candidate_id_item"),
        ),
    )


def grant() -> None:
    answer = "state, answer, answered_by, answered_at"
    secure_tenant_table("assembly_objection", app=f"SELECT, INSERT, UPDATE ({answer})")
    secure_tenant_table("assembly_place")
    kept = "state, heads, area_centi, roll_heads, roll_area_centi, counted_at, reached_at"
    secure_tenant_table("proposal", app=f"SELECT, INSERT, UPDATE ({kept}, assembly_id)")
    secure_tenant_table("proposal_signature", app=APPEND_ONLY)
    kept = "state, parties, agreed, ended_at, end_reason"
    secure_tenant_table("consent_procedure", app=f"SELECT, INSERT, UPDATE ({kept})")
    secure_tenant_table("consent_party", app=APPEND_ONLY)
    secure_tenant_table("consent_reply", app=APPEND_ONLY)
    secure_tenant_table("candidate_check")
    op.execute(f"GRANT SELECT (reminders) ON assembly TO {SWEEP}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in (
        "scope",
        "origin",
        "cancel_reason",
        "cancelled_at",
        "first_closes_at",
        "extended_at",
        "extension_reason",
        "reminders",
    ):
        op.drop_column("assembly", column)
