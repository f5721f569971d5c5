"""Whistles: a locked copy of one case, the parties called with it, their record and scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APP, APPEND_ONLY, secure_tenant_table

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

TABLES = ("whistle", "whistle_call", "whistle_event", "whistle_score")
OLD_KINDS = ("filed", "dispatch", "settle", "take", "refuse", "accept", "assign", "reply",
             "complete", "hand_back", "ask_extension", "extend", "deny_extension", "pause",
             "resume", "note", "add", "confirm", "reopen", "dispute", "call_unreached", "verify",
             "find_unsolved", "close_silent", "reclassify", "merge", "split", "split_off", "flag",
             "unflag", "absorbed", "escalated")  # fmt: skip
NEW_KINDS = (*OLD_KINDS, "whistled", "call_signed", "call_refused", "call_insisted",
             "call_withdrawn", "call_arrived", "call_finished", "call_late")  # fmt: skip
STATES = "'called', 'signed', 'arrived', 'done', 'refused', 'withdrawn'"
CHANGING = ("state, insisted, sign_by, arrive_by, due_at, notice_at, signed_at, arrived_at,"
            " ended_at, version")  # fmt: skip
FOR_CLOCK = "SELECT (community_id, id, due_at, notice_at)"

IN_REGION_ONLY = (
    "COALESCE(NULLIF(current_setting('app.community_id', true), ''), '0') = '0'"
    " AND NULLIF(current_setting('app.region_path', true), '') IS NOT NULL"
)
ME = "NULLIF(current_setting('app.account_id', true), '')::uuid"
# Somebody acts for a department or for a street, and only in the region of the address.
MINE = f"""
    held.account_id = {ME} AND held.ended_at IS NULL
    AND held.region_path = current_setting('app.region_path', true)
"""
MY_KEY = """
    CASE WHEN held.department_id IS NOT NULL THEN 'department:' || held.department_id::text
         WHEN held.role = 'street_reviewer' THEN 'street:' || held.region_path END
"""
# A call is seen by those who are called with it and by the street that made it.
MY_CALL = f"""
    {IN_REGION_ONLY} AND EXISTS (
        SELECT FROM membership AS held
        WHERE {MINE} AND {MY_KEY} IN (whistle_call.called_key, whistle_call.by_key))
"""
I_CALL = f"""
    {IN_REGION_ONLY} AND whistle_call.by_key IS NOT NULL AND EXISTS (
        SELECT FROM membership AS held WHERE {MINE} AND {MY_KEY} = whistle_call.by_key)
"""
# The rest is seen through the calls: their own row security applies inside.
MY_WHISTLE = f"""
    {IN_REGION_ONLY} AND EXISTS (
        SELECT FROM whistle_call AS mine
        WHERE mine.community_id = whistle.community_id AND mine.whistle_id = whistle.id
          AND mine.state <> 'withdrawn')
"""
MY_EVENT = f"""
    {IN_REGION_ONLY} AND EXISTS (
        SELECT FROM whistle_call AS mine
        WHERE mine.community_id = whistle_event.community_id
          AND mine.whistle_id = whistle_event.whistle_id
          AND (mine.state <> 'withdrawn' OR mine.id = whistle_event.call_id))
"""
MY_ACT = f"""
    {IN_REGION_ONLY} AND whistle_event.actor_id = {ME} AND EXISTS (
        SELECT FROM whistle_call AS mine
        WHERE mine.community_id = whistle_event.community_id
          AND mine.whistle_id = whistle_event.whistle_id AND mine.id = whistle_event.call_id)
"""
MY_SCORE = f"""
    {IN_REGION_ONLY} AND EXISTS (
        SELECT FROM whistle_call AS mine
        WHERE mine.community_id = whistle_score.community_id AND mine.id = whistle_score.call_id)
"""
I_SCORE = f"""
    {IN_REGION_ONLY} AND whistle_score.actor_id = {ME} AND EXISTS (
        SELECT FROM whistle_call AS mine JOIN membership AS held ON {MINE}
        WHERE mine.community_id = whistle_score.community_id AND mine.id = whistle_score.call_id
          AND {MY_KEY} = CASE whistle_score.side
              WHEN 'called' THEN mine.called_key ELSE mine.by_key END)
"""
# Photos that were handed over with a whistle, and those of the record. Nothing else.
HANDED_OVER = f"""
    {IN_REGION_ONLY} AND (
        (subject_kind = 'whistle' AND EXISTS (
            SELECT FROM whistle WHERE whistle.community_id = stored_file.community_id
              AND whistle.id = stored_file.subject_id))
        OR (subject_kind = 'whistle_event' AND EXISTS (
            SELECT FROM whistle_event WHERE whistle_event.community_id = stored_file.community_id
              AND whistle_event.id = stored_file.subject_id)))
"""
MY_PHOTO = f"""
    {IN_REGION_ONLY} AND subject_kind = 'whistle_event' AND uploaded_by = {ME} AND EXISTS (
        SELECT FROM whistle_event WHERE whistle_event.community_id = stored_file.community_id
          AND whistle_event.id = stored_file.subject_id AND whistle_event.actor_id = {ME})
"""
# (table, name, for what, condition)
POLICIES = (
    ("whistle_call", "mine", "SELECT", MY_CALL),
    ("whistle_call", "acting", "UPDATE", MY_CALL),
    ("whistle_call", "calling", "INSERT", I_CALL),
    ("whistle", "mine", "SELECT", MY_WHISTLE),
    ("whistle_event", "mine", "SELECT", MY_EVENT),
    ("whistle_event", "acting", "INSERT", MY_ACT),
    ("whistle_score", "mine", "SELECT", MY_SCORE),
    ("whistle_score", "scoring", "INSERT", I_SCORE),
    ("stored_file", "handed_over", "SELECT", HANDED_OVER),
    ("stored_file", "on_site", "INSERT", MY_PHOTO),
)


def upgrade() -> None:
    create_whistle()
    create_call()
    create_event()
    create_score()
    secure_tenant_table("whistle", app=APPEND_ONLY)
    secure_tenant_table("whistle_call", app=f"{APPEND_ONLY}, UPDATE ({CHANGING})", sweep=FOR_CLOCK)
    secure_tenant_table("whistle_event", app=APPEND_ONLY)
    secure_tenant_table("whistle_score", app=APPEND_ONLY)
    for table, name, what, condition in POLICIES:
        clause = "WITH CHECK" if what == "INSERT" else "USING"
        op.execute(f"CREATE POLICY {name} ON {table} FOR {what} TO {APP} {clause} ({condition})")
    _kinds(NEW_KINDS)


def downgrade() -> None:
    op.execute("ALTER TABLE complaint_event NO FORCE ROW LEVEL SECURITY")
    fresh = ", ".join(f"'{kind}'" for kind in NEW_KINDS if kind not in OLD_KINDS)
    op.execute(f"DELETE FROM complaint_event WHERE kind IN ({fresh})")
    op.execute("ALTER TABLE complaint_event FORCE ROW LEVEL SECURITY")
    _kinds(OLD_KINDS)
    for table, name, _, _ in reversed(POLICIES):
        op.execute(f"DROP POLICY {name} ON {table}")
    for table in reversed(TABLES):
        op.drop_table(table)


def _kinds(kinds: tuple[str, ...]) -> None:
    name = op.f("ck_complaint_event_kind_known")
    op.drop_constraint(name, "complaint_event", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "complaint_event", f"kind IN ({listed})")


def _text(name: str, *, default: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, sa.Text(), nullable=False, server_default=sa.text("''") if default else None
    )


def _moment(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _tenant(table: str, *references: tuple[str, str]) -> list[sa.SchemaItem]:
    return [
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                [f"{other}.community_id", f"{other}.id"],
                name=op.f(f"fk_{table}_community_id_{column}_{other}"),
            )
            for column, other in references
        ),
    ]


def create_whistle() -> None:
    op.create_table(
        "whistle",
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        _text("community_code"),
        _text("community_name"),
        _text("short_code"),
        _text("title"),
        _text("place"),
        _text("text"),
        _text("contact", default=True),
        sa.Column("raised_by", sa.UUID(), nullable=False),
        *_tenant("whistle", ("complaint_id", "complaint")),
    )
    op.create_index("ix_whistle_complaint", "whistle", ["community_id", "complaint_id", "id"])


def create_call() -> None:
    op.create_table(
        "whistle_call",
        sa.Column("whistle_id", sa.UUID(), nullable=False),
        sa.Column("department_id", sa.UUID(), nullable=True),
        _text("called_key"),
        _text("called_path"),
        _text("called_code"),
        _text("party_name"),
        sa.Column("by_call_id", sa.UUID(), nullable=True),
        sa.Column("by_key", sa.Text(), nullable=True),
        _text("by_name"),
        _text("community_name"),
        _text("title"),
        _text("reason"),
        _text("state"),
        sa.Column("insisted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sign_hours", sa.SmallInteger(), nullable=False),
        sa.Column("arrive_hours", sa.SmallInteger(), nullable=False),
        _moment("sign_by", nullable=False),
        _moment("arrive_by", nullable=False),
        _moment("due_at", nullable=True),
        _moment("notice_at", nullable=True),
        _moment("signed_at", nullable=True),
        _moment("arrived_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *_tenant("whistle_call", ("whistle_id", "whistle")),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_whistle_call_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["called_code"], ["region.code"], name=op.f("fk_whistle_call_called_code_region")
        ),
        sa.UniqueConstraint(
            "community_id", "id", "whistle_id", "called_key", name="uq_whistle_call_called_key"
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "by_call_id", "whistle_id", "by_key"],
            [
                "whistle_call.community_id",
                "whistle_call.id",
                "whistle_call.whistle_id",
                "whistle_call.called_key",
            ],
            name="fk_whistle_call_by_street",
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_whistle_call_state_known")),
        sa.CheckConstraint(
            "(by_call_id IS NULL) = (by_key IS NULL)",
            name=op.f("ck_whistle_call_called_by_street"),
        ),
        sa.CheckConstraint(
            "called_key = COALESCE('department:' || department_id::text, 'street:' || called_path)",
            name=op.f("ck_whistle_call_key_is_of_the_called"),
        ),
        sa.CheckConstraint(
            "by_key LIKE 'street:%'", name=op.f("ck_whistle_call_only_streets_call_further")
        ),
        sa.CheckConstraint(
            "sign_by <= arrive_by", name=op.f("ck_whistle_call_signed_before_arrival")
        ),
        sa.CheckConstraint(
            "(due_at IS NULL) = (state IN ('arrived', 'done', 'withdrawn'))",
            name=op.f("ck_whistle_call_clock_runs_while_awaited"),
        ),
    )
    op.create_index("ix_whistle_call_whistle", "whistle_call", ["community_id", "whistle_id", "id"])
    op.create_index(
        "ix_whistle_call_open",
        "whistle_call",
        ["called_key", "state", "due_at", "id"],
        postgresql_where=sa.text("state NOT IN ('done', 'withdrawn')"),
    )
    op.create_index("ix_whistle_call_called", "whistle_call", ["called_key", "id"])
    op.create_index(
        "uq_whistle_call_open",
        "whistle_call",
        ["community_id", "whistle_id", "called_key"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('done', 'withdrawn')"),
    )
    op.create_index("ix_whistle_call_id", "whistle_call", ["id"])
    op.create_index(
        "ix_whistle_call_notice_at",
        "whistle_call",
        ["notice_at"],
        postgresql_where=sa.text("notice_at IS NOT NULL"),
    )
    op.create_index(
        "ix_whistle_call_by",
        "whistle_call",
        ["community_id", "by_call_id"],
        postgresql_where=sa.text("by_call_id IS NOT NULL"),
    )
    op.create_index(
        "ix_whistle_call_by_key",
        "whistle_call",
        ["by_key", "id"],
        postgresql_where=sa.text("by_key IS NOT NULL"),
    )


def create_event() -> None:
    op.create_table(
        "whistle_event",
        sa.Column("whistle_id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=False),
        _text("kind"),
        _text("party"),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        _text("actor_name", default=True),
        _text("party_name"),
        _text("text", default=True),
        _text("to_state"),
        _moment("due_at", nullable=True),
        sa.Column(
            "details", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        *_tenant("whistle_event", ("whistle_id", "whistle"), ("call_id", "whistle_call")),
        sa.CheckConstraint(
            "kind IN ('called', 'sign', 'refuse', 'insist', 'withdraw', 'arrive', 'note',"
            " 'step_jointly', 'join', 'finish', 'score', 'notice_late')",
            name=op.f("ck_whistle_event_kind_known"),
        ),
        sa.CheckConstraint(
            "party IN ('whistler', 'called', 'system')",
            name=op.f("ck_whistle_event_party_known"),
        ),
        sa.CheckConstraint(f"to_state IN ({STATES})", name=op.f("ck_whistle_event_to_state_known")),
    )
    op.create_index(
        "ix_whistle_event_whistle", "whistle_event", ["community_id", "whistle_id", "id"]
    )


def create_score() -> None:
    op.create_table(
        "whistle_score",
        sa.Column("call_id", sa.UUID(), nullable=False),
        _text("side"),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        _text("text", default=True),
        sa.Column("actor_id", sa.UUID(), nullable=False),
        *_tenant("whistle_score", ("call_id", "whistle_call")),
        sa.UniqueConstraint(
            "community_id",
            "call_id",
            "side",
            name=op.f("uq_whistle_score_community_id_call_id_side"),
        ),
        sa.CheckConstraint(
            "side IN ('whistler', 'called')", name=op.f("ck_whistle_score_side_known")
        ),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_whistle_score_stars_known")),
    )
