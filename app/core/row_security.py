"""Grants and row-level security, the same for every table of a kind."""

from __future__ import annotations

from alembic import op

APP = "gongzhi_app"
SWEEP = "gongzhi_sweep"
HERE = "community_id = NULLIF(current_setting('app.community_id', true), '')::int"
MINE = "account_id = NULLIF(current_setting('app.account_id', true), '')::uuid"
REGION = "region_path LIKE NULLIF(current_setting('app.region_path', true), '') || '%'"
READ_WRITE = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"


def secure_tenant_table(
    table: str, *, app: str = READ_WRITE, sweep: str | None = None, also_readable: str | None = None
) -> None:
    """Force row security: the runtime role sees and writes the community of its scope only.

    `app`: privileges of the runtime role (APPEND_ONLY for legal records). `sweep`: privileges of
    the sweep role across communities, e.g. "SELECT (community_id, id, due_at)". `also_readable`:
    a further condition under which rows may be READ.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({HERE}) WITH CHECK ({HERE})")
    if also_readable:
        op.execute(f"CREATE POLICY also_readable ON {table} FOR SELECT USING ({also_readable})")
    op.execute(f"GRANT {app} ON {table} TO {APP}")
    if sweep:
        op.execute(f"CREATE POLICY sweep ON {table} TO {SWEEP} USING (true) WITH CHECK (true)")
        op.execute(f"GRANT {sweep} ON {table} TO {SWEEP}")


def open_table(table: str, *, app: str, sweep: str | None = None) -> None:
    """Grants on a table that stands above the communities."""
    op.execute(f"GRANT {app} ON {table} TO {APP}")
    if sweep:
        op.execute(f"GRANT {sweep} ON {table} TO {SWEEP}")
