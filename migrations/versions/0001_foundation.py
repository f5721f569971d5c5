from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import (
    APP,
    APPEND_ONLY,
    HERE,
    MINE,
    REGION,
    open_table,
    secure_tenant_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "account",
    "audit_entry",
    "audit_seal",
    "outbox_message",
    "region",
    "sms_code",
    "community",
    "login_session",
    "community_settings",
    "compound",
    "notification",
    "owner",
    "stored_file",
    "building",
    "organization",
    "register_import",
    "organization_member",
    "service_contract",
    "stairwell",
    "membership",
    "property_unit",
    "ownership",
    "unit_claim",
)


def upgrade() -> None:
    create_tables()
    grant()


def create_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("previous_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("community_id", "number", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("dispatches", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_outbox_message")),
    )
    op.create_index(
        "ix_outbox_message_available_at",
        "outbox_message",
        ["available_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_message_dead_at",
        "outbox_message",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'district', 'street')",
            name=op.f("ck_region_level_known"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index("ix_region_parent_code", "region", ["parent_code"], unique=False)
    op.create_index(
        "ix_region_path",
        "region",
        ["path"],
        unique=True,
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.create_table(
        "sms_code",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_code")),
    )
    op.create_index("ix_sms_code_phone", "sms_code", ["phone", "created_at"], unique=False)
    op.create_table(
        "community",
        sa.Column("id", sa.Integer(), sa.Identity(always=False, start=1), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("region_path", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[0-9]{12}$' OR id = 0", name=op.f("ck_community_code_has_12_digits")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_community_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("code", name=op.f("uq_community_code")),
    )
    op.create_index(
        "ix_community_region_path",
        "community",
        ["region_path"],
        unique=False,
        postgresql_ops={"region_path": "text_pattern_ops"},
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_session_token_digest")),
    )
    op.create_index("ix_login_session_account_id", "login_session", ["account_id"], unique=False)
    op.create_table(
        "community_settings",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column(
            "choices",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_settings_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_community_settings")),
    )
    op.create_table(
        "compound",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("residential", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("old", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_compound_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_compound")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_compound_community_id_name")),
    )
    op.create_table(
        "notification",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_notification_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "community_id",
            "account_id",
            "once_key",
            name=op.f("uq_notification_community_id_account_id_once_key"),
        ),
    )
    op.create_index("ix_notification_account", "notification", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "owner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("identity_encrypted", sa.Text(), nullable=True),
        sa.Column("identity_index", sa.Text(), nullable=True),
        sa.Column("identity_masked", sa.Text(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
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
            "kind IN ('natural', 'legal', 'developer')", name=op.f("ck_owner_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_owner_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_owner")),
    )
    op.create_index("ix_owner_account", "owner", ["community_id", "account_id"], unique=False)
    op.create_index(
        "ix_owner_identity",
        "owner",
        ["community_id", "identity_index"],
        unique=True,
        postgresql_where=sa.text("identity_index IS NOT NULL"),
    )
    op.create_index("ix_owner_phone", "owner", ["community_id", "phone"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("uploaded_by", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size_positive")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_stored_file_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_stored_file")),
    )
    op.create_index(
        "ix_stored_file_subject",
        "stored_file",
        ["community_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "building",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_building_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_building_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_building")),
        sa.UniqueConstraint(
            "community_id",
            "compound_id",
            "name",
            name=op.f("uq_building_community_id_compound_id_name"),
        ),
    )
    op.create_table(
        "organization",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("compound_id", sa.UUID(), nullable=True),
        sa.Column("party_work", sa.Text(), nullable=True),
        sa.Column("party_member_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("term_starts", sa.Date(), nullable=True),
        sa.Column("term_ends", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
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
            "kind IN ('party_organization', 'property_company', 'owners_committee', 'self_managed_committee', 'transitional_committee', 'environment_property_committee')",
            name=op.f("ck_organization_kind_known"),
        ),
        sa.CheckConstraint(
            "party_work IN ('own', 'joint', 'instructor', 'none')",
            name=op.f("ck_organization_party_work_known"),
        ),
        sa.CheckConstraint(
            "party_member_count >= 0", name=op.f("ck_organization_party_members_not_negative")
        ),
        sa.CheckConstraint(
            "term_ends IS NULL OR term_starts < term_ends",
            name=op.f("ck_organization_term_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_organization_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_organization_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_organization")),
        sa.UniqueConstraint(
            "community_id", "kind", "name", name=op.f("uq_organization_community_id_kind_name")
        ),
    )
    op.create_table(
        "register_import",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.UUID(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("error_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "errors",
            postgresql.JSONB(),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "summary",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('checking', 'faulty', 'checked', 'applying', 'applied', 'unchanged', 'failed')",
            name=op.f("ck_register_import_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_register_import_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_register_import_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_register_import")),
    )
    op.create_table(
        "organization_member",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("party_member", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("term_starts", sa.Date(), nullable=True),
        sa.Column("term_ends", sa.Date(), nullable=True),
        sa.Column("relieved_at", sa.DateTime(timezone=True), nullable=True),
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
            "term_ends IS NULL OR term_starts < term_ends",
            name=op.f("ck_organization_member_term_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "organization_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_organization_member_community_id_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_organization_member_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_organization_member")),
    )
    op.create_index(
        "ix_organization_member_organization",
        "organization_member",
        ["community_id", "organization_id"],
        unique=False,
    )
    op.create_table(
        "service_contract",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("company_id", sa.UUID(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
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
            "mode IN ('professional', 'unit_managed', 'self_managed', 'caretaker')",
            name=op.f("ck_service_contract_mode_known"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on < ends_on",
            name=op.f("ck_service_contract_period_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "company_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_service_contract_community_id_company_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_service_contract_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_service_contract_community_id_community"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_service_contract")),
    )
    op.create_index(
        "ix_service_contract_compound",
        "service_contract",
        ["community_id", "compound_id"],
        unique=False,
    )
    op.create_table(
        "stairwell",
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_stairwell_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_stairwell_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_stairwell")),
        sa.UniqueConstraint(
            "community_id",
            "building_id",
            "name",
            name=op.f("uq_stairwell_community_id_building_id_name"),
        ),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("region_path", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("compound_id", sa.UUID(), nullable=True),
        sa.Column("building_id", sa.UUID(), nullable=True),
        sa.Column("stairwell_id", sa.UUID(), nullable=True),
        sa.Column("granted_by", sa.UUID(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(community_id IS NULL OR region_path IS NULL) AND (community_id IS NOT NULL OR (organization_id IS NULL AND compound_id IS NULL AND building_id IS NULL AND stairwell_id IS NULL)) AND (community_id IS NOT NULL OR region_path IS NOT NULL OR role = 'platform_operator')",
            name=op.f("ck_membership_one_place"),
        ),
        sa.CheckConstraint(
            "role IN ('resident', 'stairwell_head', 'building_head', 'hundred_households_head', 'red_steward', 'grid_member', 'committee_member', 'property_staff', 'property_manager', 'community_staff', 'party_secretary', 'street_reviewer', 'district_reviewer', 'city_reviewer', 'platform_operator')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_membership_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_membership_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_membership_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "organization_id"],
            ["organization.community_id", "organization.id"],
            name=op.f("fk_membership_community_id_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwell.community_id", "stairwell.id"],
            name=op.f("fk_membership_community_id_stairwell_id_stairwell"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_membership_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_membership_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "ix_membership_account_id",
        "membership",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_membership_community_id_role",
        "membership",
        ["community_id", "role"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "property_unit",
        sa.Column("compound_id", sa.UUID(), nullable=False),
        sa.Column("building_id", sa.UUID(), nullable=False),
        sa.Column("stairwell_id", sa.UUID(), nullable=True),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_centi", sa.BigInteger(), nullable=False),
        sa.Column("area_source", sa.Text(), server_default=sa.text("'register'"), nullable=False),
        sa.Column("sale_state", sa.Text(), server_default=sa.text("'delivered'"), nullable=False),
        sa.Column("vacant", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
            "area_source IN ('register', 'measured', 'contract')",
            name=op.f("ck_property_unit_area_source_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('dwelling', 'shop', 'parking', 'other')",
            name=op.f("ck_property_unit_kind_known"),
        ),
        sa.CheckConstraint(
            "sale_state IN ('delivered', 'undelivered', 'unsold')",
            name=op.f("ck_property_unit_sale_state_known"),
        ),
        sa.CheckConstraint("area_centi > 0", name=op.f("ck_property_unit_area_positive")),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_property_unit_community_id_building_id_building"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_property_unit_community_id_compound_id_compound"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwell.community_id", "stairwell.id"],
            name=op.f("fk_property_unit_community_id_stairwell_id_stairwell"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_property_unit_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_property_unit")),
        sa.UniqueConstraint(
            "community_id",
            "building_id",
            "stairwell_id",
            "room",
            name="uq_property_unit_room",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_property_unit_compound", "property_unit", ["community_id", "compound_id"], unique=False
    )
    op.create_index(
        "ix_property_unit_stairwell",
        "property_unit",
        ["community_id", "stairwell_id"],
        unique=False,
    )
    op.create_table(
        "ownership",
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("share_numerator", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("share_denominator", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "share_numerator > 0 AND share_numerator <= share_denominator",
            name=op.f("ck_ownership_share_proper"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_ownership_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_ownership_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ownership_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_ownership")),
    )
    op.create_index("ix_ownership_owner", "ownership", ["community_id", "owner_id"], unique=False)
    op.create_index(
        "uq_ownership_current",
        "ownership",
        ["community_id", "unit_id", "owner_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "unit_claim",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("matched", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "relation IN ('owner', 'family', 'tenant')", name=op.f("ck_unit_claim_relation_known")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused')", name=op.f("ck_unit_claim_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_unit_claim_community_id_owner_id_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["property_unit.community_id", "property_unit.id"],
            name=op.f("fk_unit_claim_community_id_unit_id_property_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_unit_claim_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_unit_claim")),
    )
    op.create_index(
        "ix_unit_claim_state", "unit_claim", ["community_id", "state", "id"], unique=False
    )
    op.create_index("ix_unit_claim_unit", "unit_claim", ["community_id", "unit_id"], unique=False)
    op.create_index(
        "uq_unit_claim_open",
        "unit_claim",
        ["community_id", "account_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )


def grant() -> None:
    open_table("alembic_version", app="SELECT")
    open_table("region", app="SELECT", sweep="SELECT")
    open_table("community", app="SELECT", sweep="SELECT")
    open_table("account", app="SELECT, INSERT, UPDATE")
    open_table("login_session", app="SELECT, INSERT, UPDATE", sweep="SELECT, DELETE")
    open_table("sms_code", app="SELECT, INSERT, UPDATE", sweep="SELECT, DELETE")
    secure_tenant_table(
        "audit_entry", app=APPEND_ONLY, sweep="SELECT (community_id, id, created_at)"
    )
    secure_tenant_table("audit_seal", app=APPEND_ONLY)
    secure_tenant_table("outbox_message", sweep="SELECT, INSERT, UPDATE")
    secure_tenant_table("notification", also_readable=MINE)
    op.execute(f"CREATE POLICY mine ON notification FOR UPDATE USING ({MINE})")
    for table in (
        "community_settings",
        "stored_file",
        "compound",
        "building",
        "stairwell",
        "property_unit",
        "owner",
        "ownership",
        "unit_claim",
        "register_import",
        "organization",
        "organization_member",
        "service_contract",
    ):
        secure_tenant_table(table)
    secure_memberships()


def secure_memberships() -> None:
    place = f"{HERE} OR (community_id IS NULL AND {REGION})"
    op.execute("ALTER TABLE membership ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE membership FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY place ON membership USING ({place}) WITH CHECK ({place})")
    op.execute(f"CREATE POLICY mine ON membership FOR SELECT USING ({MINE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON membership TO {APP}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
