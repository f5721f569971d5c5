"""Changing one row that two people may have open: the second hears of the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from app.core.db import TenantModel, db
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid


class ChangedMeanwhile(Conflict):
    """Somebody saved another version of the same row."""

    code = "changed_meanwhile"
    sentence = "您打开以后，别人已经改过这一条。两个版本列在下面，请核对；再次保存会以您填的为准。"


@contextmanager
def unique(field: str, sentence: str) -> Iterator[None]:
    """Turn a name that is taken into a refusal beside its field."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise Invalid(errors={field: sentence}) from error
        raise


def add_row(model: type[TenantModel], community_id: int, **values: Any) -> UUID:
    """A new row; returns its id."""
    row_id = new_id()
    db.session.execute(insert(model).values(community_id=community_id, id=row_id, **values))
    return row_id


def change_row(
    model: type[TenantModel], community_id: int, row_id: UUID, version: int, **values: Any
) -> None:
    """Change a row if it still has this version.

    Raises ChangedMeanwhile otherwise.
    """
    table: Any = model
    changed = db.session.execute(
        update(model)
        .where(table.community_id == community_id, table.id == row_id, table.version == version)
        .values(version=version + 1, **values)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        raise ChangedMeanwhile
