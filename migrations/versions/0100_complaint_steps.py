from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0023"
branch_labels = None
depends_on = None

NEW_STATES = ("filed", "dispatched", "accepted", "waiting", "done", "reopened", "returned",
              "closed", "not_accepted", "merged")  # fmt: skip
OLD_STATES = ("filed", "dispatched", "accepted", "done", "reopened", "returned",
              "closed", "not_accepted")  # fmt: skip
NEW_KINDS = ("filed", "dispatch", "settle", "take", "refuse", "accept", "assign", "reply",
             "complete", "hand_back", "ask_extension", "extend", "deny_extension", "pause",
             "resume", "note", "add", "confirm", "reopen", "dispute", "call_unreached", "verify",
             "find_unsolved", "close_silent", "reclassify", "merge", "split", "split_off", "flag",
             "unflag", "absorbed", "escalated")  # fmt: skip
OLD_KINDS = ("filed", "dispatch", "take", "refuse", "accept", "reply", "complete", "hand_back",
             "add", "confirm", "reopen", "escalated")  # fmt: skip
NEW_GROUNDS = ("emergency", "in_court", "discipline", "petition", "repeated", "not_here")
OLD_GROUNDS = ("emergency", "in_court", "discipline", "repeated", "not_here")
CHECKS = (
    ("complaint", "state", NEW_STATES, OLD_STATES),
    ("complaint", "ground", NEW_GROUNDS, OLD_GROUNDS),
    ("complaint_event", "kind", NEW_KINDS, OLD_KINDS),
    ("complaint_event", "to_state", NEW_STATES, OLD_STATES),
)
CLOCK = "ck_complaint_clock_runs_while_somebody_acts"
NEW_STOPPED = "'closed', 'done', 'merged', 'not_accepted', 'waiting'"
OLD_STOPPED = "'closed', 'done', 'not_accepted'"


def _columns() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return (
        sa.Column("channel", sa.Text(), server_default=sa.text("'online'"), nullable=False),
        sa.Column("entered_by_id", sa.UUID(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("category_title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("own_limit", sa.Text(), nullable=True),
        sa.Column("returned_by_id", sa.UUID(), nullable=True),
        sa.Column(
            "dispatch_settled", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("public_safety", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into_id", sa.UUID(), nullable=True),
        sa.Column("split_from_id", sa.UUID(), nullable=True),
        sa.Column("promise_from", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("step_from", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("extension_days", sa.SmallInteger(), nullable=True),
        sa.Column("extension_asked_by", sa.UUID(), nullable=True),
        sa.Column("extensions", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("extended_to", moment, nullable=True),
        sa.Column("paused_at", moment, nullable=True),
        sa.Column("wake_at", moment, nullable=True),
        sa.Column("unreached_days", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("closing", sa.Text(), nullable=True),
    )


REFERENCES = (
    ("returned_by_id", "organization"),
    ("merged_into_id", "complaint"),
    ("split_from_id", "complaint"),
)


def upgrade() -> None:
    for column in _columns():
        op.add_column("complaint", column)
    op.execute("UPDATE complaint SET promise_from = created_at, step_from = created_at")
    op.execute("UPDATE complaint SET closing = 'confirmed' WHERE state = 'closed'")
    op.alter_column("complaint", "reporter_id", existing_type=sa.UUID(), nullable=True)
    for table, column, new, _ in CHECKS:
        _replace_check(table, column, new)
    _replace_clock(NEW_STOPPED)
    for name, condition in (
        ("closing_known", "closing IN ('confirmed', 'called_back', 'silence')"),
        ("channel_known", "channel IN ('online', 'counter', 'phone')"),
        ("somebody_reported", "reporter_id IS NOT NULL OR contact_name IS NOT NULL"),
        ("merged_into_another", "(merged_into_id IS NOT NULL) = (state = 'merged')"),
    ):
        op.create_check_constraint(op.f(f"ck_complaint_{name}"), "complaint", condition)
    for column, table in REFERENCES:
        op.create_foreign_key(
            op.f(f"fk_complaint_community_id_{column}_{table}"),
            "complaint",
            table,
            ["community_id", column],
            ["community_id", "id"],
        )
    op.create_index(
        "ix_complaint_wake_at",
        "complaint",
        ["wake_at"],
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_index(
        "ix_complaint_merged_into",
        "complaint",
        ["community_id", "merged_into_id"],
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.execute("GRANT SELECT (wake_at) ON complaint TO gongzhi_sweep")


def downgrade() -> None:
    op.drop_index("ix_complaint_merged_into", "complaint")
    op.drop_index("ix_complaint_wake_at", "complaint")
    for name in ("closing_known", "channel_known", "somebody_reported", "merged_into_another"):
        op.drop_constraint(op.f(f"ck_complaint_{name}"), "complaint", type_="check")
    for column, table in REFERENCES:
        name = op.f(f"fk_complaint_community_id_{column}_{table}")
        op.drop_constraint(name, "complaint", type_="foreignkey")
    for table, column, _, old in CHECKS:
        _replace_check(table, column, old)
    _replace_clock(OLD_STOPPED)
    op.alter_column("complaint", "reporter_id", existing_type=sa.UUID(), nullable=False)
    for column in reversed(_columns()):
        op.drop_column("complaint", column.name)


def _replace_check(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} IN ({listed})")


def _replace_clock(stopped: str) -> None:
    op.drop_constraint(op.f(CLOCK), "complaint", type_="check")
    op.create_check_constraint(
        op.f(CLOCK), "complaint", f"(due_at IS NULL) = (state IN ({stopped}))"
    )
