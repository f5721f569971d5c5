from __future__ import annotations

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

# A community may see who its own street's reviewers are, to tell them of what is late; nothing
# of them but the account and the role, and no reviewer of any other street.
ABOVE = """
    role = 'street_reviewer' AND community_id IS NULL AND region_path = (
        SELECT community.region_path FROM community
        WHERE community.id = NULLIF(current_setting('app.community_id', true), '')::int
    )
"""


def upgrade() -> None:
    op.execute(f"CREATE POLICY above ON membership FOR SELECT USING ({ABOVE})")


def downgrade() -> None:
    op.execute("DROP POLICY above ON membership")
