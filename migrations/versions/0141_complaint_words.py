from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.row_security import APP, APPEND_ONLY, secure_tenant_table

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

OWNER = "gongzhi_owner"
SCOPE = "NULLIF(current_setting('app.community_id', true), '')::int"
# As rules/searching.py: the community, then the two characters, 21 bits each.
KEEP = r"""
INSERT INTO complaint_words (community_id, id, words)
SELECT community_id, id, ARRAY(
    SELECT DISTINCT
        (community_id::bigint << 42) | (ascii(first)::bigint << 21) | ascii(second)
    FROM (
        SELECT character AS first, lead(character) OVER (ORDER BY place) AS second
        FROM unnest(string_to_array(lower(text || ' ' || place_name || ' ' || place_note), NULL))
            WITH ORDINALITY AS characters (character, place)
    ) AS neighbours
    WHERE first !~ '\s' AND second !~ '\s'
)
FROM complaint
"""
# Row security lets no index be used for conditions whose operators might tell of rows that are not
# to be seen, and those on arrays count among them. So the function reads the table of words past
# it, as the owner, and is itself the lock: the community comes from the scope and is put above each
# pair; nothing a caller says can name another one.
FOUND = f"""
CREATE FUNCTION complaint_found(pairs bigint[], most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 1000
SET search_path = '' SET enable_seqscan = off
AS $$
    SELECT id FROM public.complaint_words
    WHERE words @> ARRAY(
            SELECT ({SCOPE}::bigint << 42) | (pair & 4398046511103) FROM unnest(pairs) AS pair
        )
        AND community_id::bigint = {SCOPE}
        AND cardinality(pairs) > 0
    LIMIT most
$$
"""


def upgrade() -> None:
    op.create_table(
        "complaint_words",
        sa.Column("words", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_complaint_words_community_id_community"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "id"],
            ["complaint.community_id", "complaint.id"],
            name=op.f("fk_complaint_words_community_id_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pk_complaint_words")),
    )
    # Row security is forced on the owner too; it would see no row to read.
    op.execute("ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY")
    op.execute(KEEP)
    op.execute("ALTER TABLE complaint FORCE ROW LEVEL SECURITY")
    # What waits to be sorted into the index is read through by each search, and sorted in by
    # whoever fills it: little at a time.
    op.create_index(
        "ix_complaint_words_words",
        "complaint_words",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "512"},
    )
    secure_tenant_table("complaint_words", app=APPEND_ONLY)
    op.execute(f"CREATE POLICY found ON complaint_words FOR SELECT TO {OWNER} USING (true)")
    op.execute(FOUND)
    op.execute("REVOKE ALL ON FUNCTION complaint_found FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION complaint_found TO {APP}")


def downgrade() -> None:
    op.execute("DROP FUNCTION complaint_found")
    op.drop_table("complaint_words")
