from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APPEND_ONLY, secure_tenant_table

revision = "0130"
down_revision = "0110"
branch_labels = None
depends_on = None

SWEPT = "SELECT (community_id, id, attempts, next_attempt_at)"
NO_DELETE = "SELECT, INSERT, UPDATE"


def keys(table: str) -> list[sa.schema.SchemaItem]:
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


def reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{target}.community_id", f"{target}.id"],
        name=op.f(f"fk_{table}_community_id_{column}_{target}"),
    )


def say_channels(channels: str) -> None:
    op.drop_constraint(op.f("ck_complaint_channel_known"), "complaint")
    op.create_check_constraint(
        op.f("ck_complaint_channel_known"), "complaint", f"channel IN ({channels})"
    )


def upgrade() -> None:
    say_channels("'online', 'counter', 'phone', 'program'")
    create_clients()
    create_reports()
    create_webhooks()
    create_deliveries()


def create_clients() -> None:
    op.create_table(
        "api_client",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_hint", sa.Text(), nullable=False),
        sa.Column("key_made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *keys("api_client"),
        sa.CheckConstraint(
            "reading IN ('own', 'community')", name=op.f("ck_api_client_reading_known")
        ),
        sa.UniqueConstraint(
            "community_id", "key_digest", name=op.f("uq_api_client_community_id_key_digest")
        ),
    )
    op.create_index(
        "uq_api_client_live_name",
        "api_client",
        ["community_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    secure_tenant_table("api_client", app=NO_DELETE)


def create_reports() -> None:
    op.create_table(
        "client_report",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        sa.Column("foreign_id", sa.Text(), nullable=True),
        sa.Column("lat", sa.Integer(), nullable=True),
        sa.Column("long", sa.Integer(), nullable=True),
        *keys("client_report"),
        sa.CheckConstraint(
            "(lat IS NULL) = (long IS NULL)", name=op.f("ck_client_report_position_whole")
        ),
        reference("client_report", "client_id", "api_client"),
        reference("client_report", "complaint_id", "complaint"),
        sa.UniqueConstraint(
            "community_id", "complaint_id", name=op.f("uq_client_report_community_id_complaint_id")
        ),
        sa.UniqueConstraint(
            "community_id",
            "client_id",
            "foreign_id",
            name=op.f("uq_client_report_community_id_client_id_foreign_id"),
        ),
    )
    op.create_index("ix_client_report_client", "client_report", ["community_id", "client_id", "id"])
    secure_tenant_table("client_report", app=APPEND_ONLY)


def create_webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        *keys("webhook"),
        reference("webhook", "client_id", "api_client"),
    )
    op.create_index("ix_webhook_client", "webhook", ["community_id", "client_id", "id"])
    secure_tenant_table("webhook", app=NO_DELETE)


def create_deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("webhook_id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replay_of", sa.UUID(), nullable=True),
        *keys("webhook_delivery"),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed', 'dropped')",
            name=op.f("ck_webhook_delivery_state_known"),
        ),
        reference("webhook_delivery", "webhook_id", "webhook"),
        reference("webhook_delivery", "replay_of", "webhook_delivery"),
    )
    op.create_index(
        "ix_webhook_delivery_log", "webhook_delivery", ["community_id", "webhook_id", "id"]
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        *keys("webhook_attempt"),
        reference("webhook_attempt", "delivery_id", "webhook_delivery"),
    )
    op.create_index(
        "ix_webhook_attempt_delivery", "webhook_attempt", ["community_id", "delivery_id", "id"]
    )
    secure_tenant_table("webhook_delivery", app=NO_DELETE, sweep=SWEPT)
    secure_tenant_table("webhook_attempt", app=APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("webhook_attempt")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_table("client_report")
    op.drop_table("api_client")
    # Row security is forced on the owner too; it would see no row to change.
    op.execute("ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE complaint SET channel = 'phone' WHERE channel = 'program'")
    op.execute("ALTER TABLE complaint FORCE ROW LEVEL SECURITY")
    say_channels("'online', 'counter', 'phone'")
