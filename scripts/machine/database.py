"""Roles and the database inside a server, embedded or given."""

import contextlib
import os
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from machine import postgres
from machine.locations import PROJECT, Place
from machine.progress import Problem

ROLES_FILE = PROJECT / "migrations" / "roles.sql"
OWNER, APP, SWEEP = "gongzhi_owner", "gongzhi_app", "gongzhi_sweep"
GIVEN = ("DATABASE_OWNER_URL", "DATABASE_SWEEP_URL")


@dataclass(frozen=True)
class Addresses:
    """Where each role finds the database; `admin` only at an embedded server."""

    app: str
    owner: str
    sweep: str
    admin: str | None


def embedded(place: Place, keys: dict[str, str]) -> Addresses:
    """Addresses at the place's own server."""

    def address(role: str, database: str = postgres.DATABASE) -> str:
        return postgres.url(place, role, keys[f"password:{role}"], database)

    return Addresses(
        address(APP), address(OWNER), address(SWEEP), address(postgres.SUPERUSER, "postgres")
    )


def given(keys: dict[str, str]) -> Addresses | None:
    """Addresses at the server named by DATABASE_URL, or None when there is none."""
    main = os.environ.get("DATABASE_URL")
    if not main:
        return None
    owner, sweep = (os.environ.get(name) for name in GIVEN)
    if owner and sweep:
        return Addresses(main, owner, sweep, None)
    if owner or sweep:
        raise Problem("DATABASE_OWNER_URL 与 DATABASE_SWEEP_URL 要么都给出，要么都不给。")
    app, owner, sweep = (_as_role(main, role, keys) for role in (APP, OWNER, SWEEP))
    return Addresses(app, owner, sweep, None)


def prepare_embedded(addresses: Addresses, keys: dict[str, str]) -> None:
    """Create the database, the roles and their passwords; safe to run again."""
    if addresses.admin is None:
        return
    with psycopg.connect(addresses.admin, autocommit=True) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [postgres.DATABASE]
        ).fetchone()
        if not known:
            connection.execute(
                sql.SQL("CREATE DATABASE {}").format(sql.Identifier(postgres.DATABASE))
            )
    target = _replace(addresses.admin, path=f"/{postgres.DATABASE}")
    with psycopg.connect(target) as connection:
        connection.execute(ROLES_FILE.read_bytes())
        for role in (OWNER, APP, SWEEP):
            _set_password(connection, role, keys)


def prepare_given(addresses: Addresses, keys: dict[str, str]) -> None:
    """Create roles and rights at a given server through DATABASE_URL, unless all were given."""
    if os.environ.get(GIVEN[0]):
        return
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
            before = _existing_roles(connection)
            connection.execute(ROLES_FILE.read_bytes())
            for role in {OWNER, APP, SWEEP} - before:
                _set_password(connection, role, keys)
    except psycopg.OperationalError as error:
        raise Problem(f"连不上 DATABASE_URL 指定的数据库：{_first_line(error)}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Problem(
            "DATABASE_URL 的账号权限不足：它必须能建立角色（CREATEROLE）并拥有该数据库；"
            "或先由管理员执行 migrations/roles.sql，再给出 DATABASE_OWNER_URL 和"
            f" DATABASE_SWEEP_URL。数据库的说明：{_first_line(error)}"
        ) from error
    except psycopg.Error as error:
        raise Problem(f"无法在给定的数据库中建立角色：{_first_line(error)}") from error
    _require_log_in(addresses)


def state(address: str) -> str:
    """The migration the database is at; empty when none or not reachable."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(address) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""
    return ""


def _require_log_in(addresses: Addresses) -> None:
    for address in (addresses.owner, addresses.app, addresses.sweep):
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            raise Problem(
                f"角色 {urlsplit(address).username} 已经存在但密码不是本机生成的；请给出"
                " DATABASE_OWNER_URL、DATABASE_SWEEP_URL，并让 DATABASE_URL 指向 gongzhi_app。"
            ) from error


def _existing_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> set[str]:
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'gongzhi%'")
    return {str(row[0]) for row in rows}


def _set_password(
    connection: "psycopg.Connection[tuple[object, ...]]", role: str, keys: dict[str, str]
) -> None:
    # Encrypted here, so that the server's log can never show it.
    encrypted = connection.pgconn.encrypt_password(
        keys[f"password:{role}"].encode(), role.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(encrypted.decode())
        )
    )


def _as_role(address: str, role: str, keys: dict[str, str]) -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return _replace(address, netloc=f"{role}:{quote(keys[f'password:{role}'])}@{host}")


def _replace(address: str, **changes: str) -> str:
    return urlunsplit(urlsplit(address)._replace(**changes))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
