"""Tenancy as the database itself sees it."""

from __future__ import annotations

import pytest
from factories.databases import owner_connection
from sqlalchemy import text

from app.core.db import Base

ABOVE_TENANTS = {
    "alembic_version",
    "region",
    "department",
    "community",
    "account",
    "login_session",
    "sms_code",
}
WITHOUT_ID = {"community_settings", "audit_seal"}
MIXED = {"membership"}
"""Memberships are held in communities and over regions; row security still applies."""


def tenant_tables():
    return sorted(
        table.name
        for table in Base.metadata.tables.values()
        if "community_id" in table.columns and table.name not in MIXED
    )


@pytest.fixture(scope="module")
def facts(config):
    """What PostgreSQL says about every table."""
    with owner_connection(config) as connection:
        rows = connection.execute(
            text(
                "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
                " pg_get_userbyid(c.relowner) AS owner,"
                " (SELECT array_agg(a.attname ORDER BY k.n) FROM pg_index i,"
                "  unnest(i.indkey) WITH ORDINALITY k(attnum, n)"
                "  JOIN pg_attribute a ON a.attnum = k.attnum"
                "  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid) AS key,"
                " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
            )
        ).all()
    return {row.relname: row for row in rows}


def test_every_table_is_either_a_tenants_or_named_as_above_tenants(facts):
    assert set(facts) - set(tenant_tables()) - MIXED == ABOVE_TENANTS


def test_row_security_is_forced(facts):
    tables = {*tenant_tables(), *MIXED}
    forced = {
        table
        for table in tables
        if facts[table].relrowsecurity
        and facts[table].relforcerowsecurity
        and facts[table].policies >= 1
    }
    assert tables - forced == set()


def test_the_key_begins_with_the_community(facts):
    keys = {table: facts[table].key for table in tenant_tables() if table not in WITHOUT_ID}
    assert len(keys) > 50
    wrong = {
        table: key for table, key in keys.items() if key[0] != "community_id" or "id" not in key
    }
    assert wrong == {}


def test_a_reference_to_a_tenants_row_carries_the_community():
    without = [
        key.name
        for table in tenant_tables()
        for key in Base.metadata.tables[table].foreign_key_constraints
        if "community_id" in key.referred_table.columns and "community_id" not in key.column_keys
    ]
    assert without == []


def test_the_runtime_roles_own_nothing_and_cannot_bypass(facts, config):
    assert {row.owner for row in facts.values()} == {"gongzhi_owner"}
    with owner_connection(config) as connection:
        roles = connection.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles"
                " WHERE rolname LIKE 'gongzhi\\_%'"
            )
        ).all()
    assert {row.rolname for row in roles} >= {"gongzhi_owner", "gongzhi_app", "gongzhi_sweep"}
    assert not any(row.rolsuper or row.rolbypassrls or row.rolcreaterole for row in roles)
