"""A call that ends because its case was closed has a line of its own in the record."""

from __future__ import annotations

from alembic import op

revision = "0145"
down_revision = "0143"
branch_labels = None
depends_on = None

OLD_KINDS = ("called", "sign", "refuse", "insist", "withdraw", "arrive", "note", "step_jointly",
             "join", "finish", "score", "notice_late")  # fmt: skip
NEW_KINDS = (*OLD_KINDS, "end_with_case")


def upgrade() -> None:
    _kinds(NEW_KINDS)


def downgrade() -> None:
    op.execute("ALTER TABLE whistle_event NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM whistle_event WHERE kind = 'end_with_case'")
    op.execute("ALTER TABLE whistle_event FORCE ROW LEVEL SECURITY")
    _kinds(OLD_KINDS)


def _kinds(kinds: tuple[str, ...]) -> None:
    name = op.f("ck_whistle_event_kind_known")
    op.drop_constraint(name, "whistle_event", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "whistle_event", f"kind IN ({listed})")
