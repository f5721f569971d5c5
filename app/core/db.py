"""The database session, the base of all tables and the one of tenant tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    func,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from app.core.config import Config
from app.core.session import DirectSession, RequestSession
from app.core.tenancy import BEGUN_HERE, SCOPED
from app.kit.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table: constraint names are derived, so migrations stay comparable."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            UUID: postgresql.UUID(as_uuid=True),
            dict[str, Any]: postgresql.JSONB,
            list[str]: postgresql.ARRAY(postgresql.TEXT),
            int: Integer,
        },
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={
        "class_": RequestSession,
        "autoflush": False,
        "expire_on_commit": False,
    },
)


def running_session() -> DirectSession:
    """The session of the running request, job or command."""
    return db.session()  # type: ignore[return-value]


if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class TenantModel(Model):
    """A row that belongs to one community (社区): key `(community_id, id)`, row security forced."""

    __abstract__ = True

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def tenant_reference(column: str, table: str, *, name: str | None = None) -> ForeignKeyConstraint:
    """Foreign key inside one tenant: `(community_id, column)` → `table(community_id, id)`."""
    return ForeignKeyConstraint(
        ["community_id", column], [f"{table}.community_id", f"{table}.id"], name=name
    )


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """CHECK that a column holds one of the enum's values."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def sqlalchemy_url(url: str, dialect: str = "postgresql+psycopg") -> str:
    """Name the dialect in a libpq address: psycopg as it is, or with scopes (`SCOPED`)."""
    return f"{dialect}://" + url.split("://", 1)[1]


def engine_options(config: Config) -> dict[str, Any]:
    """Pool and session settings of the runtime role; times are UTC, statements have a limit."""
    return {
        "isolation_level": BEGUN_HERE,
        "pool_size": config.pool_size,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_recycle": 1800,
        # A failing statement is logged; what somebody chose or typed must not be logged with it.
        "hide_parameters": True,
        "connect_args": {
            "application_name": "gongzhi",
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=20s"
            " -c idle_in_transaction_session_timeout=60s -c lock_timeout=5s",
        },
    }


def init_db(app: Flask, config: Config) -> None:
    """Bind the session to the runtime database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(config.database_url, SCOPED)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    db.init_app(app)
